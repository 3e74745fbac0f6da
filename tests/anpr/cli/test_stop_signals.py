import signal
import sys
import threading
import time

import pytest

from anpr.cli.stop_signals import StopSignals


def test_a_signal_stops_the_waiting_and_every_later_one() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with StopSignals() as stopping:
        assert not stopping.wait(0.01)
        threading.Timer(0.1, lambda: signal.raise_signal(signal.SIGTERM)).start()
        began = time.monotonic()
        assert stopping.wait(60.0)
        assert time.monotonic() - began < 30.0
        assert stopping.wait(60.0)
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"])
def test_each_of_them_stops(name: str) -> None:
    if not hasattr(signal, name):
        pytest.skip("not a signal of this system")
    with StopSignals() as stopping:
        signal.raise_signal(getattr(signal, name))
        assert stopping.wait(10.0)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows has no timer that raises signals")
def test_signals_at_any_moment_of_the_waiting_hang_nothing() -> None:
    """With a `threading.Event` this hangs within some hundred signals."""
    done = 0
    before = signal.signal(signal.SIGALRM, signal.SIG_DFL)
    try:
        ends = time.monotonic() + 2.0
        while time.monotonic() < ends:
            with StopSignals() as stopping:
                signal.signal(signal.SIGALRM, signal.getsignal(signal.SIGINT))
                signal.setitimer(signal.ITIMER_REAL, 0.0004)
                while not stopping.wait(0.0001):
                    pass
                done += 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
    assert done > 100, sys.version
