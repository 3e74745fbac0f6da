"""The GPS receiver over a pseudo-terminal; what is on the other end speaks NMEA at one baud, noise at the others."""

import os
import sys
import threading
from collections.abc import Callable, Iterator

import pytest
import serial

from anpr.clock import SystemClock
from camera.gps import BAUDS, GpsReceiver, Port, SerialPort
from tests.camera.nmea_log import metres_apart, place, second_of_drive, spoiled
from tests.camera.parts import PATIENCE_S, HandClock

S = 1_000_000_000
CLOCK = SystemClock()


class FakePort:
    """A port whose bytes the test gives; each read takes a quarter of a second of the hand clock."""

    def __init__(self, clock: HandClock, read: Callable[[], bytes]) -> None:
        self._clock = clock
        self._read = read
        self.is_closed = False

    def read_some(self) -> bytes:
        self._clock.advance(0.25)
        return self._read()

    def close(self) -> None:
        self.is_closed = True


class Wire:
    """A receiver on port "COM5" that speaks at one baud; the test may pull its plug."""

    def __init__(self, baud: int = 38400) -> None:
        self.clock = HandClock()
        self.baud = baud
        self.is_plugged = True
        self.speaks = True
        self.opened: list[tuple[str, int]] = []
        self.second = 0
        self.gps = GpsReceiver(self.clock, open_port=self.open, find_ports=lambda: ["COM3", "COM5"])

    def open(self, name: str, baud: int) -> Port:
        self.opened.append((name, baud))
        if name == "COM5" and not self.is_plugged:
            raise serial.SerialException(2, "No such file or directory")
        return FakePort(self.clock, lambda: self.bytes_at(name, baud))

    def bytes_at(self, name: str, baud: int) -> bytes:
        if not self.is_plugged and name == "COM5":
            raise serial.SerialException("device reports readiness to read but returned no data")
        if name != "COM5" or not self.speaks:
            return b""
        if self.clock.monotonic_ns() // (S // 4) % 4:
            return b""
        self.second += 1
        said = b"".join(second_of_drive(self.second))
        return said if baud == self.baud else bytes(b ^ 0xA5 for b in said)

    def run(self, seconds: float) -> None:
        until_ns = self.clock.monotonic_ns() + round(seconds * S)
        while self.clock.monotonic_ns() < until_ns:
            self.gps.step()

    def faults(self) -> list[str]:
        return [f.name for f in self.gps.faults(self.clock.monotonic_ns())]


@pytest.mark.parametrize("baud", BAUDS)
def test_port_and_baud_are_found(baud: int) -> None:
    wire = Wire(baud)
    wire.run(25)
    assert wire.gps.connected_to == ("COM5", baud)
    position = wire.gps.current(wire.clock.monotonic_ns())
    assert position is not None
    assert not position.stale
    assert wire.faults() == []


def test_a_receiver_that_is_pulled_and_plugged_in_again() -> None:
    wire = Wire()
    wire.run(25)
    wire.is_plugged = False
    wire.run(1.0)
    assert wire.faults() == ["gps_unplugged"]
    assert wire.gps.connected_to is None
    wire.run(20)
    position = wire.gps.current(wire.clock.monotonic_ns())
    assert position is not None
    assert position.stale
    assert position.age_s > 15
    wire.is_plugged = True
    wire.run(3.0)
    assert wire.gps.connected_to == ("COM5", 38400)
    assert wire.faults() == []
    assert wire.gps.gone_since_ns is None


def test_when_all_ports_are_away_the_time_of_the_loss_is_kept() -> None:
    clock = HandClock()
    gps = GpsReceiver(clock, port="COM9", open_port=lambda n, b: (_ for _ in ()).throw(FileNotFoundError(2, "none")))
    gps.step()
    first_ns = gps.gone_since_ns
    assert first_ns is not None
    for _ in range(10):
        gps.step()
    assert gps.gone_since_ns == first_ns
    assert clock.monotonic_ns() > first_ns + 3 * S
    assert [f.name for f in gps.faults(clock.monotonic_ns())] == ["gps_unplugged"]


def test_a_forbidden_port_has_its_own_name() -> None:
    clock = HandClock()

    def forbidden(name: str, baud: int) -> Port:
        raise serial.SerialException(13, "could not open port: Permission denied")

    gps = GpsReceiver(clock, port="/dev/ttyACM0", open_port=forbidden)
    gps.step()
    [found] = gps.faults(clock.monotonic_ns())
    assert found.name == "gps_no_permission"
    assert gps.gone_since_ns is None


def test_a_receiver_that_falls_silent_is_named_and_searched_anew() -> None:
    wire = Wire()
    wire.run(25)
    wire.speaks = False
    wire.run(6)
    assert wire.faults() == ["gps_silent"]
    wire.speaks = True
    wire.run(3)
    assert wire.faults() == []


def test_no_position_is_a_fault_of_its_own() -> None:
    clock = HandClock()
    void = b"".join(second_of_drive(1, status="V"))
    gps = GpsReceiver(clock, port="COM1", baud=9600, open_port=lambda n, b: FakePort(clock, lambda: void))
    for _ in range(20):
        gps.step()
    assert [f.name for f in gps.faults(clock.monotonic_ns())] == ["gps_no_fix"]
    assert gps.current(clock.monotonic_ns()) is None


@pytest.fixture
def terminal() -> Iterator[tuple[int, str]]:
    if sys.platform == "win32":
        pytest.skip("Windows has no pseudo-terminals for serial ports")
    ours, theirs = os.openpty()
    yield ours, os.ttyname(theirs)
    for end in (ours, theirs):
        try:
            os.close(end)
        except OSError:
            assert end == ours  # the test pulled the plug


def run_until(gps: GpsReceiver, done: Callable[[], bool]) -> None:
    until_ns = CLOCK.monotonic_ns() + round(PATIENCE_S * S)
    while not done():
        assert CLOCK.monotonic_ns() < until_ns
        gps.step()


def test_a_long_spoiled_log_over_a_pseudo_terminal(terminal: tuple[int, str]) -> None:
    ours, name = terminal
    whole = [piece for second in range(150) for piece in second_of_drive(second)]
    chosen = list(spoiled(whole, seed=11))
    expected = sum(survives for _, survives in chosen)
    wire = b"".join(piece for piece, _ in chosen)
    gps = GpsReceiver(CLOCK, port=name, baud=9600)
    gps.step()

    def write() -> None:
        for at in range(0, len(wire), 53):
            os.write(ours, wire[at : at + 53])

    writer = threading.Thread(target=write)
    writer.start()
    run_until(gps, lambda: gps.counts.good >= expected)
    writer.join()
    assert gps.counts.good == expected
    assert gps.counts.damaged >= sum(not survives for _, survives in chosen)
    position = gps.current(CLOCK.monotonic_ns())
    assert position is not None
    assert metres_apart((position.latitude_deg, position.longitude_deg), place(149)) < 100
    assert position.speed_mps == pytest.approx(20.0, abs=0.1)
    gps.close()


def test_the_baud_is_found_on_a_real_port_and_the_pulled_plug_noticed(terminal: tuple[int, str]) -> None:
    termios = pytest.importorskip("termios")
    ours, name = terminal
    wanted = termios.B38400
    stop = threading.Event()

    def speak() -> None:
        second = 0
        while not stop.wait(0.05):
            second += 1
            said = b"".join(second_of_drive(second))
            speed = termios.tcgetattr(ours)[5]
            os.write(ours, said if speed == wanted else bytes(b ^ 0x2A for b in said))

    speaker = threading.Thread(target=speak)
    gps = GpsReceiver(CLOCK, port=name)
    gps.step()
    speaker.start()
    run_until(gps, lambda: gps.connected_to is not None)
    stop.set()
    speaker.join()
    assert gps.connected_to == (name, 38400)
    assert gps.counts.damaged + gps.counts.stray_bytes > 0
    os.close(ours)
    run_until(gps, lambda: gps.gone_since_ns is not None)
    assert [f.name for f in gps.faults(CLOCK.monotonic_ns())] == ["gps_unplugged"]
    gps.close()


def test_a_real_port_that_does_not_exist() -> None:
    with pytest.raises(OSError, match="could not open port"):
        SerialPort("/dev/ttyNOSUCH" if os.name == "posix" else "COM250", 9600)
