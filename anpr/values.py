"""The values that pass between the stages: frame → detections → reads → sighting → hit → alert.

All are frozen. Pictures are uint8 arrays of shape (height, width, 3) in BGR order. Boxes and corners are in
pixels of the full frame, x to the right and y down, and may have fractions. Times named `_ns` come from a
monotonic clock and only their differences mean anything; times named `_utc` are aware datetimes in UTC.
Probabilities are in [0, 1] and mean probability.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""A picture, shape (height, width, 3), BGR."""

CharacterProbabilities = NDArray[np.float32]
"""Shape (positions, 37): row i gives P(character at position i) over `anpr.vrm.ALPHABET`, and in the last
column P(there is no character at position i). Rows sum to 1."""

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in pixels, x0 <= x1, y0 <= y1."""

Readings = tuple[tuple[str, float], ...]
"""Texts with their probabilities, most probable first."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where the car was; `stale` when the fix is too old to be shown as current."""

    latitude_deg: float
    longitude_deg: float
    fixed_utc: datetime
    age_s: float
    stale: bool
    speed_mps: float | None = None
    heading_deg: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture from one camera, stamped right after the grab.

    `name` is the file's name for a folder of frames, else the index in the clip as text, else empty.
    """

    camera_id: str
    seq: int
    captured_ns: int
    captured_utc: datetime
    image: Image
    position: Position | None = None
    name: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """One plate found in one frame.

    `corners_px` is float32 of shape (4, 2): top left, top right, bottom right, bottom left of the plate.
    """

    box_px: Box
    confidence: float
    corners_px: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class Hidden:
    """A place of a text where a character may stand that could not be seen: behind a post, dirt, the picture's edge.

    `position`: how many characters of the text stand before the place (0: before the first; its length: after the last).
    `probability`: that a character stands there, in (0, 1].
    """

    position: int
    probability: float


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """What the reader made of one plate in one frame.

    `text` is the most probable text, `confidence` the calibrated probability that it is right in every
    character, and whole. An empty text means that nothing readable was found. `hidden` are the places where a character
    may be that was not seen: `probabilities` speak of those that were.
    """

    detection: Detection
    text: str
    confidence: float
    probabilities: CharacterProbabilities
    frame_seq: int = 0
    frame_name: str = ""
    captured_ns: int = 0
    hidden: tuple[Hidden, ...] = ()


class Motion(StrEnum):
    """How the distance between the vehicle and the camera changed."""

    TOWARDS = "towards"
    AWAY = "away"
    STEADY = "steady"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """One vehicle passing: the fused reads of one track, so far (`final` False) or complete (`final` True).

    `revision` counts the versions of the same sighting from 0; `track_id` is unique within a run of the engine,
    and negative for a recorded sighting that is looked at again.
    `probabilities` are the fused evidence, `alternatives` the most probable texts, the first being `text`.
    `age_ns` of the evidence is measured from `last_ns`, the grab of the frame that gave this version.
    `plate_image` is the best plate cut out and rectified, `overview_image` its surroundings; `pictures_id` names both, of
    all runs of the program, and `pictured_utc` says when they were taken. They are left out where only their name is
    needed. `position` is where the car was at `last_utc`. `typed_by` is who typed `text` from the picture, empty for what
    the engine read; of a read that was corrected so, `engine_read` is what the engine had read.
    `frame_width_px` is the width of the frames that the boxes of the reads are in; 0 when it is not known.
    `hidden` are the places of `text` where a character may be that was never seen; `confidence` and the probabilities of
    the alternatives are those of the whole mark, so they hold that doubt, and `probabilities` speak of what was seen.
    """

    track_id: int
    camera_id: str
    revision: int
    final: bool
    text: str
    confidence: float
    alternatives: Readings
    probabilities: CharacterProbabilities
    reads: tuple[Read, ...]
    first_ns: int
    last_ns: int
    first_utc: datetime
    last_utc: datetime
    motion: Motion = Motion.UNKNOWN
    position: Position | None = None
    plate_image: Image | None = None
    overview_image: Image | None = None
    pictures_id: str = ""
    pictured_utc: datetime | None = None
    frame_width_px: int = 0
    typed_by: str = ""
    engine_read: str = ""
    hidden: tuple[Hidden, ...] = ()

    def lasting(self) -> "Sighting":
        """Return what may be kept for as long as anybody wants: of the pictures their name alone, of the reads the last."""
        return replace(self, reads=self.reads[-1:], plate_image=None, overview_image=None)


@dataclass(frozen=True, slots=True, eq=False)
class RecordedSighting:
    """A sighting as its last version was recorded: final, with the name of its recorded pictures and without reads."""

    sighting_id: int
    sighting: Sighting


@dataclass(frozen=True, slots=True)
class HotlistEntry:
    """One row of a hotlist, as it came (columns of the police back-office CSV, docs/DOMAIN.md).

    `vrm` is normalised (upper case, no spaces) and may hold wildcards; `row_id` identifies it within its list.
    """

    vrm: str
    list_name: str
    row_id: int = 0
    make: str = ""
    model: str = ""
    colour: str = ""
    action: str = ""
    markers: str = ""
    reason: str = ""
    nim_code: str = ""
    information: str = ""
    force_area: str = ""
    weed_date: str = ""
    pnc_id: str = ""
    marking: str = ""
    cad: str = ""


@dataclass(frozen=True, slots=True)
class HotlistInfo:
    """What is known of a list as a whole; `priority` 0 (least) to 100 (most).

    Sightings of one entry are of one encounter until it was not seen for `encounter_s` seconds. `current_utc` is when this
    revision was last known to be up to date, from which the list's age counts; None where that is not known. `own` says that the
    crew keeps it by hand, in this car alone.
    """

    name: str
    revision: int
    received_utc: datetime
    effective_utc: datetime
    priority: int = 50
    colour: str = "#d22"
    sound: str = "alert"
    threshold: float = 0.8
    covert: bool = False
    crew_may_disable: bool = False
    entries: int = 0
    source: str = ""
    max_age_s: float | None = None
    encounter_s: float = 60.0
    current_utc: datetime | None = None
    own: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Hit:
    """A sighting that matches a hotlist entry with `probability`.

    `reading` is the reading of the evidence that matched, `exact` says that it is the entry's VRM in every
    character as the plate shows it (folded O/0 and I/1) and the sighting's best reading. `list_age_s` is the
    age of the list's revision at the time of the match. `date_checked` is False when the entry has an end and the tablet's
    date could not be trusted: it may have been weeded. `possible` says that a character of the mark may be hidden, so that
    the vehicle may be this one or another: such a hit is never exact, and `reading` shows the places. `offer` then says how
    good a reason there is to tell the crew of it although it is improbable: 1 or more is enough
    (`hotlists.matching.possible`).
    """

    sighting: Sighting
    entry: HotlistEntry
    hotlist: HotlistInfo
    probability: float
    exact: bool
    reading: str
    list_age_s: float
    date_checked: bool = True
    possible: bool = False
    offer: float = 0.0

    @property
    def passes(self) -> bool:
        """Whether the crew is told of it: it reaches its list's threshold, or it is possible and enough of it was seen."""
        return self.stands(1.0)

    def stands(self, share: float) -> bool:
        """Whether it reaches this share of what the crew is told from; `share` in [0, 1]."""
        if self.possible and self.offer >= share:
            return True
        return self.probability >= self.hotlist.threshold * share


class AlertKind(StrEnum):
    """What an alert is about."""

    HIT = "hit"
    FAULT = "fault"


class AlertState(StrEnum):
    """How far an alert has come; the first three follow the evidence, the rest the crew, the fault or time."""

    RAISED = "raised"
    CONFIRMED_BY_EVIDENCE = "confirmed_by_evidence"
    WITHDRAWN = "withdrawn"
    ACKNOWLEDGED = "acknowledged"
    DECIDED = "decided"
    CLEARED = "cleared"
    NOT_DECIDED = "not_decided"


class StepKind(StrEnum):
    """What happened to an alert. The values are written to the records: they may be added to, not changed."""

    RAISED = "raised"
    RAISED_LOOKING_BACK = "raised_looking_back"
    CONFIRMED = "confirmed"
    IN_DOUBT = "in_doubt"
    SEEN_WHOLE = "seen_whole"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    RAISED_AGAIN = "raised_again"
    SEEN_AGAIN = "seen_again"
    OTHER_VEHICLE = "other_vehicle"
    FURTHER_LIST = "further_list"
    ACKNOWLEDGED = "acknowledged"
    DECIDED = "decided"
    CLEARED = "cleared"
    NOT_DECIDED = "not_decided"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class AlertStep:
    """One thing that happened to an alert; `anpr.alerting.steps` tells it in words.

    `probability` is that of the hit just then, where evidence brought the step. A correction led `from_vrm` of one
    entry `to_vrm` of another. `decision` says which one was taken. `words` are those of a step of another version of
    this program that this one knows no kind for (`OTHER`); such a step may have no time.
    """

    kind: StepKind
    at_utc: datetime | None
    probability: float | None = None
    from_vrm: str = ""
    to_vrm: str = ""
    decision: str = ""
    words: str = ""


class Level(StrEnum):
    """How well something stands: a mark of the screen, or what a check of the car found."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True, eq=False)
class Fault:
    """Something that keeps the car from reading or matching: named, in words, with what to do.

    `name` is stable (`camera_frozen`, `disk_full`, …), `subject` says which (a camera id, a list, empty).
    """

    name: str
    subject: str
    text: str
    remedy: str
    since_utc: datetime
    priority: int = 60


@dataclass(frozen=True, slots=True)
class SeenBefore:
    """That the vehicle of an alert was met before: how many times, and when it was last seen then."""

    times: int
    last_utc: datetime


@dataclass(frozen=True, slots=True, eq=False)
class Alert:
    """What the crew sees and hears of a hit or of a fault.

    `frame_age_ms` is the age of the frame that raised it, from its grab to the raising. `repeats` counts further
    sightings of the same vehicle folded into this alert. `past` marks an alert from looking back. `seen` says that the
    crew has acknowledged it since evidence last changed what it says. The hits are of one sighting: its time, place,
    picture and reading belong to `probability`, that of the first hit.
    """

    alert_id: int
    kind: AlertKind
    state: AlertState
    priority: int
    raised_utc: datetime
    frame_age_ms: float = 0.0
    hits: tuple[Hit, ...] = ()
    fault: Fault | None = None
    probability: float = 0.0
    repeats: int = 0
    past: bool = False
    steps: tuple[AlertStep, ...] = ()
    seen: bool = False
    seen_before: SeenBefore | None = None
