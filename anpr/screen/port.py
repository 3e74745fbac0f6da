"""Everything that the screen needs from the engine: `CrewDesk`, and the values that go through it.

The values are what a crew sees, without pictures: those are fetched by an opaque id, so that no mark ever stands in an
address. `anpr.screen.views` makes them from `anpr.values`, `anpr.screen.wire` makes JSON of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from anpr.alerting.decisions import Choice
from anpr.alerting.misreads import MisreadRate
from anpr.enquiries.answer import EnquiryAnswer
from anpr.screen.hand_port import HandDesk, NewEntry
from anpr.screen.moment import NO_MOMENT, Cell, Moment
from anpr.values import AlertStep, HotlistEntry, HotlistInfo

QUEUE_WINDOW: Final = 40
"""Alerts of the queue that a `ScreenState` holds; further ones are fetched with `CrewDesk.queue`."""
Enter = Callable[[], object]
"""Writes a deed to the audit. A desk calls it once it is certain that nothing refuses the deed, and before it does it;
what it raises keeps the deed from being done. One that is an `anpr.trust.deed.Entry` may be entered in the transaction that records
the deed instead."""

FURTHER_UNSEEN: Final = 12
"""Alerts beyond that window that nobody has seen and that it holds as well: the first so many, and the latest."""


@dataclass(frozen=True, slots=True)
class ListedView:
    """What one list says of the vehicle, how old that list was then, and how probable it is that this is the vehicle.

    `date_checked` is False when the entry has an end and the tablet's date was not to be trusted. `possible`: a character may
    be hidden, so that it may be another vehicle.
    """

    entry: HotlistEntry
    hotlist: HotlistInfo
    list_age_s: float
    probability: float
    exact: bool
    date_checked: bool = True
    possible: bool = False


@dataclass(frozen=True, slots=True)
class DecidedView:
    """The crew's decision on an alert; `stop` holds the answers of the stop record by the questions' keys."""

    decision: str
    note: str
    typed_vrm: str
    actor: str
    decided_utc: str
    stop_recorded: bool = False
    stop: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert as the crew sees it. `kind` is `hit` or `fault`, `state` an `anpr.values.AlertState`.

    `moment` is the one that it shows, taken whole from the alert's leading hit; a fault has none.
    `met_times` and `met_last_utc`: how often it was met before this encounter, and when last.

    `captured_ns` is the grab of the frame that raised it, `last_seen_ns` that of the moment it shows, both by the clock that
    `ScreenServer` is given; 0 when there is no such frame in this run. `distance_m` is rough, None when not known. `listed` holds every entry it hit, the most important first; empty for faults. `muted` alerts
    stay in the queue but make no sound and never fill the driver view. `enquiry` is what the registers say of the vehicle, None when
    nobody was asked.
    """

    alert_id: int
    kind: str
    state: str
    priority: int
    raised_utc: str
    captured_ns: int = 0
    last_seen_ns: int = 0
    distance_m: int | None = None
    moment: Moment = NO_MOMENT
    met_times: int = 0
    met_last_utc: str = ""
    past: bool = False
    repeats: int = 0
    muted: bool = False
    acknowledged_by: str = ""
    listed: tuple[ListedView, ...] = ()
    steps: tuple[AlertStep, ...] = ()
    fault_name: str = ""
    fault_subject: str = ""
    fault_text: str = ""
    fault_remedy: str = ""
    decided: DecidedView | None = None
    enquiry: EnquiryAnswer | None = None

    @property
    def list_vrm(self) -> str:
        """The mark of the most important entry; empty for faults."""
        return self.listed[0].entry.vrm if self.listed else ""

    @property
    def possible(self) -> bool:
        """Whether a character of the mark may be hidden, so that it may be another vehicle's."""
        return bool(self.listed) and self.listed[0].possible

    @property
    def read_vrm(self) -> str:
        """What the vehicle was read as at the moment that is shown."""
        return self.moment.read_vrm

    @property
    def cells(self) -> tuple[Cell, ...]:
        """How the read compares with the list's mark at the moment that is shown."""
        return self.moment.cells

    @property
    def plate_picture(self) -> str:
        """The plate picture of the moment that is shown."""
        return self.moment.plate_picture

    @property
    def probability(self) -> float:
        """How sure it was at the moment that is shown that this is the listed vehicle."""
        return self.moment.probability

    @property
    def camera_id(self) -> str:
        """The camera of the moment that is shown."""
        return self.moment.camera_id


@dataclass(frozen=True, slots=True)
class SightingView:
    """One sighting in the strip; `alternatives` are further readings with their probabilities.

    It is `correctable` while its mark can be typed otherwise. `possible`: a character of it may be hidden, and a listed mark
    that the crew may know of fits what was seen.
    """

    sighting_id: int
    moment: Moment
    alternatives: tuple[tuple[str, float], ...] = ()
    correctable: bool = False
    possible: bool = False

    @property
    def vrm(self) -> str:
        """The mark that was read."""
        return self.moment.read_vrm

    @property
    def shown_vrm(self) -> str:
        """The same with a symbol where a character may be hidden."""
        return self.moment.shown_vrm


@dataclass(frozen=True, slots=True)
class HealthMark:
    """One mark of the always visible row. `name` is `cameras`, `gps`, `clock`, `lists`, `disk`, `budget` or another.

    `level` is `ok`, `warning` or `fault`; it must be `ok` only while that is known to be true. `text` says what is
    wrong (or what is well, in few words) and `remedy` what to do.
    """

    name: str
    level: str
    text: str
    remedy: str = ""


class ReadingState(StrEnum):
    """Whether the car reads plates."""

    READING = "reading"
    WAITING = "waiting"
    BLIND = "blind"
    UNDOCKED = "undocked"


@dataclass(frozen=True, slots=True)
class ReadingView:
    """Whether plates are read at this moment, and if not, why and what to do.

    `READING` only while frames go through the engine; `WAITING` before the first one; `BLIND` when none does any more, or
    nothing that is read is matched.
    """

    state: ReadingState
    text: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class DrivingView:
    """What decides between the views, and where the sun stands; `speed_mps` None or not `trustworthy`: not known."""

    speed_mps: float | None
    trustworthy: bool
    latitude_deg: float | None = None
    longitude_deg: float | None = None


@dataclass(frozen=True, slots=True)
class CameraView:
    """A camera: `label` and `facing` (`front`, `rear`, `left`, `right`, empty) in words for the crew."""

    camera_id: str
    label: str
    facing: str = ""


@dataclass(frozen=True, slots=True)
class ListView:
    """A hotlist in the car."""

    name: str
    priority: int
    colour: str
    entries: int
    revision: int
    age_s: float
    max_age_s: float | None
    enabled: bool
    crew_may_disable: bool
    crew_may_add: bool
    muted: bool


@dataclass(frozen=True, slots=True)
class ScreenState:
    """One moment as the crew's screens show it.

    `alerts` are the first `QUEUE_WINDOW` undecided ones in the order of the queue, `waiting` counts all of them.
    `unseen` are alerts further down that nobody has acknowledged (the first and the latest `FURTHER_UNSEEN`, in order),
    so that a long queue keeps no new alert from being seen and heard. `faults` counts the standing ones among `waiting`.
    `sightings` are the latest dozen, newest first. `engine_silent_s`: how long ago the engine last finished a turn.
    """

    alerts: tuple[AlertView, ...]
    waiting: int
    sightings: tuple[SightingView, ...]
    health: tuple[HealthMark, ...]
    driving: DrivingView
    cameras: tuple[CameraView, ...]
    lists: tuple[ListView, ...]
    engine_silent_s: float = 0.0
    decided_count: int = 0
    unseen: tuple[AlertView, ...] = ()
    reading: ReadingView = ReadingView(ReadingState.WAITING)
    faults: int = 0


@dataclass(frozen=True, slots=True)
class LookUp:
    """What the lists and the records say of a mark: the first of what was found, and how much that is in all."""

    vrm: str
    listed: tuple[ListedView, ...]
    sightings: tuple[SightingView, ...]
    listed_count: int
    sightings_count: int


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Alerts that wait no more, newest first; `next_before` is what to ask for next, None at the end.

    `not_decided` counts the hits in the whole history that were closed because nobody had decided.
    """

    alerts: tuple[AlertView, ...]
    next_before: int | None = None
    not_decided: int = 0


def not_entered() -> None:
    """Stand for the audit where there is none to be written."""


class CrewDesk(Protocol):
    """The engine as its crew sees it. Every method may be called from any thread, several at a time.

    `actor` is who did it; the screen's server writes the audit of what crews do, by `enter` where the desk may refuse it. What is refused
    raises UserError (unknown alert ids InputError), what cannot be done Failure, in one sentence fit for the screen.
    """

    @property
    def hand(self) -> HandDesk:
        """What crews make by hand."""

    def state(self) -> ScreenState:
        """Return the present moment, quickly (a few ms) and without waiting for the engine."""

    def subscribe(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Have `changed`, which returns at once and never raises, called after each change; return what ends that."""

    def alert(self, alert_id: int) -> AlertView | None:
        """Return any alert that is kept, decided or not, or None."""

    def queue(self, start: int, count: int) -> tuple[AlertView, ...]:
        """Return undecided alerts from the given place of the queue on."""

    def picture(self, picture_id: str) -> bytes | None:
        """Return a plate or overview picture as JPEG, or None when it is no longer kept."""

    def live_picture(self, camera_id: str) -> bytes | None:
        """Return the camera's newest picture as JPEG, small enough to be sent several times a second, or None."""

    def acknowledge(self, alert_id: int, actor: str) -> None:
        """Note that the crew has seen the alert; once is enough, again is no error."""

    def decide(self, alert_id: int, choice: Choice, actor: str, enter: Enter = not_entered) -> None:
        """Take a decision on a hit, after `anpr.alerting.decisions.require_permitted` on the alert as it is now.

        What that compares is `anpr.screen.doubt.comparison` of the alert, by the rules of the screen.

        Raises AccessDenied when that refuses, InputError for faults and for what is decided already.
        """

    def record_stop(self, alert_id: int, answers: Mapping[str, str], actor: str, enter: Enter = not_entered) -> None:
        """Keep the stop record of a confirmed hit."""

    def mute(self, list_name: str, muted: bool, actor: str, enter: Enter = not_entered) -> None:
        """Silence a list's alerts, or no longer."""

    def look_up(self, vrm: str, actor: str) -> LookUp:
        """Return the entries and sightings of a mark, which is normalised (`anpr.vrm.normalise`).

        It may hold `?` (one character) and `*` (any number); InputError when so much is left open that it finds anything.
        """

    def add_entry(self, entry: NewEntry, actor: str, enter: Enter = not_entered) -> None:
        """Add an entry by hand."""

    def set_list_enabled(self, list_name: str, enabled: bool, actor: str, enter: Enter = not_entered) -> None:
        """Switch a list on or off; refused unless that list allows it."""

    def history(self, before: int | None, count: int, *, hits_only: bool = False) -> HistoryPage:
        """Return alerts that wait no more, newest first, from `before` (a `next_before`, or None) on.

        With `hits_only` faults are left out.
        """

    def misread_rates(self) -> tuple[MisreadRate, ...]:
        """Return the measured misread rate of each camera (`anpr.alerting.misreads.misread_rates`)."""

    def painted(self, alert_id: int, paint_ms: float) -> None:
        """Take a measurement: from the grab of the alert's frame until its pixels were painted."""
