"""Hashes of every decoded frame, picture and sound."""

import child_process


def framemd5(path_or_url, limit_s=300):
    """One line a frame: its stream, its time and the MD5 of its decoded data. ffmpeg must not complain of anything."""
    return child_process.run(
        ["ffmpeg", "-nostdin", "-v", "warning", "-i", path_or_url, "-map", "0", "-f", "framemd5", "-"],
        limit_s).splitlines()


def first_difference(one, other):
    """None if both are the same."""
    for i, (a, b) in enumerate(zip(one, other)):
        if a != b:
            return f"frame line {i}: {a!r} and {b!r}"
    return None if len(one) == len(other) else f"{len(one)} and {len(other)} lines"
