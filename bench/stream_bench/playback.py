"""What is on the viewer's screen, worked out from when bytes arrive; the time is handed in.

The picture moves once there are START_S seconds of film, and then uses them up at the film's bitrate. When there are
none left it stands still, until there are START_S seconds again. A player reads on while it has less than BUFFER_S.
"""

from enum import Enum

START_S = 0.5
BUFFER_S = 3


class Picture(Enum):
    STARTS = "has not moved yet, or not since a seek"
    MOVES = "plays"
    STALLS = "stands still because the film did not come in time"


class Playback:
    def __init__(self, bytes_per_s, now_s):
        self._bytes_per_s = bytes_per_s
        self._picture = Picture.STARTS
        self._buffered_bytes = 0
        self._at_s = now_s
        self.stalls = 0
        self.stall_s = 0

    def seek(self):
        """What was in the buffer is gone. The wait until the picture moves again is the seek's, and no stall."""
        self._picture = Picture.STARTS
        self._buffered_bytes = 0

    def receive(self, count, now_s):
        self.advance_to(now_s)
        self._buffered_bytes += count
        if self._buffered_bytes >= START_S * self._bytes_per_s:
            self._picture = Picture.MOVES

    def room_bytes(self):
        return BUFFER_S * self._bytes_per_s - self._buffered_bytes

    def resume(self, now_s):
        """Nobody watched from the last moment that this was told of until now."""
        self._at_s = now_s

    def advance_to(self, now_s):
        elapsed_s = now_s - self._at_s
        self._at_s = now_s
        if self._picture is Picture.MOVES:
            played_s = min(elapsed_s, self._buffered_bytes / self._bytes_per_s)
            self._buffered_bytes -= played_s * self._bytes_per_s
            elapsed_s -= played_s
            if elapsed_s > 0:
                self._picture = Picture.STALLS
                self.stalls += 1
        if self._picture is Picture.STALLS:
            self.stall_s += elapsed_s
