"""The memtorrent command, as a user starts it."""

import os
import re
import select
import signal
import subprocess
import tempfile
from dataclasses import dataclass

import child_process
from loopback import free_port

_URL_LIMIT_S = 60
_ADDRESS = "127.0.0.1"


@dataclass(frozen=True)
class Summary:
    """What memtorrent says of itself when it ends."""
    downloaded_bytes: int
    peak_bytes: int
    complete_pieces_evicted: int
    partial_pieces_evicted: int
    blocks_dropped: int
    peers_banned: int


class MemtorrentProcess:
    """Returns from its constructor when memtorrent has printed its URL, or all of them."""

    def __init__(self, film, seeds, budget_mib, source=None, peer_address=_ADDRESS, more_sources=()):
        """`source` is what to stream if not the film's .torrent; `peer_address` is where its peers connect.
        `more_sources` are streamed beside it."""
        self.endpoint = f"{peer_address}:{free_port(peer_address)}"
        self._messages = tempfile.TemporaryFile("w+")
        peers = [word for seed in seeds for word in ("--peer", seed.endpoint)]
        self._process = child_process.start(
            [os.environ["MEMTORRENT_BINARY"], source or film.torrent_path, *more_sources, "--budget", f"{budget_mib}MiB", "--no-dht",
             "--http", f"{_ADDRESS}:0", "--listen", self.endpoint, *peers],
            stdout=subprocess.PIPE, stderr=self._messages, bufsize=0)
        # In the order in which they were printed.
        self.urls = [self._read_url() for _ in range(1 + len(more_sources))]
        self.url = self.urls[0]

    def _read_url(self):
        # Byte by byte: what is in a buffer would not be seen by select.
        line = b""
        while not line.endswith(b"\n") and select.select([self._process.stdout], [], [], _URL_LIMIT_S)[0]:
            byte = self._process.stdout.read(1)
            if not byte:
                break
            line += byte
        url = line.decode().strip()
        if not url.startswith("http://"):
            messages = self.messages()
            self.kill()
            raise AssertionError(f"memtorrent printed no URL but {url!r}: {messages}")
        return url

    def peak_rss_bytes(self):
        with open(f"/proc/{self._process.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))

    def messages(self):
        """Everything it printed on stderr up to now."""
        self._messages.seek(0)
        return self._messages.read()

    def end(self):
        """Ends it as Ctrl-C does, and returns its summary."""
        exit_code = child_process.end(self._process, signal.SIGINT)
        if exit_code != 0:
            raise AssertionError(f"memtorrent ended with {exit_code}: {self.messages()}")
        return _summary_in(self.messages())

    def kill(self):
        """For a test that failed; does nothing after end()."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._messages.close()


def _summary_in(messages):
    found = re.search(r"downloaded (\d+) bytes, peak RAM (\d+) of \d+ bytes, "
                      r"evicted (\d+) complete and (\d+) partial pieces, "
                      r"dropped (\d+) blocks, banned (\d+) peers", messages)
    if not found:
        raise AssertionError(f"no summary in what memtorrent printed: {messages}")
    return Summary(*map(int, found.groups()))
