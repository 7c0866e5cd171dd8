"""Each client alone must do: where there are several, one that stalls is covered up for by the others."""

import unittest

import films
import http_reader
from films import MIB
from memtorrent_process import MemtorrentProcess
from seeds import Aria2Seed, LibtorrentSeed, TransmissionSeed

BUDGET_MIB = 32
# Far enough apart that each seek leaves requests behind that the client has not answered yet.
SEEKS_MIB = (150, 60, 190, 0, 120)
# A client that is told "not interested" for a moment chokes us, and thinks of us again up to 11 s later.
FIRST_BYTE_LIMIT_S = 5


class OneClient(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(films.new_folder())
        self.film = films.make_random(self.folder, 200 * MIB, seed=4)

    def test_libtorrent(self):
        self.stream_from(LibtorrentSeed(self.film))

    def test_transmission(self):
        self.stream_from(TransmissionSeed(self.film, self.folder))

    def test_aria2(self):
        self.stream_from(Aria2Seed(self.film, self.folder))

    def stream_from(self, seed):
        self.addCleanup(seed.close)
        memtorrent = MemtorrentProcess(self.film, [seed], BUDGET_MIB)
        self.addCleanup(memtorrent.kill)
        reader = http_reader.StreamReader(memtorrent.url, self.film.path)
        self.addCleanup(reader.close)

        _, elapsed_s = reader.read(0, 50 * MIB)
        print(f"{seed.name} alone: 50 MiB in {elapsed_s:.1f} s, with the time until it lets us download", flush=True)
        for offset_mib in SEEKS_MIB:
            first_byte_s, _ = reader.read(offset_mib * MIB, 4 * MIB)
            print(f"{seed.name} alone: first byte after a seek in {first_byte_s * 1000:.0f} ms", flush=True)
            self.assertLess(first_byte_s, FIRST_BYTE_LIMIT_S)
        self.assertEqual(memtorrent.end().peers_banned, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
