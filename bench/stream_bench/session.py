"""memtorrent on the viewer's host, from its start to its end."""

import time
from contextlib import contextmanager
from dataclasses import dataclass

import libtorrent as lt

from films import MIB
from memtorrent_process import MemtorrentProcess, Summary
from networks import BUDGET_MIB
from player import Player


@dataclass
class Session:
    urls: list  # one for each of the swarm's films, in their order
    swarm: object
    begin_s: float
    # Known once it has ended.
    peak_rss_mib: float = 0
    summary: Summary = None

    def player(self, bytes_per_s=None, film=0):
        return Player(self.urls[film], self.swarm.patterns[film], bytes_per_s or self.swarm.network.film.bytes_per_s)


@contextmanager
def session_of(swarm, from_magnet=False):
    """For a thread that is on the viewer's host."""
    source = lt.make_magnet_uri(swarm.film.torrent_info()) if from_magnet else None
    with swarm.at_work():
        begin_s = time.monotonic()
        memtorrent = MemtorrentProcess(swarm.film, swarm.seeds, BUDGET_MIB, source, swarm.viewer_host.address,
                                       [film.torrent_path for film in swarm.films[1:]])
        try:
            urls = [next(url for url in memtorrent.urls if url.endswith(film.path.name)) for film in swarm.films]
            session = Session(urls, swarm, begin_s)
            yield session
            session.peak_rss_mib = memtorrent.peak_rss_bytes() / MIB
            session.summary = memtorrent.end()
        finally:
            memtorrent.kill()
