"""Programs that the tests start. None of them outlives the test that started it, however that ends."""

import ctypes
import signal
import subprocess

_libc = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1  # prctl(2)


def _die_with_parent():
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def start(arguments, **options):
    """Starts a program; takes the options of subprocess.Popen."""
    options.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.Popen([str(a) for a in arguments], preexec_fn=_die_with_parent, **options)


def run(arguments, limit_s, **options):
    """Runs a program to its end and returns what it printed on stdout, as text.

    A program that fails, or that says anything on stderr, is an error.
    """
    process = start(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    try:
        out, complaints = process.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        process.kill()
        _, complaints = process.communicate()
        raise AssertionError(f"{arguments[0]} did not end within {limit_s} s: {complaints}") from None
    if process.returncode != 0 or complaints:
        raise AssertionError(f"{arguments[0]} ended with {process.returncode}: {complaints}")
    return out


def end(process, with_signal=signal.SIGTERM, limit_s=30):
    """Ends a program and returns its exit code. One that does not end in time is killed, which is an error."""
    if process.poll() is None:
        process.send_signal(with_signal)
        try:
            process.wait(limit_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"{process.args[0]} did not end within {limit_s} s of {with_signal.name}") from None
    return process.returncode
