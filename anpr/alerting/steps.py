"""What happened to an alert: in words for the crew, as it stands in the records, and whether the crew has seen it.

The records hold each step as an object. Until version 0.1 they held an English phrase, as
`2026-11-22T02:14:05.120+00:00 withdrawn 0.210`; those are still read.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import floor
from typing import Any, Final

from anpr.values import Alert, AlertState, AlertStep, StepKind

WORDS: Final[dict[StepKind, str]] = {
    StepKind.CORRECTED: "Corrected: later frames read {to_vrm}, not {from_vrm}",
    StepKind.WITHDRAWN: "Withdrawn: later frames do not fit{chance}",
    StepKind.RAISED_AGAIN: "Raised again: later frames fit after all{chance}",
    StepKind.IN_DOUBT: "Not confirmed any more: later frames leave it in doubt{chance}",
    StepKind.SEEN_WHOLE: "Seen whole: no character is hidden any more{chance}",
    StepKind.SEEN_AGAIN: "Seen again",
    StepKind.OTHER_VEHICLE: "What was seen again was another vehicle",
    StepKind.FURTHER_LIST: "On a further list as well{chance}",
    StepKind.NOT_DECIDED: "Closed: nobody decided while its pictures were kept",
    StepKind.OTHER: "{words}{chance}",
}
"""What the crew is told of each step; of the kinds that are not here, the alert itself says it otherwise."""

_ASK_AGAIN: Final = frozenset(
    {
        StepKind.RAISED,
        StepKind.RAISED_LOOKING_BACK,
        StepKind.RAISED_AGAIN,
        StepKind.CORRECTED,
        StepKind.WITHDRAWN,
        StepKind.FURTHER_LIST,
        StepKind.SEEN_WHOLE,
    }
)
"""Steps by which evidence changes what an alert says, so that it wants to be seen again."""

_NO_ALARM: Final = frozenset({StepKind.SEEN_AGAIN, StepKind.OTHER_VEHICLE})

_SHOWN: Final = 6

_PHRASES: Final[dict[str, StepKind]] = {
    "raised": StepKind.RAISED,
    "raised looking back": StepKind.RAISED_LOOKING_BACK,
    "confirmed": StepKind.CONFIRMED,
    "withdrawn": StepKind.WITHDRAWN,
    "raised again": StepKind.RAISED_AGAIN,
    "seen again": StepKind.SEEN_AGAIN,
    "acknowledged": StepKind.ACKNOWLEDGED,
    "cleared": StepKind.CLEARED,
}
"""The phrases of version 0.1 in the records; they stand there for good and are no words for the crew."""

_PHRASE_CORRECTED: Final = re.compile(r"corrected from (\S*) to (\S*)")
_PHRASE_DECIDED: Final = re.compile(r"decided (\S+)")
_PHRASE_PROBABLE: Final = re.compile(r"(.*) (0\.\d+|1\.0+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step as it is shown; `at_utc` is ISO 8601, empty when its time is not known, `alarm` asks for attention."""

    at_utc: str
    words: str
    alarm: bool = True


def shown_steps(steps: Iterable[AlertStep]) -> tuple[ShownStep, ...]:
    """Return the last few steps that matter to the crew, the oldest first; of repeats, the last alone."""
    shown: list[ShownStep] = []
    for step in steps:
        if step.kind not in WORDS:
            continue
        one = ShownStep(_stamp(step.at_utc, "milliseconds"), in_words(step), step.kind not in _NO_ALARM)
        if shown and not shown[-1].alarm and not one.alarm:
            shown.pop()
        shown.append(one)
    return tuple(shown[-_SHOWN:])


def in_words(step: AlertStep) -> str:
    """Return what the crew is told of a step, nothing for one that they are told of otherwise."""
    chance = "" if step.probability is None else f" ({floor(step.probability * 100)} %)"
    words = WORDS.get(step.kind, "")
    return words.format(chance=chance, words=step.words, from_vrm=step.from_vrm, to_vrm=step.to_vrm)


def was_corrected(steps: Iterable[AlertStep]) -> bool:
    """Return True when later frames made another mark of it than the one it was raised with."""
    return any(step.kind is StepKind.CORRECTED for step in steps)


def was_seen_whole(steps: Iterable[AlertStep]) -> bool:
    """Return True when the crew was told that no character is hidden any more, since evidence last changed the mark."""
    whole = False
    for step in steps:
        whole = step.kind is StepKind.SEEN_WHOLE or (whole and step.kind not in _ASK_AGAIN)
    return whole


def was_seen(steps: Iterable[AlertStep]) -> bool:
    """Return True when the crew acknowledged the alert since evidence last changed what it says."""
    seen = False
    for step in steps:
        if step.kind is StepKind.ACKNOWLEDGED:
            seen = True
        elif step.kind in _ASK_AGAIN:
            seen = False
    return seen


def times_asked(steps: Iterable[AlertStep]) -> int:
    """Return how often the alert has asked to be seen: whenever that grows, it says something that nobody has heard."""
    return sum(step.kind in _ASK_AGAIN for step in steps)


def last_decision(steps: Iterable[AlertStep]) -> str:
    """Return what the crew decided last, nothing where it has not."""
    return next((step.decision for step in reversed(tuple(steps)) if step.kind is StepKind.DECIDED), "")


def raised_at(steps: Sequence[AlertStep], now_utc: datetime) -> bool:
    """Return True when it is this very moment's news that the alert was raised."""
    return bool(steps) and steps[0].at_utc == now_utc


def stepped(alert: Alert, state: AlertState, step: AlertStep) -> Alert:
    """Return the alert after one more step, by which it came to this state."""
    return replace(alert, state=state, steps=(*alert.steps, step))


def steps_json(steps: Iterable[AlertStep]) -> str:
    """Return steps as they stand in the records."""
    return json.dumps([_stored(step) for step in steps])


def steps_of(text: str) -> tuple[AlertStep, ...]:
    """Return the steps that stand in the records, those of earlier and later versions too.

    What this version does not know is kept as words. Raises ValueError for what no version has written.
    """
    stored = json.loads(text)
    if not isinstance(stored, list):
        raise ValueError("the steps of an alert are no list")  # noqa: TRY004 - content of a file, no mistake of a caller
    return tuple(_of_phrase(one) if isinstance(one, str) else _of_object(one) for one in stored)


def _stored(step: AlertStep) -> dict[str, Any]:
    fields = {
        "kind": step.kind.value, "at_utc": _stamp(step.at_utc, "auto"), "probability": step.probability,
        "from_vrm": step.from_vrm, "to_vrm": step.to_vrm, "decision": step.decision, "words": step.words,
    }  # fmt: skip
    return {name: value for name, value in fields.items() if value not in {"", None}}


def _of_object(stored: Any) -> AlertStep:
    if not isinstance(stored, dict):
        raise ValueError("a step of an alert is neither an object nor a phrase")  # noqa: TRY004 - as above
    kind, words = str(stored.get("kind", "")), str(stored.get("words", ""))
    known = kind in set(StepKind)
    at_utc, probability = stored.get("at_utc"), stored.get("probability")
    return AlertStep(
        StepKind(kind) if known else StepKind.OTHER,
        datetime.fromisoformat(str(at_utc)) if at_utc is not None else None,
        float(probability) if probability is not None else None,
        str(stored.get("from_vrm", "")),
        str(stored.get("to_vrm", "")),
        str(stored.get("decision", "")),
        words if known else words or kind,
    )


def _of_phrase(phrase: str) -> AlertStep:
    """Return the step that version 0.1 wrote as time, words, and mostly a probability."""
    first, _, words = phrase.partition(" ")
    try:
        at_utc = datetime.fromisoformat(first)
    except ValueError:
        at_utc, words = None, phrase
    probability = None
    if probable := _PHRASE_PROBABLE.fullmatch(words):
        words, probability = probable[1], float(probable[2])
    if words in _PHRASES:
        return AlertStep(_PHRASES[words], at_utc, probability)
    if corrected := _PHRASE_CORRECTED.fullmatch(words):
        return AlertStep(StepKind.CORRECTED, at_utc, probability, corrected[1], corrected[2])
    if decided := _PHRASE_DECIDED.fullmatch(words):
        return AlertStep(StepKind.DECIDED, at_utc, probability, decision=decided[1])
    return AlertStep(StepKind.OTHER, at_utc, probability, words=words)


def _stamp(at_utc: datetime | None, precision: str) -> str:
    return "" if at_utc is None else at_utc.isoformat(timespec=precision)
