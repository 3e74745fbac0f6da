"""How far a stop is: of a card and the answers so far, what is asked, what is missing, what does not fit, what may be advised.

Pure: the same card, answers and day give the same. Nothing that was typed is thrown away: what does not count stands aside and counts
again when the answers before it let it.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from anpr.errors import InputError
from anpr.showable import is_showable
from anpr.stops.card import (
    LONGEST_TEXT,
    MANY,
    MOST_ANSWER,
    NOT_GIVEN,
    Action,
    Advice,
    Card,
    Conditions,
    Kind,
    Power,
    Question,
)
from anpr.stops.details import a_date, birth_date, ethnicity, postcode
from anpr.stops.licence import Holder, licence, misfits
from anpr.vrm import is_mark, normalise

Answer = str | tuple[str, ...]
"""What was answered: several where the question takes several. An empty one passes the question over."""

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?")


@dataclass(frozen=True, slots=True)
class Progress:
    """A stop so far.

    `asked` are the questions that apply, in their order; `next` is the first of them that is neither answered nor passed over, then
    the first that is required and passed over, None when there is none. `values` are the answers that count, as they are recorded.
    `missing` are the keys of required questions without one. `wrong` says of answers why they do not count, `doubts` of
    answers that count what does not fit. `aside` are answers to what is not asked.
    """

    asked: tuple[Question, ...]
    next: Question | None
    values: Mapping[str, Answer]
    missing: tuple[str, ...]
    wrong: Mapping[str, str]
    doubts: Mapping[str, str]
    aside: tuple[str, ...]
    do: tuple[Action, ...]
    do_not: tuple[Action, ...]
    powers: tuple[Power, ...]
    advice: tuple[Advice, ...]

    @property
    def is_complete(self) -> bool:
        """Whether nothing that is required is missing and no answer is wrong."""
        return not self.missing and not self.wrong


def progress(card: Card, answers: Mapping[str, Answer], on: date) -> Progress:
    """Return how far a stop is that takes place on a day; `answers` are by the questions' keys."""
    asked: list[Question] = []
    values: dict[str, Answer] = {}
    wrong: dict[str, str] = {}
    passed: set[str] = set()
    for question in card.questions:  # a condition names only what is asked before it
        if not _hold(question.conditions, values):
            continue
        asked.append(question)
        answer = answers.get(question.key)
        if answer is None:
            continue
        if not answer:
            passed.add(question.key)
            continue
        offered = _offered(card, question, values)
        try:
            values[question.key] = accepted(question, answer, on, offered)
        except InputError as error:
            wrong[question.key] = str(error)
    open_ = [one for one in asked if one.key not in values]
    missing = [one for one in open_ if one.required]
    return Progress(
        asked=tuple(asked),
        next=next((one for one in open_ if one.key not in passed), next(iter(missing), None)),
        values=values,
        missing=tuple(one.key for one in missing),
        wrong=wrong,
        doubts=_doubts(asked, values),
        aside=tuple(key for key in answers if key not in {one.key for one in asked}),
        do=tuple(one for one in card.do if _hold(one.conditions, values)),
        do_not=tuple(one for one in card.do_not if _hold(one.conditions, values)),
        powers=tuple(one for one in card.powers if _hold(one.conditions, values)),
        advice=tuple(one for one in card.advice if _hold(one.conditions, values)),
    )


def accepted(question: Question, answer: Answer, on: date, offered: tuple[str, ...] | None = None) -> Answer:
    """Return an answer as it is recorded. Raises InputError, one sentence on what is wrong and what to do.

    `offered` are the choices that are offered now, by default all of the question's.
    """
    choices = question.choices if offered is None else offered
    if answer == NOT_GIVEN and question.may_decline:
        return NOT_GIVEN
    if question.kind in MANY:
        several = (answer,) if isinstance(answer, str) else tuple(dict.fromkeys(answer))
        return tuple(_one(question, one, on, choices) for one in several)
    if not isinstance(answer, str):
        raise InputError("that takes one answer alone: choose one")
    return _one(question, answer, on, choices)


def _one(question: Question, answer: str, on: date, choices: tuple[str, ...]) -> str:
    text = answer.strip()
    if not text or len(text) > MOST_ANSWER or not is_showable(text):
        raise InputError(f"an answer has 1 to {MOST_ANSWER:,} characters that can be seen: type it again")
    if question.kind in _RULES:
        return _RULES[question.kind](text)
    match question.kind:
        case Kind.TEXT | Kind.GROUNDS:
            return _text(question, text)
        case Kind.NUMBER:
            return _number(question, text)
        case Kind.BIRTH_DATE:
            return birth_date(text, on).isoformat()
        case _:
            return _choice(text, choices)


def _choice(text: str, choices: tuple[str, ...]) -> str:
    found = next((choice for choice in choices if choice.casefold() == text.casefold()), None)
    if found is None:
        raise InputError(
            f"that is none of the choices: choose {' or '.join(choices) or 'nothing, as none is offered now'}"
        )
    return found


def _text(question: Question, text: str) -> str:
    most = int(min(LONGEST_TEXT if question.kind is Kind.GROUNDS else MOST_ANSWER, question.most))
    if not question.least <= len(text) <= most:
        raise InputError(
            f"that has {len(text)} characters, and {question.least:g} to {most} may be: shorten or complete it"
        )
    return text


def _number(question: Question, text: str) -> str:
    number = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not question.least <= number <= question.most:
        raise InputError(f"that is no number from {question.least:g} to {question.most:g}: type it again")
    return f"{number:.15g}"


def _vrm(text: str) -> str:
    mark = normalise(text)
    if not is_mark(mark):
        raise InputError("that is no registration mark: type letters and digits, at most 10")
    return mark


_RULES: Final[Mapping[Kind, Callable[[str], str]]] = {
    Kind.DATE: lambda text: a_date(text).isoformat(),
    Kind.POSTCODE: postcode,
    Kind.LICENCE: licence,
    Kind.ETHNICITY: ethnicity,
    Kind.VRM: _vrm,
}
"""How kinds of answers are recorded that have a rule of their own, whatever the question."""


def _offered(card: Card, question: Question, values: Mapping[str, Answer]) -> tuple[str, ...] | None:
    if question.kind is Kind.POWERS:
        return tuple(one.key for one in card.powers if _hold(one.conditions, values))
    if question.kind is Kind.ADVICE:
        return tuple(one.key for one in card.advice if _hold(one.conditions, values))
    return None


def _hold(conditions: Conditions, values: Mapping[str, Answer]) -> bool:
    """Return whether all of `when` hold and none of `unless`; what is not answered is neither."""
    return all(_given(values.get(one.key)) & set(one.answers) for one in conditions.when) and not any(
        _given(values.get(one.key)) & set(one.answers) for one in conditions.unless
    )


def _given(answer: Answer | None) -> set[str]:
    return {answer} if isinstance(answer, str) else set(answer or ())


def _doubts(asked: list[Question], values: Mapping[str, Answer]) -> dict[str, str]:
    """Return what does not fit another answer: licence numbers and their holders."""
    found: dict[str, str] = {}
    for one in asked:
        number = values.get(one.key)
        if one.kind is not Kind.LICENCE or not isinstance(number, str) or number == NOT_GIVEN:
            continue
        known = {name: values.get(f"{one.person}_{name}", "") for name in ("surname", "forenames", "birth_date", "sex")}
        said = {name: text if isinstance(text, str) and text != NOT_GIVEN else "" for name, text in known.items()}
        born = date.fromisoformat(said["birth_date"]) if said["birth_date"] else None
        parts = misfits(number, Holder(said["surname"], said["forenames"], born, said["sex"]))
        if parts:
            found[one.key] = f"the licence number does not fit the {' and the '.join(parts)}: compare it with the card"
    return found
