"""The networks and the films that are measured."""

from dataclasses import dataclass

from films import MIB
from hosts import Line

BUDGET_MIB = 64
_GIB = 1024 * MIB
# A home's line, or one of a rented server, as seen from a viewer in the same country.
_SEED_LINE = Line(up_mbit_s=10, down_mbit_s=100, delay_ms=15)


@dataclass(frozen=True)
class SeedAt:
    """A seed and its line."""
    kind: str = "libtorrent"
    line: Line = _SEED_LINE
    # Which of the network's films it has.
    film: int = 0
    # Its process is stopped so many seconds after memtorrent has started, and its connections stay open.
    stops_after_s: float = 0


@dataclass(frozen=True)
class FilmShape:
    mbit_s: float
    piece_mib: int = 2
    least_bytes: int = _GIB

    @property
    def bytes_per_s(self):
        return self.mbit_s * 1e6 / 8

    def size_bytes(self, play_s):
        """Long enough for a play of so many seconds, with what is ahead of it."""
        return max(self.least_bytes, int(self.bytes_per_s * play_s) + 2 * BUDGET_MIB * MIB)


@dataclass(frozen=True)
class Network:
    name: str
    film: FilmShape
    seeds: tuple
    # Seconds between the seeks of the play; 0: none.
    seek_every_s: float = 20
    # The most seeks of each kind that are measured; fewer if fewer are asked for.
    most_seeks: int = 1000
    viewer_line: Line = Line(up_mbit_s=1000, down_mbit_s=1000)


_GOOD_SEEDS = (SeedAt(), SeedAt(), SeedAt(), SeedAt())
# Transmission unchokes a peer that it does not know up to ten seconds after it came, and sends in pulses.
_MIXED_SEEDS = (SeedAt(), SeedAt(), SeedAt("transmission"), SeedAt("transmission"))
_FAR_LINE = Line(up_mbit_s=1, down_mbit_s=100, delay_ms=150)
_BAD_SEEDS = (SeedAt(line=_FAR_LINE), SeedAt("corrupt"), SeedAt(stops_after_s=10))
_TIGHT_LINE = Line(up_mbit_s=4, down_mbit_s=100, delay_ms=15)
_TIGHT_SEEDS = (SeedAt(line=_TIGHT_LINE), SeedAt(line=_TIGHT_LINE), SeedAt(line=_TIGHT_LINE))

# Two films of big pieces, which share one budget; each has two of the seeds.
TWO_FILMS = Network("device", FilmShape(mbit_s=10, piece_mib=16), tuple(SeedAt(film=film) for film in (0, 0, 1, 1)))

NETWORKS = {network.name: network for network in (
    Network("A", FilmShape(mbit_s=20), _GOOD_SEEDS),
    Network("mixed", FilmShape(mbit_s=20), _MIXED_SEEDS),
    Network("B", FilmShape(mbit_s=20), _GOOD_SEEDS + _BAD_SEEDS),
    Network("C", FilmShape(mbit_s=10), _TIGHT_SEEDS, seek_every_s=0, most_seeks=0),
    Network("device", FilmShape(mbit_s=20, piece_mib=16), _GOOD_SEEDS, seek_every_s=0, most_seeks=10),
)}
