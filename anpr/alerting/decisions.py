"""What a crew may decide on a hit, and the rule that nobody confirms a plate that nobody has looked at.

A misread plate has led to armed stops of people who had done nothing (docs/DOMAIN.md, "what goes wrong", 1). So a
confirmation needs a `Look`: the plate picture was on this viewer's screen while the alert said these two marks,
and three agreements were ticked. The screen's server and the engine's desk both call `require_permitted`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
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
