"""What was so at every moment of a shift: from the script and from what was really played, never from the screen.

The engine's witness adds what the engine found (which track gave which hit); whose track it was is told by the places of
the plates in the frames that were played.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from anpr.values import Box
from benchmarks.shift.known_pictures import KnownPictures
from benchmarks.shift.pictures import Clip
from benchmarks.shift.script import Act, Event, Role, Script, Vehicle

TIME_S: Final = 1.0
PLACE_M: Final = 15.0
AGE_S: Final = 2.0
"""How far a time, a place and an age that are shown may be off."""
NOTICE_S: Final = 3.0
"""So long after something changed the screen may still say what was before."""
GPS_NOTICE_S: Final = 5.0
"""The same for the GPS: its last position counts as current for 3 s (`gps.stale_after_s`)."""
RECOVER_S: Final = 8.0
"""So long after a device is back, or the engine began, its mark may still say that it is not."""
_UNTIL_EVER: Final = 1e12


@dataclass(slots=True)
class Window:
    """When a vehicle's plate was in the picture, in seconds of the shift; `pass_number` says in which pass."""

    pass_number: int
    vrm: str
    from_s: float
    to_s: float


@dataclass(slots=True)
class Outage:
    """From when until when something was away."""

    event: Event
    from_s: float
    to_s: float = _UNTIL_EVER


@dataclass(slots=True)
class Done:
    """What the officer did about an alert, and when."""

    alert_id: int
    act: Act
    at_s: float


@dataclass(slots=True)
class AlertSaid:
    """What the engine said of one alert, version by version: (seconds of the shift, line)."""

    versions: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    owner: str = ""
    """The mark of the vehicle whose track the alert stands on, by the places of the plates; empty: not known."""

    @property
    def latest(self) -> dict[str, Any]:
        """The newest version."""
        return self.versions[-1][1]

    def around(self, from_s: float, to_s: float) -> list[dict[str, Any]]:
        """Return the versions that stood at any moment between two."""
        first = max(bisect_right([at for at, _ in self.versions], from_s) - 1, 0)
        return [line for at, line in self.versions[first:] if at <= to_s] or [self.versions[first][1]]


@dataclass(slots=True)
class HitHeard:
    """A pass whose listed vehicle the engine hit at or above the threshold, and when first."""

    pass_number: int
    vrm: str
    at_s: float


@dataclass(slots=True)
class Truth:
    """What was so; `zero_ns` and `zero_utc` are the shift's beginning by its clock."""

    script: Script
    clips: dict[int, Clip]
    zero_ns: int
    zero_utc: datetime
    windows: list[Window] = field(default_factory=list)
    outages: list[Outage] = field(default_factory=list)
    started: list[float] = field(default_factory=list)
    """When the engine began to read."""
    done: list[Done] = field(default_factory=list)
    typed_s: dict[str, float] = field(default_factory=dict)
    """Marks that were typed as entries, and when."""
    alerts: dict[int, AlertSaid] = field(default_factory=lambda: defaultdict(AlertSaid))
    hits: dict[tuple[int, str], HitHeard] = field(default_factory=dict)
    pictures: KnownPictures = field(default_factory=KnownPictures)
    queue: list[tuple[float, list[list[Any]]]] = field(default_factory=list)
    paints_ms: list[float] = field(default_factory=list)
    covert_hits: int = 0
    _votes: dict[tuple[int, int], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    _by_vrm: dict[str, Vehicle] = field(init=False)

    def __post_init__(self) -> None:
        self._by_vrm = {vehicle.vrm: vehicle for vehicle in self.script.vehicles}

    def second_of(self, at_ns: int) -> float:
        """Return the second of the shift of a monotonic time."""
        return (at_ns - self.zero_ns) * 1e-9

    def utc_at(self, at_s: float) -> datetime:
        """Return the shift's time in UTC at one of its seconds."""
        return self.zero_utc + timedelta(seconds=at_s)

    def second_utc(self, moment: datetime) -> float:
        """Return the second of the shift of a time in UTC."""
        return (moment - self.zero_utc).total_seconds()

    def played(self, clip: int, frame: int, at_s: float) -> None:
        """Take note of a frame that was sent."""
        for plate in self.clips[clip].plates[frame]:
            last = next((w for w in reversed(self.windows) if w.vrm == plate.vrm), None)
            if last is None or last.pass_number != clip:
                self.windows.append(Window(clip, plate.vrm, at_s, at_s))
            else:
                last.to_s = at_s

    def passes_of(self, vrm: str, until_s: float = _UNTIL_EVER) -> list[Window]:
        """Return when a mark was in the picture, up to a time."""
        return [one for one in self.windows if one.vrm == vrm and one.from_s <= until_s]

    def in_view(self, vrm: str, at_s: float, tolerance_s: float = TIME_S) -> bool:
        """Return whether a mark was in the picture then."""
        return any(w.from_s - tolerance_s <= at_s <= w.to_s + tolerance_s for w in self.passes_of(vrm))

    def lists_of(self, vrm: str, at_s: float) -> tuple[str, ...]:
        """Return the lists that the crew may know of on which a mark is then; `typed` stands for one typed by hand."""
        vehicle = self._by_vrm.get(vrm)
        listed = (vehicle.list_name,) if vehicle is not None and vehicle.role is Role.LISTED else ()
        return (*listed, "typed") if self.typed_s.get(vrm, _UNTIL_EVER) <= at_s + TIME_S else listed

    def vehicle(self, vrm: str) -> Vehicle | None:
        """Return the vehicle of a mark."""
        return self._by_vrm.get(vrm)

    def may_be(self, event: Event, at_s: float) -> tuple[bool, bool]:
        """Return whether a device may be shown as well, and as away, at a time."""
        well, away = True, False
        for outage in self.outages:
            if outage.event is not event:
                continue
            if outage.from_s <= at_s <= outage.to_s + RECOVER_S:
                away = True
            if outage.from_s + (GPS_NOTICE_S if event is Event.GPS_LOST else NOTICE_S) <= at_s <= outage.to_s:
                well = False
        if any(began - NOTICE_S <= at_s <= began + RECOVER_S for began in self.started):
            return True, True
        return well, away

    def engine_away(self, at_s: float) -> tuple[bool, bool]:
        """Return whether the engine may be, and must be, shown as lost."""
        killed = [one for one in self.outages if one.event is Event.KILL]
        may = any(one.from_s <= at_s <= one.to_s + NOTICE_S for one in killed)
        return may, any(one.from_s + NOTICE_S <= at_s <= one.to_s for one in killed)

    def done_about(self, alert_id: int) -> list[Done]:
        """Return what the officer did about an alert."""
        return [one for one in self.done if one.alert_id == alert_id]

    def queued(self, from_s: float, to_s: float) -> list[list[list[Any]]]:
        """Return the queues that stood at any moment between two."""
        first = max(bisect_right([at for at, _ in self.queue], from_s) - 1, 0)
        return [queue for at, queue in self.queue[first:] if at <= to_s] or [[]]

    def hear(self, line: dict[str, Any]) -> None:
        """Take in a line of the witness."""
        at_s, run = self.second_of(line["at"]), len(self.started)
        match line["k"]:
            case "step":
                self._step(run, line)
            case "alert":
                said = self.alerts[line["id"]]
                said.versions.append((at_s, line))
                said.owner = self._owner(run, line) or said.owner
            case "queue":
                self.queue.append((at_s, line["alerts"]))
            case "paint":
                self.paints_ms.append(line["ms"])

    def _step(self, run: int, line: dict[str, Any]) -> None:
        clip, frame = line["place"]
        at_s = self.second_of(line["captured"] or line["at"])
        plates = (
            self.clips[clip].plates[frame] if clip in self.clips and 0 <= frame < len(self.clips[clip].plates) else ()
        )
        for seen in line["sightings"]:
            votes = self._votes[run, seen["track"]]
            for box in seen["boxes"]:
                best = max(plates, key=lambda plate: overlap(plate.box, box), default=None)
                if best is not None and overlap(best.box, box) > 0.1:
                    votes[best.vrm] += 1
            owner = votes.most_common(1)[0][0] if votes else ""
            for key, sign in seen["pictures"]:
                if key:
                    self.pictures.add(key, sign, owner)
            for hit in seen["hits"]:
                if hit["vrm"] != owner or hit["probability"] < hit["threshold"]:
                    continue
                if hit["covert"]:
                    self.covert_hits += 1
                elif clip < len(self.script.passes):
                    self.hits.setdefault((clip, owner), HitHeard(clip, owner, at_s))

    def _owner(self, run: int, line: dict[str, Any]) -> str:
        if line["kind"] != "hit":
            return ""
        votes = self._votes.get((run, line["track"])) if not line["past"] else None
        if votes:
            return votes.most_common(1)[0][0]
        seen_s = self.second_utc(datetime.fromisoformat(line["seen_utc"]))
        there = {w.vrm for w in self.windows if w.from_s - TIME_S <= seen_s <= w.to_s + TIME_S}
        return line["vrm"] if line["vrm"] in there else next(iter(there), "")


def overlap(a: Box, b: Box) -> float:
    """Return the intersection of two boxes over their union."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))
    return width * height / (areas - width * height)
