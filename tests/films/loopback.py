"""Ports on loopback addresses."""

import socket


def free_port(address):
    """A port that nobody has at this moment, for programs that cannot choose one and say which."""
    with socket.socket() as probe:
        probe.bind((address, 0))
        return probe.getsockname()[1]


def accepts(address, port):
    try:
        socket.create_connection((address, port), 1).close()
        return True
    except OSError:
        return False
