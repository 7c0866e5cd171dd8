"""A player, as memtorrent sees it: reads ahead a few seconds of film, and asks anew for every place that is sought."""

import time
from urllib.parse import urlsplit

from film_response import FilmResponse
from playback import Playback

_CHUNK_BYTES = 64 * 1024


class Player:
    def __init__(self, url, pattern, bytes_per_s):
        url = urlsplit(url)
        self._address, self._path = (url.hostname, url.port), url.path
        self._pattern = pattern
        self._bytes_per_s = bytes_per_s
        self._response = None
        self.playback = Playback(bytes_per_s, time.monotonic())
        self.received_bytes = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def seek(self, offset):
        """Returns the milliseconds until the first byte, of the connection and the request too."""
        self.playback.seek()
        self.close()
        begin_s = time.monotonic()
        self._response = FilmResponse(self._address, self._path, self._pattern, offset)
        return (time.monotonic() - begin_s) * 1000

    def play(self, seconds):
        self.playback.resume(time.monotonic())
        end_s = time.monotonic() + seconds
        while (now_s := time.monotonic()) < end_s:
            self.playback.advance_to(now_s)
            if self.playback.room_bytes() < _CHUNK_BYTES:
                time.sleep(min(_CHUNK_BYTES / self._bytes_per_s, end_s - now_s))
                continue
            count = self._response.receive(_CHUNK_BYTES, end_s - now_s)
            self.received_bytes += count
            self.playback.receive(count, time.monotonic())
        self.playback.advance_to(time.monotonic())

    def read(self, most_bytes, patience_s):
        """As fast as it comes, until that is enough or nothing came for `patience_s`. Returns how much came."""
        total = 0
        while total < most_bytes and (count := self._response.receive(_CHUNK_BYTES, patience_s)):
            total += count
        self.received_bytes += total
        return total

    def close(self):
        if self._response:
            self._response.close()
            self._response = None
