"""An answer in words: what is wrong with a vehicle is marked, what was not told is left out, and late is said to be late."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from anpr.enquiries.answer import EnquiryAnswer, Outcome, Told
from anpr.enquiries.facts import facts_of, late_words

NOW = datetime(2026, 11, 29, 2, 14, 5, tzinfo=UTC)
BARE = EnquiryAnswer("AB12CDE", NOW, NOW, (Told("DVLA", Outcome.FOUND, NOW),))


def rows(**facts: Any) -> dict[str, tuple[str, bool]]:
    found = facts_of(replace(BARE, **facts), date(2026, 11, 29))
    return {fact.name: (fact.words, fact.alarm) for fact in found}


@pytest.mark.parametrize(
    ("facts", "name", "words", "alarm"),
    [
        ({"tax": "Taxed", "tax_until": "2027-03-31"}, "Tax", "Taxed, until 31 Mar 2027", False),
        ({"tax": "Taxed", "tax_until": "2026-11-29"}, "Tax", "Taxed, until 29 Nov 2026", False),
        ({"tax": "Taxed", "tax_until": "2026-11-28"}, "Tax", "Taxed, until 28 Nov 2026", True),
        ({"tax": "Untaxed"}, "Tax", "Untaxed", True),
        ({"tax": "SORN"}, "Tax", "SORN", True),
        ({"mot": "Valid", "mot_until": "2027-01-01"}, "MOT", "Valid, until 1 Jan 2027", False),
        ({"mot": "Not valid", "mot_until": "2026-01-01"}, "MOT", "Not valid, until 1 Jan 2026", True),
        ({"mot": "No details held by DVLA"}, "MOT", "No details held by DVLA", False),
        ({"mot": "First test due", "mot_until": "2026-09-01"}, "MOT", "First test due, until 1 Sep 2026", True),
        ({"colour": "GREY", "make": "FORD", "model": "FOCUS"}, "Vehicle", "GREY FORD FOCUS", False),
        ({"make": "FORD", "year": 2019, "fuel": "DIESEL"}, "Vehicle", "FORD · 2019 · DIESEL", False),
        (
            {"tested": "2026-06-03", "test_result": "Failed", "mileage": 84210, "mileage_unit": "mi"},
            "Last test", "3 Jun 2026 · failed · 84,210 mi", True,
        ),
        ({"recall": "Yes"}, "Recall", "Yes", True),
        ({"recall": "Unknown"}, "Recall", "Unknown", False),
        ({"exported": True}, "Export", "marked as exported", True),
    ],
)  # fmt: skip
def test_each_fact(facts: dict[str, Any], name: str, words: str, alarm: bool) -> None:
    assert rows(**facts) == {name: (words, alarm)}


def test_what_was_not_told_is_left_out() -> None:
    assert rows() == {}
    assert rows(recall="No") == {}


@pytest.mark.parametrize(
    ("asked_s", "words"),
    [(0.3, ""), (19.9, ""), (45, "late: 45 s after it was asked for"), (900, "late: 15 min after it was asked for"), (-600, "10 min before it was asked for")],
)  # fmt: skip
def test_late_and_old_answers_say_so(asked_s: float, words: str) -> None:
    assert late_words(replace(BARE, asked_utc=NOW - timedelta(seconds=asked_s))) == words
