"""What a viewer feels. Each function takes a swarm, on whose viewer's host the calling thread is."""

import random
import statistics
import sys
import threading
import time
from dataclasses import dataclass, field

from films import MIB
from networks import BUDGET_MIB
from session import session_of

_FIRST_BYTES = 6
# Between two seeks that are measured: when the second one comes the line is still busy with what is ahead.
_WATCH_S = 2
# Before the places that are sought there is enough film to fill the budget with.
_BEFORE_PLACES_BYTES = 3 * BUDGET_MIB * MIB // 2
# When nothing arrives for so long while the network is cut, it is not there.
_PATIENCE_S = 1
_LEFT_OPEN = 20
_LEFT_OPEN_MBIT_S = 1
_LEFT_OPEN_PLAY_S = 30


@dataclass
class Figures:
    """Of one network, as they come in."""
    values: dict = field(default_factory=dict)
    peers_banned: int = 0
    good_seeds_lost: int = 0
    peak_rss_mib: float = 0

    # Of all sessions, the worst counts.

    def note_seeds_of(self, swarm):
        self.good_seeds_lost = max(self.good_seeds_lost, swarm.good_seeds_lost())

    def note_end_of(self, session):
        self.peers_banned = max(self.peers_banned, session.summary.peers_banned)
        self.peak_rss_mib = max(self.peak_rss_mib, session.peak_rss_mib)


def measure_first_bytes(swarm, figures):
    for name, from_magnet in (("first_byte_ms", False), ("magnet_first_byte_ms", True)):
        waits_ms = []
        for _ in range(_FIRST_BYTES):
            with session_of(swarm, from_magnet) as session, session.player() as player:
                player.seek(0)
                waits_ms.append((time.monotonic() - session.begin_s) * 1000)
            figures.note_end_of(session)
        figures.values[name] = _median_and_worst(waits_ms)
        say(f"{name} {figures.values[name]}")


def measure_seeks(swarm, figures, seeks):
    waits_ms = {"seek_new_ms": [], "seek_ram_ms": [], "seek_evicted_ms": []}
    places = _places_far_apart(swarm, seeks)
    if places:
        with session_of(swarm) as session, session.player() as player:
            player.seek(0)
            player.play(_WATCH_S)
            for place in places:
                waits_ms["seek_new_ms"].append(player.seek(place))
                received_before = player.received_bytes
                player.play(_WATCH_S)
                watched_bytes = player.received_bytes - received_before
                waits_ms["seek_ram_ms"].append(player.seek(place + watched_bytes // 2))
            # Whatever is not in a window goes when another budget's worth has come.
            player.seek(0)
            player.read(_BEFORE_PLACES_BYTES, patience_s=60)
            for place in places:
                waits_ms["seek_evicted_ms"].append(player.seek(place))
                player.play(_WATCH_S)
            figures.note_seeds_of(swarm)
        figures.note_end_of(session)
    for name, waits in waits_ms.items():
        figures.values[name] = _median_and_worst(waits)
        if waits:
            say(f"{name} {figures.values[name]}")


def measure_play(swarm, figures, seconds):
    network = swarm.network
    watched_s = min(network.seek_every_s or seconds, seconds)
    last_place = swarm.pattern.size_bytes - int(network.film.bytes_per_s * watched_s) - 2 * BUDGET_MIB * MIB
    places = random.Random(1)
    with session_of(swarm) as session, session.player() as player:
        player.seek(0)
        player.play(watched_s)
        for _ in range(int(seconds / watched_s) - 1):
            player.seek(places.randrange(last_place))
            player.play(watched_s)
        figures.note_seeds_of(swarm)
        with swarm.internet.cut():
            window_bytes = player.read(2 * BUDGET_MIB * MIB, _PATIENCE_S)
    figures.note_end_of(session)
    say(f"the window held {window_bytes / MIB:.1f} MiB at the end")
    figures.values["stalls"] = player.playback.stalls
    figures.values["stall_s"] = round(player.playback.stall_s, 2)
    figures.values["overhead"] = round(session.summary.downloaded_bytes / player.received_bytes, 3)
    say(", ".join(f"{name} {figures.values[name]}" for name in ("stalls", "stall_s", "overhead")))


def measure_left_open(swarm, figures):
    """Each seek leaves its connection open, as Kodi does. In the end all of them play on at once."""
    bytes_per_s = _LEFT_OPEN_MBIT_S * 1e6 / 8
    with session_of(swarm) as session:
        players = [session.player(bytes_per_s) for _ in range(_LEFT_OPEN)]
        waits_ms = []
        for player, place in zip(players, _places_far_apart(swarm, _LEFT_OPEN)):
            waits_ms.append(player.seek(place))
            player.play(_WATCH_S)
        received_before = [player.received_bytes for player in players]
        _all_at_once(lambda player: player.play(_LEFT_OPEN_PLAY_S), players)
    figures.note_end_of(session)
    figures.values["left_open"] = {
        "connections": _LEFT_OPEN,
        "played_on": sum(player.received_bytes > before for player, before in zip(players, received_before)),
        "seek_new_ms": _median_and_worst(waits_ms),
        **_stalls_of(players),
    }
    say(f"left_open {figures.values['left_open']}")


def measure_two_films(swarm, figures, seconds):
    """Both play at once, on one budget."""
    with session_of(swarm) as session:
        players = [session.player(film=film) for film in range(len(swarm.films))]
        waits_ms = []

        def watch(player):
            waits_ms.append(player.seek(0))
            player.play(seconds)

        _all_at_once(watch, players)
    figures.note_end_of(session)
    figures.values["two_torrents"] = {
        "first_byte_ms": _median_and_worst(waits_ms),
        "played_mib": [round(player.received_bytes / MIB) for player in players],
        **_stalls_of(players),
    }
    say(f"two_torrents {figures.values['two_torrents']}")


def say(text):
    print(f"stream_bench: {text}", file=sys.stderr, flush=True)


def _places_far_apart(swarm, count):
    """All over the film, in an order in which those that follow each other are far from each other."""
    step = (swarm.pattern.size_bytes - _BEFORE_PLACES_BYTES - BUDGET_MIB * MIB) // max(count, 1)
    golden = (5 ** 0.5 - 1) / 2
    numbers = sorted(range(count), key=lambda number: number * golden % 1)
    return [_BEFORE_PLACES_BYTES + number * step for number in numbers]


def _all_at_once(what, players):
    """Does it with each player in a thread of its own, and closes the players."""
    threads = [threading.Thread(target=what, args=(player,)) for player in players]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for player in players:
        player.close()


def _stalls_of(players):
    return {"stalls": sum(player.playback.stalls for player in players),
            "stall_s": round(sum(player.playback.stall_s for player in players), 2)}


def _median_and_worst(values_ms):
    if not values_ms:
        return None
    return {"median": round(statistics.median(values_ms), 1), "worst": round(max(values_ms), 1)}
