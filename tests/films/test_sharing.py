"""What memtorrent has, it shares; what it no longer has, it says so.

A leecher that knows only memtorrent follows a player through a film eight times larger than the budget.
"""

import re
import unittest

import films
import http_reader
import libtorrent as lt
from films import MIB
from libtorrent_session import LibtorrentSession
from memtorrent_process import MemtorrentProcess
from seeds import LibtorrentSeed

BUDGET_MIB = 32
STEP_MIB = 4
LIMIT_S = 60
# As libtorrent logs what it is sent; for lt_donthave (BEP 54) it has no other sign.
_TOLD = re.compile(r"<== (HAVE|DONT_HAVE) +\[ piece: (\d+) ")


class Leecher(LibtorrentSession):
    """Keeps what it is told of the pieces of the one peer that it connects to."""

    def __init__(self, film, folder, peer_endpoint):
        super().__init__(film, folder, "127.0.0.5", more_alerts=lt.alert.category_t.peer_log_notification)
        self.pieces_announced = set()
        self.pieces_withdrawn = set()
        address, port = peer_endpoint.split(":")
        self.torrent.connect_peer((address, int(port)))

    def pieces_downloaded(self):
        return self.torrent.status().num_pieces

    def pieces_of_peer(self):
        """The numbers of the pieces that the peer has, for all that the leecher knows."""
        [peer] = self.peers()
        return {piece for piece, is_there in enumerate(peer.pieces) if is_there}

    def _note(self, alert):
        super()._note(alert)
        if isinstance(alert, lt.peer_log_alert) and (told := _TOLD.search(alert.message())):
            known = self.pieces_announced if told[1] == "HAVE" else self.pieces_withdrawn
            known.add(int(told[2]))


class Sharing(unittest.TestCase):
    def test_a_leecher_gets_pieces_and_is_told_which_ones_are_gone(self):
        folder = self.enterContext(films.new_folder())
        film = films.make_random(folder, 8 * BUDGET_MIB * MIB, seed=3)
        seed = LibtorrentSeed(film)
        self.addCleanup(seed.close)
        memtorrent = MemtorrentProcess(film, [seed], BUDGET_MIB)
        self.addCleanup(memtorrent.kill)
        reader = http_reader.StreamReader(memtorrent.url, film.path)
        self.addCleanup(reader.close)
        leecher = Leecher(film, self.enterContext(films.new_folder()), memtorrent.endpoint)
        self.addCleanup(leecher.close)

        with reader.open(0) as stream:
            for step in range(1, film.size_bytes // (STEP_MIB * MIB) + 1):
                stream.read(STEP_MIB * MIB)
                # The player waits for the leecher, which could not follow it otherwise.
                leecher.wait_until(lambda: leecher.pieces_downloaded() >= step, LIMIT_S)

        leecher.wait_until(lambda: leecher.pieces_announced - leecher.pieces_of_peer() <= leecher.pieces_withdrawn, LIMIT_S)
        pieces_left = leecher.pieces_of_peer()
        self.assertEqual(leecher.problems(), [])
        self.assertEqual(seed.problems(), [])
        self.assertEqual(len(leecher.connections()), 1, leecher.connections())
        # No more than the budget holds is left, and what is gone was withdrawn piece by piece.
        self.assertLessEqual(len(pieces_left), BUDGET_MIB)
        gone = leecher.pieces_announced - pieces_left
        self.assertGreater(len(gone), film.size_bytes // MIB // 2)
        self.assertEqual(gone - leecher.pieces_withdrawn, set())
        downloaded = leecher.pieces_downloaded()
        summary = memtorrent.end()
        print(f"leecher: {downloaded} pieces, told of {len(leecher.pieces_withdrawn)} that are gone; {summary}")
        self.assertEqual(summary.peers_banned, 0)
        self.assertLessEqual(summary.peak_bytes, BUDGET_MIB * MIB)


if __name__ == "__main__":
    unittest.main(verbosity=2)
