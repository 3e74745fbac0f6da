"""The language of stop cards: what a card's file may say, and the questions that it comes to.

A file is read by `anpr.stops.card_file`; docs/STOPS.md explains the language to those who write cards.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from anpr.config.settings import RULE, Rule, setting
from anpr.errors import ConfigError

VERSION: Final = 1
"""Of the language; a card of another version is refused."""

LONGEST_TEXT: Final = 400
"""Characters of any text on a card: what can be taken in at the roadside."""

MOST_ADVICE_BYTES: Final = 1000
"""Bytes (UTF-8) of all advice of a card, as it stands on a receipt: more makes a code that phones cannot read from the screen."""

MOST_ANSWER: Final = 2000
"""Characters of a typed answer, and of one whose question has no limit of its own."""

NOT_GIVEN: Final = "not given"
"""The answer of a person who does not say, or of a question that may be declined."""

_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")

SEVERAL: Final = "|"
"""Between the answers that a condition takes."""


class Kind(StrEnum):
    """What a question asks for."""

    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"
    ENQUIRY = "enquiry"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    VRM = "vrm"
    POSTCODE = "postcode"
    BIRTH_DATE = "birth_date"
    LICENCE = "licence"
    ETHNICITY = "ethnicity"
    PERSON = "person"
    POWERS = "powers"
    GROUNDS = "grounds"
    ADVICE = "advice"


OFFERED: Final = frozenset({Kind.POWERS, Kind.GROUNDS, Kind.ADVICE})
"""Kinds whose choices stand elsewhere on the card."""

MANY: Final = frozenset({Kind.CHOICES, *OFFERED})
"""Kinds that take several answers."""

DECIDING: Final = frozenset({Kind.YES_NO, Kind.CHOICE, Kind.CHOICES, Kind.ENQUIRY})
"""Kinds that a condition may name: their answers are known beforehand."""

YES_NO: Final = ("yes", "no")

DONE: Final = ("done", "not possible")
"""Results of an enquiry that names none."""


@dataclass(frozen=True, slots=True)
class Detail:
    """A detail of a person: what stands behind the person's label, its kind, and its choices."""

    label: str
    kind: Kind
    choices: tuple[str, ...] = ()
    most: int = 120


DETAILS: Final[Mapping[str, Detail]] = {
    "surname": Detail("surname", Kind.TEXT, most=60),
    "forenames": Detail("forenames", Kind.TEXT, most=80),
    "sex": Detail("sex", Kind.CHOICE, ("female", "male", "another")),
    "birth_date": Detail("date of birth", Kind.BIRTH_DATE),
    "address": Detail("address", Kind.TEXT, most=200),
    "postcode": Detail("postcode", Kind.POSTCODE),
    "phone": Detail("telephone", Kind.TEXT, most=30),
    "licence": Detail("driving licence number", Kind.LICENCE),
    "foreign_licence": Detail("licence of another country", Kind.TEXT, most=60),
    "ethnicity": Detail("self-defined ethnicity", Kind.ETHNICITY),
}
"""What may be asked of a person, in the order in which it is asked."""


def _no_key(key: str) -> str:
    return "" if _KEY.fullmatch(key) else "small letters, digits and _, at most 40, a letter first"


def _no_key_of_all(keys: tuple[str, ...]) -> str:
    return "" if all(_KEY.fullmatch(key) for key in keys) else "names of small letters, digits and _"


def _no_version(version: int) -> str:
    return "" if version == VERSION else f"{VERSION}, the version of the language that this program reads"


def _conditions(doc: str) -> Any:
    return field(default_factory=dict, metadata={RULE: Rule(doc)})


@dataclass(frozen=True, slots=True)
class ActionTable:
    """`[[do]]` and `[[do_not]]`: what to do and not to do."""

    text: str = setting(doc="What, in one sentence", least=1, most=LONGEST_TEXT)
    when: Mapping[str, str] = _conditions("Only when these answers were given, all of them")
    unless: Mapping[str, str] = _conditions("Not when any of these answers was given")


@dataclass(frozen=True, slots=True)
class PowerTable:
    """`[[power]]`: a power that the officer may use, and the public text that gives it."""

    key: str = setting(doc="Its name in answers", misfit=_no_key)
    text: str = setting(doc="The power in a few words", least=1, most=LONGEST_TEXT)
    source: str = setting("", "The public text, as Road Traffic Act 1988, section 163", most=LONGEST_TEXT)
    when: Mapping[str, str] = _conditions("Offered only when these answers were given, all of them")
    unless: Mapping[str, str] = _conditions("Not offered when any of these answers was given")


@dataclass(frozen=True, slots=True)
class AdviceTable:
    """`[[advice]]`: advice that may be given to the motorist on the receipt."""

    key: str = setting(doc="Its name in answers", misfit=_no_key)
    text: str = setting(doc="The advice, as the motorist reads it", least=1, most=LONGEST_TEXT)
    when: Mapping[str, str] = _conditions("Offered only when these answers were given, all of them")
    unless: Mapping[str, str] = _conditions("Not offered when any of these answers was given")


@dataclass(frozen=True, slots=True)
class QuestionTable:
    """`[[question]]`: what is asked, in the order of the file."""

    key: str = setting(doc="Its name in answers and conditions", misfit=_no_key)
    label: str = setting(doc="The question, in a few words", least=1, most=LONGEST_TEXT)
    kind: str = setting(doc="What it asks for", choices=tuple(Kind))
    required: bool = setting(False, "Whether the stop is incomplete without it")
    may_decline: bool = setting(False, f'Whether "{NOT_GIVEN}" is an answer')
    help: str = setting("", "What helps to answer it", most=LONGEST_TEXT)
    choices: tuple[str, ...] = setting((), "The answers to choose from", least=1, most=80)
    least: float | None = setting(None, "The smallest number, or the fewest characters", least=-1e9, most=1e9)
    most: float | None = setting(None, "The largest number, or the most characters", least=-1e9, most=1e9)
    details: tuple[str, ...] = setting((), "What is asked of a person", choices=tuple(DETAILS))
    details_if_known: tuple[str, ...] = setting(
        (), "What is asked of a person but not required", choices=tuple(DETAILS)
    )
    up_to: int = setting(1, "How many persons there may be", least=1, most=8)
    when: Mapping[str, str] = _conditions("Asked only when these answers were given, all of them")
    unless: Mapping[str, str] = _conditions("Not asked when any of these answers was given")


@dataclass(frozen=True, slots=True)
class CardTable:
    """A card's file, table by table."""

    card: int = setting(doc="The version of the language", misfit=_no_version)
    title: str = setting(doc="What the officer sees", least=1, most=60)
    question: tuple[QuestionTable, ...] = setting(least=1)
    approved_by: str = setting("", "Who approved the card for use; empty: it is an example", most=120)
    symbols: tuple[str, ...] = setting((), "Hits with these symbols open this card", misfit=_no_key_of_all)
    without_hit: bool = setting(False, "Whether a stop without any hit opens this card")
    otherwise: bool = setting(False, "Whether hits that no other card serves open this card")
    by_hand: bool = setting(False, "Whether nothing opens this card but the officer who chooses it")
    tell_grounds: bool = setting(True, "Whether a receipt tells the grounds: they can tell what a list holds")
    grounds: tuple[str, ...] = setting((), "Grounds to choose from", least=1, most=LONGEST_TEXT)
    do: tuple[ActionTable, ...] = setting(())
    do_not: tuple[ActionTable, ...] = setting(())
    power: tuple[PowerTable, ...] = setting(())
    advice: tuple[AdviceTable, ...] = setting(())

    def __post_init__(self) -> None:
        """Raise ConfigError for a card that no stop opens."""
        if (self.symbols or self.without_hit or self.otherwise) == self.by_hand:
            raise ConfigError(
                "a card has either 'symbols', 'without_hit = true' or 'otherwise = true', or else 'by_hand = true': say what opens it"
            )


@dataclass(frozen=True, slots=True)
class Condition:
    """That a question was answered with one of these."""

    key: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conditions:
    """All of `when` hold and none of `unless`."""

    when: tuple[Condition, ...] = ()
    unless: tuple[Condition, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The questions that they name."""
        return tuple(one.key for one in (*self.when, *self.unless))


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a card: a person is several. `row` is the number of its table in the file, from 1.

    `least` and `most` are characters of a text, else of the number itself. `person` is the key of the person whom it is
    asked of, empty for none. `choices` are what may be answered; those of powers and advice are their keys.
    """

    key: str
    label: str
    kind: Kind
    required: bool
    may_decline: bool
    help: str
    choices: tuple[str, ...]
    least: float
    most: float
    person: str
    conditions: Conditions
    row: int


@dataclass(frozen=True, slots=True)
class Action:
    """What to do, or not to do."""

    text: str
    conditions: Conditions


@dataclass(frozen=True, slots=True)
class Power:
    """A power, with the public text that gives it."""

    key: str
    text: str
    source: str
    conditions: Conditions


@dataclass(frozen=True, slots=True)
class Advice:
    """Advice to the motorist."""

    key: str
    text: str
    conditions: Conditions


@dataclass(frozen=True, slots=True)
class Card:
    """A card that was found whole: every condition names an answer that can have been given before."""

    name: str
    title: str
    approved_by: str
    symbols: tuple[str, ...]
    without_hit: bool
    otherwise: bool
    tell_grounds: bool
    do: tuple[Action, ...]
    do_not: tuple[Action, ...]
    powers: tuple[Power, ...]
    advice: tuple[Advice, ...]
    questions: tuple[Question, ...]

    @property
    def is_example(self) -> bool:
        """Whether nobody has approved it."""
        return not self.approved_by.strip()

    @property
    def advice_bytes(self) -> int:
        """How long all its advice is on a receipt, in bytes."""
        return sum(advice_bytes(one.text) for one in self.advice)


def advice_line(text: str) -> str:
    """Return a piece of advice as a line of the receipt."""
    return f"- {text}\n"


def advice_bytes(text: str) -> int:
    """Return how long a piece of advice is on a receipt, in bytes."""
    return len(advice_line(text).encode())


def conditions_of(when: Mapping[str, str], unless: Mapping[str, str]) -> Conditions:
    """Return the conditions of a table.

    >>> conditions_of({"insured": "no | not known"}, {}).when
    (Condition(key='insured', answers=('no', 'not known')),)
    """
    return Conditions(*(tuple(Condition(key, _answers(text)) for key, text in one.items()) for one in (when, unless)))


def _answers(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(SEVERAL))
