"""What the screen said and what was so: the values of a comparison, and how shown marks and times are compared."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from benchmarks.shift.truth import Truth

LAG_S: Final = 1.5
"""The screen may say what the engine said so long ago."""
HIDDEN: Final = frozenset("•·_?█▮◻□*…")
"""Signs that stand for a character of the list's mark which the officer has yet to type."""

Reading = dict[str, Any]
"""One reading of the screen, as `benchmarks/shift/page.js` gives it."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that the screen said: what about, what it said, what was so, and whether that agrees."""

    at_s: float
    kind: str
    about: str
    shown: str
    truth: str
    right: bool


def plain(vrm: str) -> str:
    """Return a shown mark without its space."""
    return re.sub(r"\s", "", vrm)


def agrees(shown: str, mark: str) -> bool:
    """Return whether a shown mark is that one, in every character that is not hidden."""
    return shown == mark or (
        len(shown) == len(mark) and all(a == b or a in HIDDEN for a, b in zip(shown, mark, strict=True))
    )


def clock_gap(truth: Truth, clock: str, second: float) -> float:
    """Return how many seconds a shown time of day is from a second of the shift; HH:MM is right for its minute."""
    moment = truth.utc_at(second)
    day_s = moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6
    hours, minutes, *rest = (int(part) for part in clock.split(":"))
    shown_s = hours * 3600 + minutes * 60 + (rest[0] if rest else 0)
    if not rest and 0 <= day_s - shown_s < 60:
        return 0.0
    gap = abs(day_s - shown_s - (0.0 if not rest else min(day_s % 1, 0.999)))
    return min(gap, 86_400 - gap)


def clock_of(truth: Truth, iso: str) -> str:
    """Return a time as a time of day, HH:MM:SS."""
    return datetime.fromisoformat(iso).astimezone(truth.zero_utc.tzinfo).strftime("%H:%M:%S")


def times_of(truth: Truth, vrm: str) -> str:
    """Return when a mark was in the picture, for whoever reads a report."""
    return str([f"{truth.utc_at(w.from_s):%H:%M:%S} to {truth.utc_at(w.to_s):%H:%M:%S}" for w in truth.passes_of(vrm)])


def seconds_between(from_s: float, to_s: float) -> Iterator[float]:
    """Yield the seconds of a stretch, every half one."""
    at_s = from_s
    while at_s < to_s + 0.5:
        yield at_s
        at_s += 0.5
