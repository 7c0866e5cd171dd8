"""What is on the viewer's screen, worked out from when bytes arrive; the time is handed in.

The picture moves once there are START_S seconds of film, and then uses them up at the film's bitrate. When there are
none left it stands still, until there are START_S seconds again. A player reads on while it has less than BUFFER_S.
"""

START_S = 0.5
BUFFER_S = 3


class Playback:
    def __init__(self, bytes_per_s, now_s):
        self._bytes_per_s = bytes_per_s
        self._stalls_s = []
        self._buffered_bytes = 0
        self._is_playing = False
        # Since when the picture stands still because the film did not come; none if it is still for a start or a seek.
        self._stalled_since_s = None
        self._at_s = now_s

    @property
    def stalls(self):
        return len(self._stalls_s)

    @property
    def stall_s(self):
        return sum(self._stalls_s)

    def seek(self, now_s):
        """What was in the buffer is gone. The wait until the picture moves again is the seek's, and no stall."""
        self.stop(now_s)
        self._buffered_bytes = 0
        self._is_playing = False

    def receive(self, count, now_s):
        self._advance_to(now_s)
        self._buffered_bytes += count
        if not self._is_playing and self._buffered_bytes >= START_S * self._bytes_per_s:
            self._end_stall(now_s)
            self._is_playing = True

    def room_bytes(self, now_s):
        self._advance_to(now_s)
        return BUFFER_S * self._bytes_per_s - self._buffered_bytes

    def stop(self, now_s):
        """A stall that goes on counts up to here."""
        self._advance_to(now_s)
        self._end_stall(now_s)

    def _advance_to(self, now_s):
        if self._is_playing:
            empty_at_s = self._at_s + self._buffered_bytes / self._bytes_per_s
            if empty_at_s < now_s:
                self._is_playing = False
                self._stalled_since_s = empty_at_s
            self._buffered_bytes = max(0, self._buffered_bytes - (now_s - self._at_s) * self._bytes_per_s)
        self._at_s = now_s

    def _end_stall(self, now_s):
        if self._stalled_since_s is not None:
            self._stalls_s.append(now_s - self._stalled_since_s)
            self._stalled_since_s = None
