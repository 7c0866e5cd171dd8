"""Films in the containers that people have, from the clients that people run, into the players that people use."""

import unittest

import films
from films import MIB
from framemd5 import first_difference, framemd5
from memtorrent_process import MemtorrentProcess
from mpv_player import MpvPlayer
from seeds import Aria2Seed, LibtorrentSeed, TransmissionSeed

BUDGET_MIB = 64
# Transmission decides every ten seconds whom to upload to. The others decide at once, and unhindered they would be
# through with the film by then.
UPLOAD_LIMIT_BYTES_S = 8 * MIB
# Seconds of the film, forward and back, near and far. 64 MiB hold 15 s of it, so most of these places are gone from
# memory, or were never there.
SEEKS_S = (40, 5, 70, 0, 20, 60, 33.3, 35, 10)


class RealFilm(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(films.new_folder())

    def test_mp4_with_its_index_at_the_end(self):
        film = films.make_mp4(self.folder)
        boxes = films.top_level_boxes(film.path)
        self.assertLess(boxes.index("mdat"), boxes.index("moov"))
        self.stream(film)

    def test_mkv(self):
        self.stream(films.make_mkv(self.folder))

    def stream(self, film):
        self.assertGreaterEqual(film.size_bytes, 300 * MIB)
        seeds = []
        for start_seed in (lambda: LibtorrentSeed(film, upload_limit_bytes_s=UPLOAD_LIMIT_BYTES_S),
                           lambda: TransmissionSeed(film, self.folder),
                           lambda: Aria2Seed(film, self.folder, upload_limit_bytes_s=UPLOAD_LIMIT_BYTES_S)):
            seeds.append(start_seed())
            self.addCleanup(seeds[-1].close)

        with self.subTest("ffmpeg decodes the same frames"):
            memtorrent = self.start_memtorrent(film, seeds)
            self.assertIsNone(first_difference(framemd5(memtorrent.url), framemd5(film.path)))
            self.expect_good_end(memtorrent)
            for seed in seeds:
                print(f"{seed.name} uploaded {seed.uploaded_bytes() / MIB:.1f} MiB", flush=True)
                self.assertGreater(seed.uploaded_bytes(), 0, seed.name)

        with self.subTest("mpv shows the same pictures after seeking"):
            memtorrent = self.start_memtorrent(film, seeds)
            self.assertEqual(self.play_with_seeks(memtorrent.url), self.play_with_seeks(film.path))
            self.expect_good_end(memtorrent)

    def start_memtorrent(self, film, seeds):
        memtorrent = MemtorrentProcess(film, seeds, BUDGET_MIB)
        self.addCleanup(memtorrent.kill)
        return memtorrent

    def play_with_seeks(self, path_or_url):
        """The time and the picture that each seek led to. After each, the film must play on for a second."""
        mpv = MpvPlayer(path_or_url, self.folder)
        self.addCleanup(mpv.kill)
        seen = []
        for position_s in SEEKS_S:
            mpv.seek(position_s)
            seen.append((mpv.position_s(), mpv.frame_hash()))
            mpv.play(duration_s=1)
        self.assertEqual(mpv.close(), "")
        return seen

    def expect_good_end(self, memtorrent):
        summary = memtorrent.end()
        print(summary, flush=True)
        self.assertEqual(summary.peers_banned, 0)
        self.assertLessEqual(summary.peak_bytes, BUDGET_MIB * MIB)
        self.assertGreater(summary.complete_pieces_evicted, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
