"""Whether a network that is asked for is what one gets: a round trip of 30 ms, and 10 Mbit/s."""

import os
import socket
import statistics
import struct
import threading
import time

from hosts import Internet, Line

ASKED_ROUND_TRIP_MS = 30
ASKED_MBIT_S = 10
_PINGS = 20
_TRANSFER_BYTES = 6_000_000
_LIMIT_S = 30
_ECHO_REQUEST, _ECHO_REPLY = 8, 0  # RFC 792


def check():
    lines = [Line(), Line(up_mbit_s=ASKED_MBIT_S, delay_ms=ASKED_ROUND_TRIP_MS / 2)]
    with Internet(lines) as internet:
        viewer, seed = internet.hosts
        with viewer.inside():
            round_trips_ms = [_ping_ms(seed.address, number) for number in range(_PINGS)]
        return {
            "asked_round_trip_ms": ASKED_ROUND_TRIP_MS,
            "round_trip_ms": {"median": round(statistics.median(round_trips_ms), 2),
                              "worst": round(max(round_trips_ms), 2)},
            "asked_mbit_s": ASKED_MBIT_S,
            # Of TCP's payload: headers take 3.5 % of what the line carries.
            "mbit_s": round(_transfer_mbit_s(seed, viewer), 2),
        }


def _ping_ms(address, number):
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as pinger:
        pinger.settimeout(_LIMIT_S)
        begin_s = time.monotonic()
        pinger.sendto(_echo_request(number), (address, 0))
        while True:
            answer = pinger.recv(2048)
            header_bytes = (answer[0] & 0xF) * 4
            kind, _, _, identity, sequence = struct.unpack_from("!BBHHH", answer, header_bytes)
            if (kind, identity, sequence) == (_ECHO_REPLY, os.getpid() & 0xFFFF, number):
                return (time.monotonic() - begin_s) * 1000


def _echo_request(number):
    def with_checksum(checksum):
        return struct.pack("!BBHHH", _ECHO_REQUEST, 0, checksum, os.getpid() & 0xFFFF, number)

    total = sum(struct.unpack("!4H", with_checksum(0)))
    return with_checksum(~(total + (total >> 16)) & 0xFFFF)


def _transfer_mbit_s(sender, receiver):
    with receiver.inside():
        listener = socket.create_server((receiver.address, 0))
    with listener:
        listener.settimeout(_LIMIT_S)
        with sender.inside():
            sending = socket.create_connection(listener.getsockname(), _LIMIT_S)
        receiving, _ = listener.accept()
        with sending, receiving:
            receiving.settimeout(_LIMIT_S)
            thread = threading.Thread(target=sending.sendall, args=(bytes(_TRANSFER_BYTES),))
            thread.start()
            begin_s = time.monotonic()
            left = _TRANSFER_BYTES
            while left > 0:
                left -= len(receiving.recv(65536))
            elapsed_s = time.monotonic() - begin_s
            thread.join()
    return _TRANSFER_BYTES * 8 / 1e6 / elapsed_s
