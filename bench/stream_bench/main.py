"""stream_bench: what a viewer of memtorrent feels, over networks that are made on this machine."""

import argparse
import json
import os
import signal
import sys

import measurements
from check import check
from hosts import NotAllowed
from measurements import Figures, say
from networks import NETWORKS, TWO_FILMS
from swarm import Swarm


def parse_arguments():
    parser = argparse.ArgumentParser(prog="stream_bench", description=__doc__)
    parser.add_argument("--network", action="append", choices=NETWORKS, help="one to measure; default: all")
    parser.add_argument("--seconds", type=int, default=300, help="length of a play (%(default)s)")
    parser.add_argument("--seeks", type=int, default=30, help="seeks of each kind (%(default)s)")
    parser.add_argument("--json", action="store_true", help="one object a line and network: there is no other output")
    parser.add_argument("--check", action="store_true", help="measure the networks themselves instead")
    return parser.parse_args()


def measure(network, seconds, seeks):
    figures = Figures()
    with Swarm(network, seconds) as swarm, swarm.viewer_host.inside():
        measurements.measure_first_bytes(swarm, figures)
        measurements.measure_seeks(swarm, figures, min(seeks, network.most_seeks))
        measurements.measure_play(swarm, figures, seconds)
    if network.name == "device":
        # Twenty windows of pieces of 16 MiB are more than any device has: this is with A's pieces, over A's lines.
        with Swarm(NETWORKS["A"], seconds) as swarm, swarm.viewer_host.inside():
            measurements.measure_left_open(swarm, figures)
        with Swarm(TWO_FILMS, seconds) as swarm, swarm.viewer_host.inside():
            measurements.measure_two_films(swarm, figures, seconds)
    return {"network": network.name, **figures.values, "peers_banned": figures.peers_banned,
            "good_seeds_lost": figures.good_seeds_lost, "peak_rss_mib": round(figures.peak_rss_mib, 1)}


def main():
    arguments = parse_arguments()
    if os.geteuid() != 0:
        sys.exit("stream_bench: run me as root: I make network namespaces, which only root may.")
    # So that all that was made is removed then too.
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda number, _: sys.exit(128 + number))
    try:
        if arguments.check:
            print(json.dumps(check()), flush=True)
            return
        for name in arguments.network or NETWORKS:
            say(f"network {name}: making the film")
            print(json.dumps(measure(NETWORKS[name], arguments.seconds, arguments.seeks)), flush=True)
    except NotAllowed as reason:
        sys.exit(f"stream_bench: I may not make network namespaces here, even as root: {reason}.")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
