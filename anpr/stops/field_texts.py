"""What several devices write into one field of a stop: which text counts, and that none is lost. Pure.

A field's texts stand in turns. The device that types holds the field and its text counts; another that takes the field over begins a
turn of its own, and the text of the turn before stays as it was. What a device types without holding the field stands aside
and does not count until that device takes the field over. A turn's text is replaced by its own writer alone, and only by something
that was typed later: a message that is sent twice, or comes late, changes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from anpr.stops.progress import Answer

HOLD_S: Final = 30.0
"""Seconds without a touch after which a device no longer holds its field: asked for, not measured. A longer pause costs the other
one tap, nothing else."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One device's text of a field.

    `number` counts from 1 and never repeats in a field; `writer` is a name that each page makes for itself when it is loaded,
    `actor` who is logged in there; `sent` is the writer's own count of messages, the last that this text came with. `aside` is
    what was typed while another held the field.
    """

    number: int
    writer: str
    actor: str
    answer: Answer
    sent: int
    aside: bool = False


class Outcome(StrEnum):
    """What became of a text. The values are part of the page's JSON."""

    KEPT = "kept"
    ASIDE = "aside"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True, slots=True)
class Typed:
    """What a device says stands in its field: `seen` is the number of the turn that it showed when that was typed, 0 for none."""

    writer: str
    actor: str
    answer: Answer
    sent: int
    seen: int


def counting(turns: Iterable[Turn]) -> Turn | None:
    """Return the turn whose text counts: the last that does not stand aside; None while nothing was typed."""
    return max((turn for turn in turns if not turn.aside), key=lambda turn: turn.number, default=None)


def others(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """Return the turns, latest first, whose text does not count, is not empty and says something else than those before it."""
    now = counting(turns)
    known: set[Answer] = {now.answer} if now is not None else set()
    found = []
    for turn in sorted(turns, key=lambda one: -one.number):
        if turn.answer and turn.answer not in known:
            known.add(turn.answer)
            found.append(turn)
    return tuple(found)


def typed(turns: tuple[Turn, ...], held_by: str, what: Typed) -> tuple[Outcome, Turn | None]:
    """Return what becomes of a text, and the turn that is to be kept for it, None where nothing changes.

    `held_by` is the writer that holds the field, empty for nobody.
    """
    now = counting(turns)
    mine = max((turn for turn in turns if turn.writer == what.writer), key=lambda turn: turn.number, default=None)
    if mine is not None and what.sent <= mine.sent:
        return Outcome.OVERTAKEN, None
    if now is not None and mine == now:
        return Outcome.KEPT, replace(now, answer=what.answer, sent=what.sent, actor=what.actor)
    if now is not None and now.answer == what.answer and not (mine is not None and mine.aside and mine.answer):
        return Outcome.KEPT, None
    free = held_by in ("", what.writer)
    has_seen = now is None or not now.answer or now.number == what.seen
    if free and has_seen:
        return Outcome.KEPT, _next(turns, what)
    if mine is not None and mine.aside:
        return Outcome.ASIDE, replace(mine, answer=what.answer, sent=what.sent, actor=what.actor)
    return Outcome.ASIDE, replace(_next(turns, what), aside=True)


def taken_over(turns: tuple[Turn, ...], writer: str, actor: str, chosen: int) -> Turn | None:
    """Return the turn with which a device goes on: with the text of the turn `chosen`, 0 for that which counts now.

    None where it has that turn already, or there is no such turn.
    """
    now = counting(turns)
    begun_with = now if chosen == 0 else next((turn for turn in turns if turn.number == chosen), None)
    if begun_with is None or (now is not None and begun_with == now and now.writer == writer):
        return None
    last = max((turn.sent for turn in turns if turn.writer == writer), default=0)
    return replace(_next(turns, Typed(writer, actor, begun_with.answer, last, 0)))


def _next(turns: tuple[Turn, ...], what: Typed) -> Turn:
    number = max((turn.number for turn in turns), default=0) + 1
    return Turn(number, what.writer, what.actor, what.answer, what.sent)


class Holds:
    """Which device holds which field: the one that it typed in last, for `HOLD_S` after the last touch. Forgotten at each start."""

    def __init__(self) -> None:
        self._held: dict[tuple[int, str], tuple[str, str, float]] = {}

    def holder(self, stop_id: int, key: str, now_s: float) -> tuple[str, str]:
        """Return writer and actor of who holds a field, both empty for nobody."""
        writer, actor, at_s = self._held.get((stop_id, key), ("", "", 0.0))
        return (writer, actor) if writer and now_s - at_s <= HOLD_S else ("", "")

    def take(self, stop_id: int, key: str, writer: str, actor: str, now_s: float) -> None:
        """Have a device hold a field, and no other of that stop."""
        self._held = {
            place: held
            for place, held in self._held.items()
            if now_s - held[2] <= HOLD_S and not (place[0] == stop_id and held[0] == writer)
        }
        self._held[stop_id, key] = (writer, actor, now_s)
