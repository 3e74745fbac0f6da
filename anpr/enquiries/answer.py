"""What was answered about a mark: one value, whoever was asked, and whether or not there was an answer.

Dates are ISO 8601 (`2027-03-31`); a text is empty and a number None where the source does not tell. Words of a source (tax, MOT,
make, colour, …) stand as it gives them, made fit to be shown.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from anpr.showable import is_showable


class Outcome(StrEnum):
    """What became of a question. The values are part of the JSON contract."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    BAD_MARK = "bad_mark"
    WAITING = "waiting"
    THROTTLED = "throttled"
    QUOTA = "quota"
    DOWN = "down"
    SLOW = "slow"
    WRONG_KEY = "wrong_key"
    UNTRUSTED = "untrusted"
    NO_NETWORK = "no_network"
    UNREADABLE = "unreadable"
    NOT_ENTERED = "not_entered"
    GIVEN_UP = "given_up"

    @property
    def is_final(self) -> bool:
        """Whether the source has said what it has to say of this mark: asking again brings nothing else."""
        return self in _FINAL


_FINAL: Final = frozenset({Outcome.FOUND, Outcome.NOT_FOUND, Outcome.BAD_MARK})

_SENTENCES: Final[Mapping[Outcome, str]] = {
    Outcome.FOUND: "{source} knows this mark.",
    Outcome.NOT_FOUND: "{source} knows no vehicle of this mark.",
    Outcome.BAD_MARK: "{source} does not take this as a mark: check the read.",
    Outcome.WAITING: "{source} has not answered yet.",
    Outcome.THROTTLED: "{source} was asked too often just now.",
    Outcome.QUOTA: "Today's questions to {source} are used up: ask by radio.",
    Outcome.DOWN: "{source} is out of order.",
    Outcome.SLOW: "{source} did not answer in time.",
    Outcome.WRONG_KEY: "{source} refuses this car's key: tell whoever looks after the car.",
    Outcome.UNTRUSTED: "{source} was not asked: the certificate of whoever answers for it is not trusted.",
    Outcome.NO_NETWORK: "{source} cannot be reached: no network.",
    Outcome.UNREADABLE: "{source} answered something that this program does not understand.",
    Outcome.NOT_ENTERED: "{source} was not asked: the audit cannot be written.",
    Outcome.GIVEN_UP: "{source} was not asked in time.",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What one source said: `detail` is a code or a status for whoever looks after the car, `again` that it is asked again."""

    source: str
    outcome: Outcome
    answered_utc: datetime
    detail: str = ""
    again: bool = False

    @property
    def sentence(self) -> str:
        """The outcome in one sentence, fit for the crew."""
        words = _SENTENCES[self.outcome].format(source=self.source)
        return f"{words} It is asked again by itself." if self.again else words


@dataclass(frozen=True, slots=True)
class EnquiryAnswer:
    """What is known of a mark from one source (`told` has one), or from several together.

    `asked_utc` is when it was first asked, `answered_utc` when the last of the sources that know the vehicle answered (before any
    does: when it was looked). `tax` and `mot` are the source's words, `tax_until` and `mot_until` the last day, `mileage` was read at the test on `tested`
    (`mileage_unit` mi or km), `recall` is Yes, No, Unknown or Unavailable. `remarks` is what a force's gateway adds in words.
    """

    vrm: str
    asked_utc: datetime
    answered_utc: datetime
    told: tuple[Told, ...]
    tax: str = ""
    tax_until: str = ""
    mot: str = ""
    mot_until: str = ""
    make: str = ""
    model: str = ""
    colour: str = ""
    year: int | None = None
    fuel: str = ""
    mileage: int | None = None
    mileage_unit: str = ""
    tested: str = ""
    test_result: str = ""
    recall: str = ""
    exported: bool = False
    remarks: str = ""

    @property
    def outcome(self) -> Outcome:
        """The best that any source gave."""
        return min((one.outcome for one in self.told), key=list(Outcome).index, default=Outcome.WAITING)

    @property
    def found(self) -> bool:
        """Whether any source knows the vehicle."""
        return self.outcome is Outcome.FOUND

    @property
    def source(self) -> str:
        """Who answered that it knows the vehicle, else who was asked."""
        names = [one.source for one in self.told if one.outcome is Outcome.FOUND or not self.found]
        return " + ".join(names)


def no_answer(
    vrm: str, source: str, outcome: Outcome, asked_utc: datetime, at_utc: datetime, detail: str = "", *, again: bool = False
) -> EnquiryAnswer:  # fmt: skip
    """Return that a source told nothing of the vehicle, and why."""
    return EnquiryAnswer(vrm, asked_utc, at_utc, (Told(source, outcome, at_utc, detail, again),))


_FACTS: Final = (
    "tax", "tax_until", "make", "model", "colour", "year", "fuel", "mileage", "mileage_unit", "tested", "test_result",
    "recall", "remarks",
)  # fmt: skip


def together(answers: Sequence[EnquiryAnswer]) -> EnquiryAnswer:
    """Return what several sources told of the same mark, as one; where two tell the same fact, the first one's stands.

    MOT status and its last day come from one source, so that they belong to each other; a status without a day is given way to one
    with a day. There must be at least one answer.
    """
    known = [one for one in answers if one.found]
    first = answers[0]
    facts: dict[str, Any] = {
        name: next((value for one in known if (value := getattr(one, name))), getattr(first, name)) for name in _FACTS
    }
    mot = next((one for one in known if one.mot_until), next((one for one in known if one.mot), first))
    return replace(
        first,
        **facts,
        mot=mot.mot,
        mot_until=mot.mot_until,
        exported=any(one.exported for one in known),
        asked_utc=min(one.asked_utc for one in answers),
        answered_utc=max(one.answered_utc for one in known or answers),
        told=tuple(told for one in answers for told in one.told),
    )


_LONGEST: Final = 80
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_OLDEST: Final = 1885


def text_of(fields: Mapping[str, Any], *names: str, longest: int = _LONGEST) -> str:
    """Return the first of these fields that is a text, on one line, cut, without what cannot be shown; else nothing."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, str) and value.strip():
            words = " ".join(value.split())[:longest]
            return words if is_showable(words) else ""
    return ""


def day_of(fields: Mapping[str, Any], *names: str) -> str:
    """Return the first of these fields that begins with a day of the calendar, as 2027-03-31; else nothing.

    >>> day_of({"expiryDate": "2027-03-31T00:00:00Z"}, "expiryDate"), day_of({"expiryDate": "31/03/27"}, "expiryDate")
    ('2027-03-31', '')
    """
    for name in names:
        value = fields.get(name)
        found = _DAY.match(value.replace(".", "-")) if isinstance(value, str) else None
        if found is None:
            continue
        try:
            return date.fromisoformat(found[0]).isoformat()
        except ValueError:
            continue
    return ""


def number_of(fields: Mapping[str, Any], name: str, most: int) -> int | None:
    """Return a whole number from 0 to `most`, as a number or as digits; None for anything else."""
    value: object = fields.get(name)
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value.strip()) < 12:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value <= most else None


def year_of(fields: Mapping[str, Any], name: str) -> int | None:
    """Return a year of manufacture, from 1885 (the first motor car) to 2200; None for anything else."""
    year = number_of(fields, name, 2200)
    return year if year is not None and year >= _OLDEST else None
