"""The bytes of a film that never repeats, so that a byte in a wrong place is seen without the film at hand."""

import functools
import hashlib
import os

_CHUNK_BYTES = 64 * 1024
_CHUNKS_KEPT = 64


class FilmPattern:
    """Slices of it are bytes. Each chunk is the SHAKE-128 of a random key and its number."""

    def __init__(self, size_bytes):
        self.size_bytes = size_bytes
        self._key = os.urandom(16)
        # Whoever reads in order asks for each chunk several times; there may be several readers, in threads.
        self._chunk_at = functools.lru_cache(_CHUNKS_KEPT)(self._make_chunk)

    def __getitem__(self, wanted):
        begin, end, _ = wanted.indices(self.size_bytes)
        numbers = range(begin // _CHUNK_BYTES, -(-end // _CHUNK_BYTES))
        first = numbers.start * _CHUNK_BYTES
        return b"".join(map(self._chunk_at, numbers))[begin - first:end - first]

    def write_to(self, path):
        with open(path, "wb") as file:
            for begin in range(0, self.size_bytes, _CHUNK_BYTES):
                file.write(self[begin:begin + _CHUNK_BYTES])

    def _make_chunk(self, number):
        return hashlib.shake_128(self._key + number.to_bytes(8, "big")).digest(_CHUNK_BYTES)
