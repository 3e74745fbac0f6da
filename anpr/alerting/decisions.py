"""What a crew may decide on a hit, and the rule that nobody confirms a plate that nobody has looked at.

A misread plate has led to armed stops of people who had done nothing (docs/DOMAIN.md, "what goes wrong", 1). So a
confirmation needs a `Look`: the plate picture was on this viewer's screen while the alert said these two marks,
and three agreements were ticked. The screen's server and the engine's desk both call `require_permitted`.
"""

import math
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from threading import Lock
from typing import Final

from anpr.errors import AccessDenied, InputError

AGREEMENTS: Final = ("vrm", "make", "colour")
"""What the crew ticks off against the picture before a confirmation."""

NOTE_LIMIT: Final = 500
"""Most characters of a note."""

VRM_LIMIT: Final = 16
"""Most characters of a mark that is typed; longer than any mark (anpr.vrm.MAX_LENGTH) to allow for spaces."""


class Decision(StrEnum):
    """What the crew made of a hit."""

    CONFIRMED = "confirmed"
    WRONG_PLATE = "wrong_plate"
    WRONG_VEHICLE = "wrong_vehicle"
    NO_ACTION = "no_action"


@dataclass(frozen=True, slots=True)
class Look:
    """A viewer had the plate picture on screen while the alert set `read_vrm` against `list_vrm`."""

    viewer: str
    read_vrm: str
    list_vrm: str
    looked_utc: datetime


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision as it comes from a screen.

    `typed_vrm` is what the crew reads on a misread plate, empty when not given. `ticks` holds the agreements that
    were ticked, `look` the look that goes with them.
    """

    decision: Decision
    note: str = ""
    typed_vrm: str = ""
    ticks: frozenset[str] = frozenset()
    look: Look | None = None


def require_permitted(choice: Choice, *, read_vrm: str, list_vrm: str) -> None:
    """Return when this choice may be taken on an alert that now sets `read_vrm` against `list_vrm`.

    Raises AccessDenied for a confirmation without a look at these very marks or without all three ticks, and
    InputError for a note or mark that is too long.
    """
    if len(choice.note) > NOTE_LIMIT:
        raise InputError(f"the note has {len(choice.note)} characters, at most {NOTE_LIMIT} are kept: shorten it")
    if len(choice.typed_vrm) > VRM_LIMIT:
        raise InputError(f"the typed mark has {len(choice.typed_vrm)} characters, at most {VRM_LIMIT} are possible")
    if choice.decision is not Decision.CONFIRMED:
        return
    if choice.look is None:
        raise AccessDenied("the plate picture was not on screen yet: look at it before confirming")
    if (choice.look.read_vrm, choice.look.list_vrm) != (read_vrm, list_vrm):
        raise AccessDenied("the reading changed after the picture was looked at: compare it again before confirming")
    missing = [name for name in AGREEMENTS if name not in choice.ticks]
    if missing:
        raise AccessDenied(f"not ticked off as agreeing: {', '.join(missing)}; compare picture and list first")


class Looks:
    """Which plate pictures were sent to which viewer, and which of them that viewer had on screen.

    Safe from several threads. At most `limit` of each are remembered, the oldest are forgotten first (the crew then
    looks again).
    """

    def __init__(self, clock_utc: Callable[[], datetime], limit: int = 4096) -> None:
        self._clock_utc = clock_utc
        self._limit = limit
        self._lock = Lock()
        self._sent: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._looks: OrderedDict[tuple[str, int], Look] = OrderedDict()

    def sent(self, viewer: str, picture_id: str) -> None:
        """Note that this picture went to this viewer."""
        with self._lock:
            self._sent[viewer, picture_id] = None
            while len(self._sent) > self._limit:
                self._sent.popitem(last=False)

    def on_screen(self, viewer: str, alert_id: int, picture_id: str, *, read_vrm: str, list_vrm: str) -> Look:
        """Note that the viewer's screen showed the plate picture of this alert, and return the look.

        Raises AccessDenied when the picture was never sent to this viewer, so it cannot have been seen.
        """
        with self._lock:
            if (viewer, picture_id) not in self._sent:
                raise AccessDenied("this plate picture was never sent to this screen: open the alert first")
            look = Look(viewer, read_vrm, list_vrm, self._clock_utc())
            self._looks[viewer, alert_id] = look
            while len(self._looks) > self._limit:
                self._looks.popitem(last=False)
            return look

    def look(self, viewer: str, alert_id: int) -> Look | None:
        """Return the viewer's latest look at the alert, or None."""
        with self._lock:
            return self._looks.get((viewer, alert_id))


@dataclass(frozen=True, slots=True)
class MisreadRate:
    """How often one camera's hits were misreads, by the crews' decisions.

    `rate` is misreads / (misreads + right), None before the first such decision; `low` and `high` bound it with
    95 % confidence (Wilson score interval). No-action decisions say nothing about the plate and are left out.
    """

    camera_id: str
    right: int
    misreads: int
    rate: float | None
    low: float
    high: float


def misread_rates(decisions: Iterable[tuple[str, Decision]]) -> tuple[MisreadRate, ...]:
    """Return the rate of each camera from (camera id, decision) pairs, in order of camera id."""
    counts: dict[str, list[int]] = {}
    for camera_id, decision in decisions:
        right_misread = counts.setdefault(camera_id, [0, 0])
        if decision is not Decision.NO_ACTION:
            right_misread[decision is Decision.WRONG_PLATE] += 1
    return tuple(_rate(camera_id, *counts[camera_id]) for camera_id in sorted(counts))


def _rate(camera_id: str, right: int, misreads: int) -> MisreadRate:
    n = right + misreads
    if n == 0:
        return MisreadRate(camera_id, 0, 0, None, 0.0, 1.0)
    z = 1.96
    p = misreads / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return MisreadRate(camera_id, right, misreads, p, max(0.0, centre - half), min(1.0, centre + half))
