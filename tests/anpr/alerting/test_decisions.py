import itertools
from datetime import UTC, datetime

import pytest

from anpr.alerting.decisions import AGREEMENTS, Choice, Comparison, Decision, Look, is_mark, require_permitted
from anpr.errors import AccessDenied, InputError

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
LOOK = Look("v", "AB51CDE", "AB51CDE", NOW)
ALL = frozenset(AGREEMENTS)


def permitted(choice: Choice, read: str = "AB51CDE", listed: str = "AB51CDE") -> Decision:
    """Return the decision that may be taken; raises what `require_permitted` does."""
    require_permitted(choice, Comparison(read, listed))
    return choice.decision


def test_a_look_and_three_ticks_confirm_and_nothing_less_does() -> None:
    outcomes = {}
    for look in (None, LOOK):
        for count in range(len(AGREEMENTS) + 1):
            for ticks in map(frozenset, itertools.combinations(AGREEMENTS, count)):
                try:
                    outcomes[look, ticks] = permitted(Choice(Decision.CONFIRMED, ticks=ticks, look=look))
                except AccessDenied:
                    continue
    assert outcomes == {(LOOK, ALL): Decision.CONFIRMED}


def test_confirming_needs_a_look() -> None:
    with pytest.raises(AccessDenied, match="not on screen"):
        permitted(Choice(Decision.CONFIRMED, ticks=ALL))


@pytest.mark.parametrize("missing", AGREEMENTS)
def test_confirming_needs_each_tick(missing: str) -> None:
    with pytest.raises(AccessDenied, match=missing):
        permitted(Choice(Decision.CONFIRMED, ticks=ALL - {missing}, look=LOOK))


@pytest.mark.parametrize(("read", "listed"), [("AB51CDF", "AB51CDE"), ("AB51CDE", "AB51CDF")])
def test_another_reading_or_entry_needs_another_look(read: str, listed: str) -> None:
    with pytest.raises(AccessDenied, match="changed"):
        permitted(Choice(Decision.CONFIRMED, ticks=ALL, look=LOOK), read, listed)


@pytest.mark.parametrize("decision", [d for d in Decision if d is not Decision.CONFIRMED])
def test_other_decisions_need_no_look_and_confirming_does(decision: Decision) -> None:
    assert permitted(Choice(decision), read="XX99XXX") is decision
    with pytest.raises(AccessDenied):
        permitted(Choice(Decision.CONFIRMED), read="XX99XXX")


def test_long_notes_and_marks_are_refused() -> None:
    with pytest.raises(InputError, match="501"):
        permitted(Choice(Decision.NO_ACTION, note="x" * 501))
    with pytest.raises(InputError, match="17"):
        permitted(Choice(Decision.WRONG_PLATE, typed_vrm="x" * 17))


@pytest.mark.parametrize("given", [("vrm",), ("vrm", "make"), ("vrm", "colour")])
def test_what_the_list_does_not_give_needs_no_tick(given: tuple[str, ...]) -> None:
    now = Comparison("AB51CDE", "AB51CDE", given)
    require_permitted(Choice(Decision.CONFIRMED, ticks=frozenset(given), look=LOOK), now)
    for name in given:
        with pytest.raises(AccessDenied, match=name):
            require_permitted(Choice(Decision.CONFIRMED, ticks=frozenset(given) - {name}, look=LOOK), now)


def test_where_typing_is_needed_looking_and_ticking_do_not_confirm() -> None:
    now = Comparison("AB51CDE", "AB51CDF", typing=True)
    for typed in ("", "AB51CDE", "AB51CD"):
        look = Look("v", "AB51CDE", "AB51CDF", NOW, typed)
        with pytest.raises(AccessDenied, match="typed"):
            require_permitted(Choice(Decision.CONFIRMED, ticks=ALL, look=look), now)
    look = Look("v", "AB51CDE", "AB51CDF", NOW, "AB5ICDF")
    require_permitted(Choice(Decision.CONFIRMED, ticks=ALL, look=look), now)
    for decision in set(Decision) - {Decision.CONFIRMED}:  # only confirming needs it
        require_permitted(Choice(decision), now)


def test_a_typed_mark_is_the_listed_one_as_a_plate_shows_it() -> None:
    assert is_mark("EY19KBV", "EY19KBV")
    assert is_mark("EYI9KBV", "EY19KBV")
    assert is_mark("EY19KBV", "EY1?K*")
    assert not is_mark("EY19KBV", "EY1?K")
    assert not is_mark("EY19KBV", "EY19KBW")
    assert not is_mark("", "*")
    assert not is_mark("EY19KBV", ".......")
