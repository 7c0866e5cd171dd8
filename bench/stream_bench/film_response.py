"""A response that brings a film from some byte on, taken as it comes, and compared with the film."""

import select
import socket

LIMIT_S = 60
_RECEIVE_BUFFER_BYTES = 256 * 1024
_END_OF_HEADER = b"\r\n\r\n"


class FilmResponse:
    """Returns from its constructor when the first byte of the film is there."""

    def __init__(self, address, path, pattern, offset):
        self._pattern = pattern
        self._offset = offset
        self._socket = socket.socket()
        # The system would hold several seconds of film beside the player's own buffer.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_BYTES)
        try:
            self._socket.settimeout(LIMIT_S)
            self._socket.connect(address)
            self._socket.sendall(f"GET {path} HTTP/1.1\r\nHost: {address[0]}:{address[1]}\r\n"
                                 f"Range: bytes={offset}-\r\n\r\n".encode())
            self._early_bytes = self._read_header()
            if not self._early_bytes:
                self._early_bytes = self._receive(1)
        except BaseException:
            self.close()
            raise

    def close(self):
        self._socket.close()

    def receive(self, most_bytes, limit_s=LIMIT_S):
        """How many bytes came; 0 if there were none in time."""
        received = self._early_bytes
        self._early_bytes = b""
        if not received:
            is_there, _, _ = select.select([self._socket], [], [], max(limit_s, 0))
            if not is_there:
                return 0
            received = self._receive(most_bytes)
        if received != self._pattern[self._offset:self._offset + len(received)]:
            raise AssertionError(f"a wrong byte in the {len(received)} from {self._offset} on")
        self._offset += len(received)
        return len(received)

    def _read_header(self):
        received = b""
        while _END_OF_HEADER not in received:
            received += self._receive(4096)
        header, body = received.split(_END_OF_HEADER, 1)
        if not header.startswith(b"HTTP/1.1 206 "):
            raise AssertionError(f"not a part of the film but {header!r}")
        return body

    def _receive(self, most_bytes):
        received = self._socket.recv(most_bytes)
        if not received:
            raise AssertionError(f"the film ended at byte {self._offset}")
        return received
