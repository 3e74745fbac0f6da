"""What a crew may decide on a hit, and the rule that nobody confirms a plate that nobody has looked at.

A misread plate has led to armed stops of people who had done nothing (docs/DOMAIN.md, "what goes wrong", 1). So a
confirmation needs a `Look`: the plate picture was on this viewer's screen while the alert said these two marks,
and what the list gives was ticked as agreeing. Where a mistake would be worst (firearms, violence, near matches, corrected
alerts), the doubtful characters must have been typed from the picture as well. The screen's server and the engine's
desk both call `require_permitted`.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from anpr.errors import AccessDenied, InputError
from anpr.vrm import fold

AGREEMENTS: Final = ("vrm", "make", "colour")
"""What the crew ticks off against the picture before a confirmation, as far as the list gives it."""

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
    """A viewer had the plate picture on screen while the alert set `read_vrm` against `list_vrm`.

    `typed_vrm` is the mark with the doubtful characters as this viewer then typed them from the picture.
    """

    viewer: str
    read_vrm: str
    list_vrm: str
    looked_utc: datetime
    typed_vrm: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a confirmation of an alert compares, as the alert stands now.

    `read_vrm` is set against `list_vrm`; `agreements` are those of `AGREEMENTS` that the list gives; `typing` says that
    the doubtful characters must have been typed.
    """

    read_vrm: str
    list_vrm: str
    agreements: tuple[str, ...] = AGREEMENTS
    typing: bool = False


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


def require_permitted(choice: Choice, now: Comparison) -> None:
    """Return when this choice may be taken on an alert that now compares this.

    Raises AccessDenied for a confirmation without a look at these very marks, without the ticks or without the typed
    characters that it needs, and InputError for a note or mark that is too long.
    """
    if len(choice.note) > NOTE_LIMIT:
        raise InputError(f"the note has {len(choice.note)} characters, at most {NOTE_LIMIT} are kept: shorten it")
    if len(choice.typed_vrm) > VRM_LIMIT:
        raise InputError(f"the typed mark has {len(choice.typed_vrm)} characters, at most {VRM_LIMIT} are possible")
    if choice.decision is not Decision.CONFIRMED:
        return
    if choice.look is None:
        raise AccessDenied("the plate picture was not on screen yet: look at it before confirming")
    if (choice.look.read_vrm, choice.look.list_vrm) != (now.read_vrm, now.list_vrm):
        raise AccessDenied("the reading changed after the picture was looked at: compare it again before confirming")
    if now.typing and not is_mark(choice.look.typed_vrm, now.list_vrm):
        raise AccessDenied("the hidden characters were not typed yet: type them from the picture before confirming")
    missing = [name for name in now.agreements if name not in choice.ticks]
    if missing:
        raise AccessDenied(f"not ticked off as agreeing: {', '.join(missing)}; compare picture and list first")


def is_mark(typed: str, listed: str) -> bool:
    """Return whether a typed mark is the listed one, as a plate shows it; `listed` may hold the wildcards `?` and `*`.

    >>> is_mark("EY19KBV", "EY19KBV"), is_mark("EYI9KBV", "EY19KBV"), is_mark("", "*"), is_mark("EY19KBV", "EY19*")
    (True, True, False, True)
    """
    pattern = "".join({"?": ".", "*": ".*"}.get(c) or re.escape(c) for c in fold(listed))
    return bool(typed) and re.fullmatch(pattern, fold(typed)) is not None
