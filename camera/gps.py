"""The car's GPS receiver on a serial port: found by itself, read, and found again after it was away."""

import contextlib
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

import serial
from serial.tools import list_ports

from anpr.clock import Clock
from anpr.faults import FaultKind
from anpr.values import Fault, Position
from camera.nmea import NmeaCounts, NmeaReader

_NS: Final = 1_000_000_000

BAUDS: Final = (9600, 38400, 115200, 4800, 57600, 19200)
"""In the order in which in-car receivers use them; 4800 is the standard's own."""

LISTEN_S: Final = 1.6
"""How long one baud is tried: receivers speak once a second."""

LOST_AFTER_S: Final = 4.0
"""Silence, or nothing but garbage, after which port and baud are searched anew."""

RETRY_S: Final = 0.5
READ_S: Final = 0.25
_UBLOX_VID: Final = 0x1546
_ENOUGH = 2
_NAMES: Final = ("GPS", "GNSS", "U-BLOX", "UBLOX", "SIRF", "NMEA")


class Port(Protocol):
    """What is used of a serial port."""

    def read_some(self) -> bytes:
        """Return what has come, or wait for it up to `READ_S`; raises OSError when the port is gone."""

    def close(self) -> None:
        """Close the port."""


class SerialPort:
    """A real serial port, opened when made; raises serial.SerialException (an OSError) when it cannot be."""

    def __init__(self, name: str, baud: int) -> None:
        self._serial = serial.Serial(name, baud, timeout=READ_S)

    def read_some(self) -> bytes:
        """Return what has come already, or the first byte; a larger read would wait out its time limit."""
        try:
            data: bytes = self._serial.read(max(1, min(self._serial.in_waiting, 4096)))
        except TypeError as error:
            raise serial.SerialException("closed while it was read") from error  # pyserial's way to say so on POSIX
        return data

    def close(self) -> None:
        """Close the port."""
        self._serial.close()


def serial_ports() -> list[str]:
    """Return the serial ports that may have a GPS receiver, the likeliest first."""
    found = []
    for port in list_ports.comports():
        words = f"{port.description} {port.manufacturer} {port.product}".upper()
        is_named = port.vid == _UBLOX_VID or any(w in words for w in _NAMES)
        # On Linux ttyS0 to ttyS31 exist without hardware behind them; on Windows built-in ports have no USB id.
        if is_named or port.vid is not None or sys.platform == "win32":
            found.append((not is_named, port.vid is None, port.device))
    return [device for *_, device in sorted(found)]


@dataclass(slots=True)
class _Link:
    """An open port; it is settled once sentences were understood at its baud."""

    name: str
    baud: int
    port: Port
    opened_ns: int
    heard_ns: int
    understood: int = 0

    @property
    def is_settled(self) -> bool:
        """Whether enough sentences were understood to keep to this port and baud."""
        return self.understood >= _ENOUGH


class GpsReceiver:
    """Reads a GPS receiver; `step` is called over and over by one thread, everything else by any.

    `port` is a name or "auto", `baud` a number or None to find it. A fix older than `stale_after_s` is marked stale.
    Nothing raises for what is on the wire or for a port that is away: `faults` says so, `counts` counts it, and the
    receiver is looked for again all the time.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        port: str = "auto",
        baud: int | None = None,
        stale_after_s: float = 3.0,
        open_port: Callable[[str, int], Port] = SerialPort,
        find_ports: Callable[[], Sequence[str]] = serial_ports,
    ) -> None:
        self._clock = clock
        self._port = port
        self._baud = baud
        self._stale_after_s = stale_after_s
        self._open_port = open_port
        self._find_ports = find_ports
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._reader = NmeaReader()
        self._link: _Link | None = None
        self._candidates: list[tuple[str, int]] = []
        self._names: tuple[str, ...] = ()
        self._was_known = False
        self._last_good: tuple[str, int] | None = None
        self._trouble: tuple[FaultKind, str] | None = None
        self._gone_since_ns: int | None = None
        self._since: dict[FaultKind, datetime] = {}
        self._started_ns = clock.monotonic_ns()

    @property
    def counts(self) -> NmeaCounts:
        """Sentences that were whole and damaged, stray bytes and unlikely jumps since the start."""
        with self._lock:
            now = self._reader.counts
            return NmeaCounts(now.good, now.damaged, now.stray_bytes, now.jumps)

    @property
    def clock_offset_s(self) -> float | None:
        """The GPS's UTC less the system's, within about a second; None before the first dated fix."""
        with self._lock:
            return self._reader.clock_offset_s

    def dated(self) -> tuple[datetime, int] | None:
        """Return the newest dated time of the receiver, with monotonic ns at its receipt; None before any."""
        with self._lock:
            return self._reader.dated

    @property
    def connected_to(self) -> tuple[str, int] | None:
        """Port and baud at which sentences are understood; None while they are looked for."""
        with self._lock:
            return (self._link.name, self._link.baud) if self._link is not None and self._link.is_settled else None

    @property
    def gone_since_ns(self) -> int | None:
        """Since when the port has been away; None while it is there."""
        with self._lock:
            return self._gone_since_ns

    @property
    def was_there(self) -> bool:
        """Whether any sentence was understood since the start: a receiver that never spoke was not taken away."""
        with self._lock:
            return self._reader.counts.good > 0

    def current(self, now_ns: int) -> Position | None:
        """Return the newest position with its age, stale when it must not be shown as current; None before any."""
        with self._lock:
            fix = self._reader.fix
        return None if fix is None else fix.position(now_ns, self._stale_after_s)

    def faults(self, now_ns: int) -> tuple[Fault, ...]:
        """Return what is wrong now: port away or forbidden, nothing understood, no position."""
        with self._lock:
            found = self._found(now_ns)
            if found is None:
                self._since = {}
                return ()
            kind, detail = found
            self._since = {kind: self._since.get(kind, self._clock.utc())}
            return (kind.fault(self._since[kind], detail=detail),)

    def step(self) -> None:
        """Read what has come, for at most a quarter of a second, or take the next step to find the receiver."""
        link = self._link
        if link is None:
            self._connect()
            return
        try:
            data = link.port.read_some()
        except OSError as error:
            self._drop((FaultKind.GPS_UNPLUGGED, f"{link.name}: {_words(error)}"), is_gone=True)
            return
        now_ns = self._clock.monotonic_ns()
        with self._lock:
            understood = self._reader.feed(data, now_ns, self._clock.utc())
            if understood:
                link.heard_ns = now_ns
                link.understood += understood
                if link.is_settled:
                    self._last_good, self._trouble = (link.name, link.baud), None
                    self._gone_since_ns = None
        limit_s = LOST_AFTER_S if link.is_settled else LISTEN_S
        if now_ns - link.heard_ns > limit_s * _NS or (not link.is_settled and now_ns - link.opened_ns > 4 * _NS):
            is_search_over = link.is_settled or not self._candidates
            self._drop((FaultKind.GPS_SILENT, link.name) if is_search_over else None, is_gone=False)

    def close(self) -> None:
        """Close the port and end a wait in `step`."""
        self._stopping.set()
        link, self._link = self._link, None
        if link is not None:
            link.port.close()

    def _connect(self) -> None:
        chosen = self._next_candidate()
        if chosen is None:
            self._drop((FaultKind.GPS_UNPLUGGED, "no serial port"), is_gone=True)
            self._clock.wait(self._stopping, RETRY_S)
            return
        name, baud = chosen
        is_known = self._last_good is None or name == self._last_good[0]
        try:
            port = self._open_port(name, baud)
        except (OSError, ValueError) as error:
            self._candidates = [c for c in self._candidates if c[0] != name]
            is_forbidden = getattr(error, "errno", None) in (1, 13) or "PermissionError" in str(error)
            is_gone = not is_forbidden and (name == self._port or chosen == self._last_good or not self._candidates)
            if is_known:
                kind = FaultKind.GPS_NO_PERMISSION if is_forbidden else FaultKind.GPS_UNPLUGGED
                self._drop((kind, f"{name}: {_words(error)}"), is_gone=is_gone)
            if not self._candidates:
                self._clock.wait(self._stopping, RETRY_S)
            return
        now_ns = self._clock.monotonic_ns()
        with self._lock:
            self._reader.forget_partial()
            self._link = _Link(name, baud, port, opened_ns=now_ns, heard_ns=now_ns)
            # Another port that opens says nothing about a receiver that was lost: only its own, or sentences, do.
            if is_known:
                self._gone_since_ns = None
                if self._trouble is not None and self._trouble[0] != FaultKind.GPS_SILENT:
                    self._trouble = None

    def _next_candidate(self) -> tuple[str, int] | None:
        """Return the port and baud to be tried next: what worked last in turn with everything else."""
        names = tuple(self._find_ports()) if self._port == "auto" else (self._port,)
        if names != self._names or not self._candidates:
            bauds = BAUDS if self._baud is None else (self._baud,)
            self._names = names
            self._candidates = [(n, b) for n in names for b in bauds if (n, b) != self._last_good]
        if self._last_good is not None and not (self._was_known and self._candidates):
            self._was_known = True
            return self._last_good
        self._was_known = False
        return self._candidates.pop(0) if self._candidates else None

    def _drop(self, trouble: tuple[FaultKind, str] | None, *, is_gone: bool) -> None:
        link, self._link = self._link, None
        if link is not None:
            with contextlib.suppress(OSError):  # the device is gone; there is nothing to give back
                link.port.close()
            if link.is_settled:
                self._candidates.clear()
                self._was_known = False  # the search starts at what worked last
        with self._lock:
            self._trouble = trouble or self._trouble
            if not is_gone:
                self._gone_since_ns = None
            elif self._gone_since_ns is None:
                self._gone_since_ns = self._clock.monotonic_ns()

    def _found(self, now_ns: int) -> tuple[FaultKind, str] | None:
        if self._trouble is not None:
            return self._trouble
        fix = self._reader.fix
        since_ns = self._started_ns if fix is None else fix.received_ns
        is_settled = self._link is not None and self._link.is_settled
        if now_ns - since_ns > self._stale_after_s * _NS and is_settled:
            return FaultKind.GPS_NO_FIX, ""
        return None


def _words(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).strip()
