"""What was answered is kept while it is fresh, and only what was answered."""

from datetime import UTC, datetime

import pytest

from anpr.enquiries.answer import Outcome, no_answer
from anpr.enquiries.cache import AnswerCache

NOW = datetime(2026, 11, 29, tzinfo=UTC)


def test_an_answer_is_fresh_for_its_time_and_keeps_the_times_it_had() -> None:
    cache = AnswerCache(900.0)
    answer = no_answer("AB12CDE", "DVLA", Outcome.NOT_FOUND, NOW, NOW)
    cache.keep("DVLA", answer, 100.0)
    assert cache.fresh("DVLA", "AB12CDE", 999.9) is answer
    assert cache.fresh("DVLA", "AB12CDE", 1000.0) is None
    assert cache.fresh("DVSA", "AB12CDE", 100.0) is None


@pytest.mark.parametrize("outcome", [one for one in Outcome if not one.is_final])
def test_trouble_is_not_kept(outcome: Outcome) -> None:
    cache = AnswerCache(900.0)
    cache.keep("DVLA", no_answer("AB12CDE", "DVLA", outcome, NOW, NOW), 0.0)
    assert cache.fresh("DVLA", "AB12CDE", 0.0) is None


def test_the_one_that_was_used_longest_ago_goes_first() -> None:
    cache = AnswerCache(900.0, most=2)
    for vrm in ("A1", "B1"):
        cache.keep("DVLA", no_answer(vrm, "DVLA", Outcome.NOT_FOUND, NOW, NOW), 0.0)
    assert cache.fresh("DVLA", "A1", 1.0)
    cache.keep("DVLA", no_answer("C1", "DVLA", Outcome.NOT_FOUND, NOW, NOW), 2.0)
    assert cache.fresh("DVLA", "A1", 3.0)
    assert cache.fresh("DVLA", "B1", 3.0) is None
