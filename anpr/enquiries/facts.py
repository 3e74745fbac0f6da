"""An answer in the words of the screen and the terminal: one row a fact, those that matter before a stop marked as alarms."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from anpr.enquiries.answer import EnquiryAnswer

LATE_S: Final = 20.0
"""An answer that comes so long after it was asked for is said to be late."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One row: `name` and `words`; `alarm` for what is wrong with the vehicle (no tax, no MOT, a recall, exported)."""

    name: str
    words: str
    alarm: bool = False


def facts_of(answer: EnquiryAnswer, today: date) -> tuple[Fact, ...]:
    """Return what was answered, without what was not; `today` is by the tablet's date, whatever that is worth."""
    colour_make_model = " ".join(word for word in (answer.colour, answer.make, answer.model) if word)
    vehicle = " · ".join(word for word in (colour_make_model, str(answer.year or ""), answer.fuel) if word)
    rows = (
        Fact("Tax", _with_day(answer.tax, answer.tax_until), _is_untaxed(answer, today)),
        Fact("MOT", _with_day(answer.mot, answer.mot_until), _is_untested(answer, today)),
        Fact("Vehicle", vehicle),
        Fact("Last test", _last_test(answer), answer.test_result.lower() == "failed"),
        Fact("Recall", "" if answer.recall.lower() in {"", "no"} else answer.recall, answer.recall.lower() == "yes"),
        Fact("Export", "marked as exported" if answer.exported else "", answer.exported),
        Fact("Remarks", answer.remarks),
    )
    return tuple(row for row in rows if row.words)


def late_words(answer: EnquiryAnswer) -> str:
    """Return how long after the question the answer came if that was late, or how old it was by then; else nothing."""
    took = answer.answered_utc - answer.asked_utc
    if took < timedelta(0):
        return f"{span_words(-took)} before it was asked for"
    return f"late: {span_words(took)} after it was asked for" if took.total_seconds() >= LATE_S else ""


def span_words(span: timedelta) -> str:
    """Return how long a time is, in seconds or minutes.

    >>> span_words(timedelta(seconds=45)), span_words(timedelta(minutes=12, seconds=40))
    ('45 s', '12 min')
    """
    seconds = int(span.total_seconds())
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"


def day_words(day: str) -> str:
    """Return a day as people write it.

    >>> day_words("2027-03-31")
    '31 Mar 2027'
    """
    if not day:
        return ""
    found = date.fromisoformat(day)
    return f"{found.day} {found:%b %Y}"  # %-d is not known everywhere


def _with_day(status: str, until: str) -> str:
    day = day_words(until)
    return f"{status}, until {day}" if status and day else status or (f"until {day}" if day else "")


def _is_over(until: str, today: date) -> bool:
    return bool(until) and date.fromisoformat(until) < today


def _is_untaxed(answer: EnquiryAnswer, today: date) -> bool:
    return answer.tax.lower() not in {"", "taxed"} or (_is_over(answer.tax_until, today) and bool(answer.tax))


def _is_untested(answer: EnquiryAnswer, today: date) -> bool:
    return answer.mot.lower() == "not valid" or _is_over(answer.mot_until, today)


def _last_test(answer: EnquiryAnswer) -> str:
    mileage = f"{answer.mileage:,} {answer.mileage_unit}".strip() if answer.mileage is not None else ""
    return " · ".join(word for word in (day_words(answer.tested), answer.test_result.lower(), mileage) if word)
