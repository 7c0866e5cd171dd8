"""mpv, driven over its JSON IPC (https://mpv.io/manual/stable/#json-ipc)."""

import hashlib
import json
import socket
import time
from pathlib import Path

import child_process

_LIMIT_S = 60


class MpvPlayer:
    """Opens a film, paused on its first frame."""

    def __init__(self, path_or_url, folder):
        ours, theirs = socket.socketpair()
        self._socket = ours
        self._unread = b""
        self._events = []
        self._last_request = 0
        self._frame_path = Path(folder) / "mpv-frame.png"
        self._log_path = Path(folder) / "mpv.log"
        with theirs, open(self._log_path, "wb") as log:
            # Of what is around the play head mpv keeps little, so that a seek asks the server. Its null output finds
            # an error in every seek while paused, also of a local file.
            self._process = child_process.start(
                ["mpv", "--no-config", "--vo=null", "--ao=null", "--pause", "--keep-open=yes",
                 "--msg-level=all=error,ao/null=fatal",
                 "--demuxer-max-bytes=8MiB", "--demuxer-max-back-bytes=1MiB",
                 f"--input-ipc-client=fd://{theirs.fileno()}", path_or_url],
                pass_fds=[theirs.fileno()], stdout=log, stderr=log)
        self._wait_for("playback-restart")
        self._command("observe_property", 1, "time-pos")

    def seek(self, position_s):
        """Returns when the frame at that time is decoded."""
        self._events.clear()
        self._command("seek", position_s, "absolute+exact")
        self._wait_for("seek")
        self._wait_for("playback-restart")

    def frame_hash(self):
        """Of the picture that is on the screen, which takes no part of the screen's size or controls."""
        self._command("screenshot-to-file", str(self._frame_path), "video")
        return hashlib.sha256(self._frame_path.read_bytes()).hexdigest()

    def position_s(self):
        return self._command("get_property", "time-pos")

    def play(self, duration_s):
        """Plays, and pauses when the time on screen has grown by that much."""
        goal = self.position_s() + duration_s
        self._events.clear()
        self._command("set_property", "pause", False)
        self._wait_for("property-change", lambda event: (event.get("data") or 0) >= goal)
        self._command("set_property", "pause", True)

    def close(self):
        """Ends mpv; returns all errors that it printed, which should be none."""
        self._command("quit")
        exit_code = self._process.wait(_LIMIT_S)
        self._socket.close()
        complaints = self._log_path.read_text(errors="replace").strip()
        return complaints if exit_code == 0 else f"exit code {exit_code}: {complaints}"

    def kill(self):
        self._socket.close()
        self._process.kill()
        self._process.wait()

    def _command(self, *words):
        self._last_request += 1
        self._socket.sendall(json.dumps({"command": words, "request_id": self._last_request}).encode() + b"\n")
        deadline = time.monotonic() + _LIMIT_S
        while True:
            message = self._receive(deadline)
            if "event" in message:
                self._events.append(message)
            elif message.get("request_id") == self._last_request:
                if message["error"] != "success":
                    raise AssertionError(f"mpv: {words}: {message['error']}")
                return message.get("data")

    def _wait_for(self, name, fits=lambda event: True):
        deadline = time.monotonic() + _LIMIT_S
        while True:
            event = self._events.pop(0) if self._events else self._receive(deadline)
            if event.get("event") == name and fits(event):
                return
            if event.get("event") == "end-file":
                raise AssertionError(f"mpv gave up: {event} {self._log_path.read_text(errors='replace')}")

    def _receive(self, deadline):
        while b"\n" not in self._unread:
            self._socket.settimeout(max(deadline - time.monotonic(), 0.001))
            try:
                more = self._socket.recv(65536)
            except TimeoutError:
                raise AssertionError(f"mpv did not go on within {_LIMIT_S} s") from None
            if not more:
                raise AssertionError(f"mpv ended: {self._log_path.read_text(errors='replace')}")
            self._unread += more
        line, self._unread = self._unread.split(b"\n", 1)
        return json.loads(line)
