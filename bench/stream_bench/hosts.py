"""Computers that are made on this machine: network namespaces, and the router that is the internet between them.

A host has no name in the system, only a descriptor that keeps it. So the kernel takes it away when whoever is in it has
ended, however that comes about: nothing can be left behind.
"""

import ctypes
import fcntl
import os
import signal
import struct
from contextlib import contextmanager
from dataclasses import dataclass

import child_process

_libc = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWNET = 0x40000000  # sched.h
_TUNSETIFF = 0x400454CA  # linux/if_tun.h; the three below too
_IFF_TUN, _IFF_NO_PI = 0x0001, 0x1000
_DEVICE = "line"
_COMMAND_LIMIT_S = 10
# What the queue of a line holds, in seconds of its rate, as that of a good home router. A full one adds as much to a
# round trip.
_QUEUE_S = 0.1
_LEAST_QUEUE_BYTES = 32 * 1024
_CHANCE_SEED = 1


class NotAllowed(Exception):
    """This user may not make hosts."""


@dataclass(frozen=True)
class Line:
    """A host's connection to the internet. A round trip between two hosts takes both of their delays twice."""
    up_mbit_s: float = 1000
    down_mbit_s: float = 1000
    delay_ms: float = 0
    loss: float = 0


class Host:
    def __init__(self, number, line):
        # A network for examples (RFC 5737), which libtorrent does not take for a local one.
        self.address = f"198.51.100.{number}"
        self.line = line
        home = _own_namespace()
        try:
            if _libc.unshare(_CLONE_NEWNET) != 0:
                raise NotAllowed(os.strerror(ctypes.get_errno()))
            self._namespace = _own_namespace()
            self.device = _make_device()
            self._configure()
        finally:
            _enter(home)
            os.close(home)

    @contextmanager
    def inside(self):
        """What this thread opens and starts meanwhile is on this host."""
        home = _own_namespace()
        _enter(self._namespace)
        try:
            yield
        finally:
            _enter(home)
            os.close(home)

    def close(self):
        os.close(self.device)
        os.close(self._namespace)

    def _configure(self):
        for command in ("link set lo up", f"address add {self.address}/24 dev {_DEVICE}", f"link set {_DEVICE} up",
                        f"route add default dev {_DEVICE}"):
            child_process.run(["ip", *command.split()], _COMMAND_LIMIT_S)
        # The same on every machine. Only reno may be chosen in every namespace (tcp(7),
        # tcp_allowed_congestion_control). On lines as slow as ours cubic, which most computers have, does as reno
        # does (RFC 9438, section 4.3).
        _set("net/ipv4/tcp_congestion_control", "reno")
        # A connection must not know what an earlier one found out.
        _set("net/ipv4/tcp_no_metrics_save", "1")


class Internet:
    """Hosts with these lines, that reach each other."""

    def __init__(self, lines):
        self.hosts = []
        self._router = None
        try:
            for number, line in enumerate(lines, start=1):
                self.hosts.append(Host(number, line))
            devices = [host.device for host in self.hosts]
            self._router = child_process.start(
                [os.environ["STREAM_BENCH_ROUTER"], _CHANCE_SEED, *map(_words_of, self.hosts)], pass_fds=devices,
                start_new_session=True)  # Ctrl-C is for the bench, which ends it
            # An internet does not wait for whatever else this machine does.
            os.sched_setscheduler(self._router.pid, os.SCHED_FIFO, os.sched_param(1))
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @contextmanager
    def cut(self):
        """Nothing arrives anywhere meanwhile."""
        self._router.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._router.send_signal(signal.SIGCONT)

    def close(self):
        if self._router:
            self._router.kill()
            self._router.wait()
        for host in self.hosts:
            host.close()
        self.hosts = []


def _own_namespace():
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


def _enter(namespace):
    if _libc.setns(namespace, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def _make_device():
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_CLOEXEC)
    fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH22x", _DEVICE.encode(), _IFF_TUN | _IFF_NO_PI))
    return device


def _set(name, value):
    with open(f"/proc/sys/{name}", "w", encoding="ascii") as setting:
        setting.write(value)


def _words_of(host):
    """A host as the router takes it."""
    def direction(name, mbit_s):
        bits_per_s = int(mbit_s * 1e6)
        queue_bytes = max(int(bits_per_s / 8 * _QUEUE_S), _LEAST_QUEUE_BYTES)
        return {f"{name}_bits_per_s": bits_per_s, f"{name}_queue_bytes": queue_bytes}

    words = {"fd": host.device, "address": host.address, "delay_us": int(host.line.delay_ms * 1000),
             "loss": host.line.loss, **direction("up", host.line.up_mbit_s), **direction("down", host.line.down_mbit_s)}
    return ",".join(f"{name}={value}" for name, value in words.items())
