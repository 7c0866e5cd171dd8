"""Reads a stream over HTTP, as players do, and compares every byte with the local file."""

import http.client
import mmap
import time
from urllib.parse import urlsplit

_STALL_LIMIT_S = 60
_CHUNK_BYTES = 256 * 1024


class StreamReader:
    def __init__(self, url, path):
        self._url = urlsplit(url)
        with open(path, "rb") as file:
            self._right_bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def close(self):
        self._right_bytes.close()

    def read(self, offset, length):
        """Asks for everything from `offset` on, as a player does that seeks, reads `length` bytes and goes away.

        Returns the seconds to the first byte and to the last.
        """
        with OpenStream(self._url, self._right_bytes, offset) as stream:
            stream.read(length)
            return stream.first_byte_s, stream.elapsed_s()

    def open(self, offset):
        """A request whose body can be read in steps."""
        return OpenStream(self._url, self._right_bytes, offset)


class OpenStream:
    def __init__(self, url, right_bytes, offset):
        self._right_bytes = right_bytes
        self._offset = offset
        self._buffer = memoryview(bytearray(_CHUNK_BYTES))
        self._begin_s = time.monotonic()
        self._connection = http.client.HTTPConnection(url.hostname, url.port, timeout=_STALL_LIMIT_S)
        self._connection.request("GET", url.path, headers={"Range": f"bytes={offset}-"})
        self._response = self._connection.getresponse()
        self._expect(self._response.status == 206, f"status {self._response.status}")
        self._read_some(1)
        self.first_byte_s = self.elapsed_s()
        self._unread = 1  # the first byte was read ahead of what the caller asks for

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._response.close()
        self._connection.close()

    def read(self, length):
        length -= self._unread
        self._unread = 0
        while length > 0:
            length -= self._read_some(min(length, _CHUNK_BYTES))

    def elapsed_s(self):
        return time.monotonic() - self._begin_s

    def _read_some(self, most):
        count = self._response.readinto(self._buffer[:most])
        self._expect(count > 0, "the body ended")
        # A slice of the map is a copy, and so compared by memcmp; a memoryview is compared byte by byte.
        right = self._buffer[:count].tobytes() == self._right_bytes[self._offset:self._offset + count]
        self._expect(right, f"a wrong byte in the {count} from here on")
        self._offset += count
        return count

    def _expect(self, holds, complaint):
        if not holds:
            raise AssertionError(f"at byte {self._offset}: {complaint}")
