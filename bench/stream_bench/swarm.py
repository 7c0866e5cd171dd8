"""A network with its seeds, and the film that they have."""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack, contextmanager
from pathlib import Path

import child_process
import films
from film_pattern import FilmPattern
from films import MIB
from hosts import Internet

_SEED_PROGRAM = Path(__file__).with_name("seed_program.py")
_READY_LIMIT_S = 180
_END_LIMIT_S = 20


class Swarm:
    """Ready when every seed can be connected to. The viewer's host is there too."""

    def __init__(self, network, play_s):
        self.network = network
        self._resources = ExitStack()
        try:
            # On the disk that the build is on: /tmp is RAM on some machines.
            folder = Path(self._resources.enter_context(
                tempfile.TemporaryDirectory(prefix="stream_bench-", dir=os.environ["STREAM_BENCH_FOLDER"])))
            self.patterns, self.films = [], []
            for number in range(1 + max(seed.film for seed in network.seeds)):
                path = folder / f"film-{number}.bin"
                self.patterns.append(FilmPattern(network.film.size_bytes(play_s)))
                self.patterns[-1].write_to(path)
                self.films.append(films.film_of(path, network.film.piece_mib * MIB))
            self.pattern, self.film = self.patterns[0], self.films[0]
            self.internet = self._resources.enter_context(
                Internet([network.viewer_line, *(seed.line for seed in network.seeds)]))
            self.viewer_host, *seed_hosts = self.internet.hosts
            self.seeds = [self._resources.enter_context(SeedProcess(seed, self.films[seed.film], host, folder))
                          for seed, host in zip(network.seeds, seed_hosts)]
            for seed in self.seeds:
                seed.wait_until_ready()
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @contextmanager
    def at_work(self):
        """Seeds that stop do so in the middle of this."""
        timers = [threading.Timer(seed.at.stops_after_s, seed.stop) for seed in self.seeds if seed.at.stops_after_s]
        for timer in timers:
            timer.start()
        try:
            yield
        finally:
            for timer in timers:
                timer.cancel()
                timer.join()
            for seed in self.seeds:
                seed.go_on()

    def good_seeds_lost(self):
        """How many of those that send the film, and are not stopped, have no connection."""
        states = [seed.state() for seed in self.seeds if seed.at.kind != "corrupt"]
        return sum(state is not None and state["peers"] == 0 for state in states)

    def close(self):
        self._resources.close()


class SeedProcess:
    def __init__(self, at, film, host, folder):
        self.at = at
        self.endpoint = ""
        self._is_stopped = False
        own_folder = Path(tempfile.mkdtemp(prefix="seed-", dir=folder))
        with host.inside():
            self._process = child_process.start(
                [sys.executable, "-B", _SEED_PROGRAM, at.kind, film.path, host.address, own_folder],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                start_new_session=True)  # Ctrl-C is for the bench, which ends it

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.go_on()
        self._process.stdin.close()
        try:
            self._process.wait(_END_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def wait_until_ready(self):
        is_printed, _, _ = select.select([self._process.stdout], [], [], _READY_LIMIT_S)
        self.endpoint = self._process.stdout.readline().strip() if is_printed else ""
        if not self.endpoint:
            raise AssertionError(f"a {self.at.kind} seed did not start")

    def state(self):
        """Its "peers" that are connected, and its "uploaded_bytes"; none if it was stopped."""
        if self._is_stopped:
            return None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def stop(self):
        self._is_stopped = True
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self._is_stopped = False
        self._process.send_signal(signal.SIGCONT)
