"""A torrent sixteen times larger than the budget is read again and again, within that budget."""

import os
import random
import statistics
import unittest

import films
import http_reader
from films import MIB
from memtorrent_process import MemtorrentProcess
from seeds import LibtorrentSeed

BUDGET_MIB = 64
ROUNDS = 5
SEEKS_PER_ROUND = 20
# The program itself, libtorrent's buffers, and what was read from the peer but is not a block yet.
RSS_BEYOND_BUDGET_MIB = 48


class Bounded(unittest.TestCase):
    def setUp(self):
        folder = self.enterContext(films.new_folder())
        self.film = films.make_random(folder, 1024 * MIB, seed=1)
        self.seed = LibtorrentSeed(self.film)
        self.addCleanup(self.seed.close)

    def test_every_byte_is_right_within_the_budget_and_no_peer_is_lost(self):
        memtorrent = MemtorrentProcess(self.film, [self.seed], BUDGET_MIB)
        self.addCleanup(memtorrent.kill)
        reader = http_reader.StreamReader(memtorrent.url, self.film.path)
        self.addCleanup(reader.close)
        seek_points = random.Random(2)
        first_bytes_s = []

        for turn in range(ROUNDS):
            first_byte_s, sequential_s = reader.read(0, self.film.size_bytes)
            if turn == 0:
                _figure("first_byte_after_start", first_byte_s * 1000, "ms")
                _figure("fetched_in_sequential_read", self.seed.uploaded_bytes() / self.film.size_bytes * 100, "%")
            else:
                first_bytes_s.append(first_byte_s)
            _figure("sequential_read", self.film.size_bytes / sequential_s / 1e6, "MB/s")
            first_bytes_s.append(reader.read(0, 64 * MIB)[0])
            for _ in range(SEEKS_PER_ROUND):
                offset = seek_points.randrange(self.film.size_bytes - MIB)
                first_bytes_s.append(reader.read(offset, MIB)[0])
            # A pause by libtorrent, or a lost peer, shows here first.
            self.assertEqual(self.seed.problems(), [])
        _figure("first_byte_after_seek_median", statistics.median(first_bytes_s) * 1000, "ms")
        _figure("first_byte_after_seek_worst", max(first_bytes_s) * 1000, "ms")

        peak_rss_bytes = memtorrent.peak_rss_bytes()
        self.assertEqual(len(self.seed.connections()), 1, self.seed.connections())
        self.assertEqual(len(self.seed.peers()), 1)
        summary = memtorrent.end()
        _figure("peak_of_budget", summary.peak_bytes / MIB, "MiB")
        _figure("peak_rss", peak_rss_bytes / MIB, "MiB")
        _figure("pieces_evicted_complete", summary.complete_pieces_evicted, "pieces")
        _figure("pieces_evicted_partial", summary.partial_pieces_evicted, "pieces")
        _figure("blocks_dropped", summary.blocks_dropped, "blocks")
        _figure("requests_refused", self.seed.requests_refused, "requests")
        self.assertEqual(summary.peers_banned, 0)
        self.assertLessEqual(summary.peak_bytes, BUDGET_MIB * MIB)
        # A sanitizer keeps memory of its own.
        if os.environ.get("MEMTORRENT_SANITIZED") != "1":
            self.assertLessEqual(peak_rss_bytes, (BUDGET_MIB + RSS_BEYOND_BUDGET_MIB) * MIB)


def _figure(name, value, unit):
    print(f"figure: {name} {value:.1f} {unit}", flush=True)


if __name__ == "__main__":
    unittest.main(verbosity=2)
