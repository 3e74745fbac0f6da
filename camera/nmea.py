"""NMEA 0183 sentences from a GPS receiver: what is whole is used, what is not is counted."""

import math
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import pynmea2

from anpr.values import Position

_NS: Final = 1_000_000_000
_KNOT_MPS: Final = 1852 / 3600
_LONGEST = 120
"""Characters; the standard's own limit of 82 is exceeded by common receivers."""

_GLITCH_MPS: Final = 150.0
"""A jump that would need this speed (540 km/h) is damage that its checksum did not show, until it repeats itself."""

_REPEATS_TO_BELIEVE = 3
USED: Final = frozenset(("RMC", "GGA", "GNS", "GLL", "VTG", "GSA"))


@dataclass(frozen=True, slots=True)
class GpsFix:
    """The newest position; `received_ns` is the monotonic time at which its sentence was complete."""

    latitude_deg: float
    longitude_deg: float
    fixed_utc: datetime
    received_ns: int
    speed_mps: float | None = None
    heading_deg: float | None = None

    def position(self, now_ns: int, stale_after_s: float) -> Position:
        """Return the value for frames and records, with the age that it has now."""
        age_s = max(0.0, (now_ns - self.received_ns) / _NS)
        return Position(
            latitude_deg=self.latitude_deg,
            longitude_deg=self.longitude_deg,
            fixed_utc=self.fixed_utc,
            age_s=age_s,
            stale=age_s > stale_after_s,
            speed_mps=self.speed_mps,
            heading_deg=self.heading_deg,
        )


@dataclass(slots=True)
class NmeaCounts:
    """What came over the wire: whole sentences, damaged ones, bytes outside of sentences, unlikely jumps."""

    good: int = 0
    damaged: int = 0
    stray_bytes: int = 0
    jumps: int = 0


@dataclass(slots=True)
class NmeaReader:
    """Turns bytes, in whatever pieces they come, into the newest fix.

    Any talker (GP, GN, GL, …) is understood. A sentence counts only with a right checksum. A "$" always starts a
    new sentence, so that two sentences run into each other cost only the first. `clock_offset_s` is the receiver's UTC
    less the system's when the last dated sentence was complete (its time on the wire, up to 1 s, included); `dated` is
    that sentence's UTC with the monotonic time at which it was complete;
    `fix_dimensions` is 1 without a fix, else 2 or 3.
    """

    counts: NmeaCounts = field(default_factory=NmeaCounts)
    fix: GpsFix | None = None
    clock_offset_s: float | None = None
    dated: tuple[datetime, int] | None = None
    satellites: int | None = None
    fix_dimensions: int | None = None
    _rest: bytes = b""
    _date: date | None = None
    _unlikely: list[tuple[float, float]] = field(default_factory=list)

    def feed(self, data: bytes, now_ns: int, now_utc: datetime) -> int:
        """Take in bytes that arrived now; return how many whole sentences they completed."""
        before = self.counts.good
        self._rest += data
        while True:
            start = self._rest.find(b"$")
            if start < 0:
                self.counts.stray_bytes += len(self._rest.strip())
                self._rest = b""
                break
            self.counts.stray_bytes += len(self._rest[:start].strip())
            self._rest = self._rest[start:]
            end, again = self._rest.find(b"\n"), self._rest.find(b"$", 1)
            if end < 0 and again < 0:
                if len(self._rest) > _LONGEST:
                    self.counts.damaged += 1
                    self._rest = b""
                break
            if again >= 0 and (end < 0 or again < end):
                self._sentence(self._rest[:again], now_ns, now_utc)
                self._rest = self._rest[again:]
                continue
            self._sentence(self._rest[:end], now_ns, now_utc)
            self._rest = self._rest[end + 1 :]
        return self.counts.good - before

    def forget_partial(self) -> None:
        """Drop the half of a sentence that came before the port was closed or its baud changed."""
        self._rest = b""

    def _sentence(self, raw: bytes, now_ns: int, now_utc: datetime) -> None:
        text = raw.decode("latin-1").strip()
        try:
            sentence: Any = pynmea2.parse(text if "*" in text else "", check=True)
            kind = getattr(sentence, "sentence_type", "")
            if kind in USED:
                self._take_in(kind, sentence, now_ns, now_utc)
        except pynmea2.SentenceTypeError:
            self.counts.good += 1  # whole, of a kind that this parser does not know
        except (pynmea2.ParseError, pynmea2.ChecksumError, ValueError, TypeError, AttributeError, IndexError):
            # The parser meets damaged fields, which a right checksum does not exclude, by any of these.
            self.counts.damaged += 1
        else:
            self.counts.good += 1

    def _take_in(self, kind: str, sentence: Any, now_ns: int, now_utc: datetime) -> None:
        if kind == "RMC":
            if sentence.status != "A":
                return
            at = _utc(sentence.datestamp, sentence.timestamp)
            self._date = at.date()
            speed = _number(sentence.spd_over_grnd)
            speed_mps = None if speed is None else speed * _KNOT_MPS
            self._place(sentence, at, now_ns, speed_mps=speed_mps, heading_deg=_heading(sentence.true_course))
            self.clock_offset_s = (at - now_utc).total_seconds()
            self.dated = (at, now_ns)
        elif kind == "GSA":
            self.fix_dimensions = int(sentence.mode_fix_type or 1)
        elif kind == "VTG" and self.fix is not None:
            kmph = _number(sentence.spd_over_grnd_kmph)
            speed_mps = self.fix.speed_mps if kmph is None else kmph / 3.6
            heading_deg = _heading(sentence.true_track)
            heading_deg = self.fix.heading_deg if heading_deg is None else heading_deg
            self.fix = replace(self.fix, speed_mps=speed_mps, heading_deg=heading_deg)
        elif kind in ("GGA", "GNS", "GLL"):
            if kind == "GGA":
                self.satellites = int(sentence.num_sats or 0)
            if not _has_fix(kind, sentence):
                return
            at = self._complete(sentence.timestamp, now_utc)
            keep = self.fix
            self._place(
                sentence,
                at,
                now_ns,
                speed_mps=keep.speed_mps if keep else None,
                heading_deg=keep.heading_deg if keep else None,
            )

    def _complete(self, at: time, now_utc: datetime) -> datetime:
        """Add the date to a time of day: that of the last RMC, else the system's; the nearest day counts."""
        if self.fix is not None:
            near = self.fix.fixed_utc
        elif self._date is not None:
            near = datetime.combine(self._date, time(12), UTC)
        else:
            near = now_utc
        days = (near.date() + timedelta(days=d) for d in (-1, 0, 1))
        return min((_utc(day, at) for day in days), key=lambda candidate: abs(candidate - near))

    def _place(
        self, sentence: Any, at: datetime, now_ns: int, *, speed_mps: float | None, heading_deg: float | None
    ) -> None:
        if not (sentence.lat and sentence.lon and sentence.lat_dir and sentence.lon_dir):
            raise ValueError("a position without coordinates")
        latitude, longitude = float(sentence.latitude), float(sentence.longitude)
        if not (math.isfinite(latitude + longitude) and abs(latitude) <= 90 and abs(longitude) <= 180):
            raise ValueError("coordinates that are not on Earth")
        if self._is_jump(latitude, longitude, now_ns):
            self.counts.jumps += 1
            return
        if speed_mps is not None and not 0 <= speed_mps <= _GLITCH_MPS:
            speed_mps = None
        self.fix = GpsFix(latitude, longitude, at, now_ns, speed_mps, heading_deg)

    def _is_jump(self, latitude: float, longitude: float, now_ns: int) -> bool:
        """Whether the place is too far from the last one; a place that is reported again and again is believed."""
        last = self.fix
        if last is None:
            return False
        passed_s = max((now_ns - last.received_ns) / _NS, 0.0)
        if _metres(last.latitude_deg, last.longitude_deg, latitude, longitude) <= 100 + _GLITCH_MPS * passed_s:
            self._unlikely.clear()
            return False
        near = [p for p in self._unlikely if _metres(*p, latitude, longitude) <= 1000]
        self._unlikely = [*near, (latitude, longitude)]
        if len(self._unlikely) < _REPEATS_TO_BELIEVE:
            return True
        self._unlikely.clear()
        return False


def _has_fix(kind: str, sentence: Any) -> bool:
    if kind == "GGA":
        return int(sentence.gps_qual or 0) > 0
    if kind == "GLL":
        return bool(sentence.status == "A")
    return any(c != "N" for c in str(sentence.mode_indicator))


def _utc(day: object, at: object) -> datetime:
    if not isinstance(day, date) or not isinstance(at, time):
        raise ValueError("a fix without date or time")  # noqa: TRY004 -- a damaged field, not a programmer's mistake
    return datetime.combine(day, at.replace(tzinfo=None), UTC)


def _number(value: object) -> float | None:
    if value is None or value == "":
        return None
    number = float(str(value))
    if not math.isfinite(number):
        raise ValueError("a number that is none")
    return number


def _heading(value: object) -> float | None:
    heading = _number(value)
    return None if heading is None or not 0 <= heading <= 360 else heading % 360


def _metres(latitude_a: float, longitude_a: float, latitude_b: float, longitude_b: float) -> float:
    """Return the distance on the ground, by a flat map: exact enough to tell a jump."""
    east = (longitude_b - longitude_a + 180) % 360 - 180
    east *= math.cos(math.radians((latitude_a + latitude_b) / 2))
    return 111_320.0 * math.hypot(latitude_b - latitude_a, east)
