"""go_read: how fast Go programs stream a torrent from RAM over HTTP, beside the C++ command.

gostream reads through package memtorrent; the program of go/examples/elementum piece by piece, through
MemoryStorage.Read, with a scheduler of its own that looks for pieces now and then, as Elementum's does. All stream the
same film from the same seed, one after the other, round after round; every byte is compared. Prints one JSON object.
"""

import argparse
import json
import select
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import child_process
import films
import http_reader
from films import MIB
from loopback import free_port
from memtorrent_process import MemtorrentProcess
from seeds import LibtorrentSeed

_LIMIT_S = 60


def read_mb_per_s(url, film):
    reader = http_reader.StreamReader(url, film.path)
    try:
        _, seconds = reader.read(0, film.size_bytes)
        return film.size_bytes / seconds / 1e6
    finally:
        reader.close()


def through_command(film, seed, budget_mib):
    memtorrent = MemtorrentProcess(film, [seed], budget_mib)
    try:
        return read_mb_per_s(memtorrent.url, film)
    finally:
        memtorrent.kill()


def through_go(film, program, *arguments):
    process = child_process.start([program, "-http", f"127.0.0.1:{free_port('127.0.0.1')}", *arguments],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0)
    try:
        line = b""
        while not line.endswith(b"\n") and select.select([process.stdout], [], [], _LIMIT_S)[0]:
            byte = process.stdout.read(1)
            if not byte:
                break
            line += byte
        if not line:
            sys.exit(f"go_read: {program} printed no URL")
        return read_mb_per_s(line.decode().strip(), film)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def main():
    parser = argparse.ArgumentParser(prog="go_read", description=__doc__)
    parser.add_argument("gostream", type=Path, help="what go/cmd/gostream makes")
    parser.add_argument("elementum", type=Path, help="what go/examples/elementum makes")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--mib", type=int, default=1024, help="size of the film (%(default)s)")
    parser.add_argument("--budget-mib", type=int, default=256, help="(%(default)s)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="go_read-") as folder:
        film = films.make_random(folder, arguments.mib * MIB, seed=1)
        seed = LibtorrentSeed(film)
        try:
            budget = arguments.budget_mib * MIB
            rounds = [(through_command(film, seed, arguments.budget_mib),
                       through_go(film, arguments.gostream, "-budget", budget, film.torrent_path, seed.endpoint),
                       through_go(film, arguments.elementum, "-memory", budget, "-peer", seed.endpoint,
                                  film.torrent_path))
                      for _ in range(arguments.rounds)]
        finally:
            seed.close()
    names = ("command", "gostream", "elementum")
    figures = {f"{name}_mb_per_s": round(statistics.median(rates)) for name, rates in zip(names, zip(*rounds))}
    for number, name in enumerate(names[1:], start=1):
        figures[f"{name}_ratio"] = round(statistics.median(rates[number] / rates[0] for rates in rounds), 2)
    print(json.dumps(figures | {"budget_mib": arguments.budget_mib, "rounds": len(rounds)}))


if __name__ == "__main__":
    main()
