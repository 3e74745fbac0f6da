"""What evidence did to an alert, in words for the crew: from the steps that the board keeps of it.

A step is a time, words, and mostly a probability: "2026-11-22T02:14:05.120+00:00 withdrawn 0.210".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import floor
from typing import Final

_SILENT: Final = ("raised", "raised looking back", "confirmed", "acknowledged", "cleared")
"""Steps that the screen shows otherwise, or that change nothing for the crew."""

_SHOWN: Final = 6
_PROBABLE: Final = re.compile(r"(.*) (0\.\d+|1\.0+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step as it is shown; `at_utc` is empty when the step says no time, `alarm` asks for attention."""

    at_utc: str
    words: str
    alarm: bool = True


def shown_steps(steps: Sequence[str]) -> tuple[ShownStep, ...]:
    """Return the last few steps that matter to the crew, the oldest first; of repeats, the last alone."""
    shown: list[ShownStep] = []
    for step in steps:
        one = _shown(step)
        if one is None:
            continue
        if shown and not shown[-1].alarm and not one.alarm:
            shown.pop()
        shown.append(one)
    return tuple(shown[-_SHOWN:])


def was_corrected(steps: Sequence[str]) -> bool:
    """Return True when later frames made another mark of it than the one it was raised with."""
    return any(_parts(step)[1].startswith("corrected") for step in steps)


def _shown(step: str) -> ShownStep | None:
    at_utc, words, probability = _parts(step)
    if words in _SILENT or words.startswith("decided "):
        return None
    chance = "" if probability is None else f" ({floor(probability * 100)} %)"
    if words == "withdrawn":
        return ShownStep(at_utc, f"Withdrawn: later frames do not fit{chance}")
    if words == "raised again":
        return ShownStep(at_utc, f"Raised again: later frames fit after all{chance}")
    if words == "seen again":
        return ShownStep(at_utc, "Seen again", alarm=False)
    if words.startswith("corrected from "):
        before, _, after = words.removeprefix("corrected from ").partition(" to ")
        return ShownStep(at_utc, f"Corrected: later frames read {after}, not {before}")
    return ShownStep(at_utc, f"{words}{chance}")


def _parts(step: str) -> tuple[str, str, float | None]:
    """Return time, words and probability of a step; what is no time or no probability belongs to the words."""
    at_utc, _, rest = step.partition(" ")
    try:
        datetime.fromisoformat(at_utc)
    except ValueError:
        at_utc, rest = "", step
    if match := _PROBABLE.fullmatch(rest):
        return at_utc, match[1], float(match[2])
    return at_utc, rest, None
