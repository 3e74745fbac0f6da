"""How far a stop is: rules that hold for every card and whatever was answered."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anpr.errors import InputError
from anpr.stops.card import NOT_GIVEN, Card
from anpr.stops.card_set import read_cards, shipped
from anpr.stops.progress import Answer, accepted, progress
from tests.anpr.stops.made import TODAY, answers_to, card, cards, question, right_answer, table

EXAMPLES = {one.name: one for one in read_cards(shipped())}


@st.composite
def cards_with_answers(draw: st.DrawFn) -> tuple[Card, dict[str, Answer]]:
    made = draw(cards())
    answered = draw(st.lists(st.sampled_from(made.questions), unique=True, max_size=12))
    return made, {one.key: draw(answers_to(one)) for one in answered}


@settings(max_examples=20)
@given(cards_with_answers(), st.data())
def test_every_answer_is_somewhere_and_the_order_of_answering_means_nothing(
    drawn: tuple[Card, dict[str, Answer]], data: st.DataObject
) -> None:
    made, answers = drawn
    found = progress(made, answers, TODAY)
    passed = {key for key, answer in answers.items() if not answer} - set(found.aside)
    parts = [set(found.values), set(found.wrong), set(found.aside), passed]
    assert set().union(*parts) == set(answers)
    assert sum(map(len, parts)) == len(answers)
    shuffled = data.draw(st.permutations(list(answers.items())))
    assert progress(made, dict(shuffled), TODAY).values == found.values
    assert list(found.asked) == [one for one in made.questions if one in found.asked]
    assert found.is_complete == (not found.missing and not found.wrong)
    assert set(found.missing) == {one.key for one in found.asked if one.required and one.key not in found.values}


@settings(max_examples=20)
@given(cards_with_answers())
def test_what_is_asked_depends_only_on_what_was_asked_before(drawn: tuple[Card, dict[str, Answer]]) -> None:
    made, answers = drawn
    whole = progress(made, answers, TODAY)
    for at, one in enumerate(made.questions):
        before = {other.key for other in made.questions[:at]}
        part = progress(made, {key: answer for key, answer in answers.items() if key in before}, TODAY)
        assert (one in part.asked) == (one in whole.asked)


@settings(max_examples=20)
@given(cards_with_answers())
def test_recorded_answers_are_accepted_again_as_they_are(drawn: tuple[Card, dict[str, Answer]]) -> None:
    made, answers = drawn
    found = progress(made, answers, TODAY)
    assert progress(made, found.values, TODAY).values == found.values


def walked(made: Card, at: int, answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """Answer what is asked next until nothing is."""
    given_: dict[str, Answer] = dict(answers)
    for _ in range(len(made.questions) + 1):
        found = progress(made, given_, TODAY)
        if found.next is None:
            assert found.is_complete
            return given_
        offered = {"powers": [one.key for one in found.powers], "advice": [one.key for one in found.advice]}.get(
            found.next.kind
        )
        given_[found.next.key] = (offered[at % len(offered)],) if offered else right_answer(found.next, at)
    raise AssertionError("asked without an end")


@settings(max_examples=20)
@given(cards(), st.integers(0, 3))
def test_whoever_answers_what_is_asked_comes_to_the_end(made: Card, at: int) -> None:
    assert progress(made, walked(made, at, {}), TODAY).next is None


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("at", range(6))
def test_every_example_is_walked_through(name: str, at: int) -> None:
    found = progress(EXAMPLES[name], walked(EXAMPLES[name], at, {}), TODAY)
    assert found.is_complete
    assert found.aside == ()


def test_what_was_typed_stands_aside_and_counts_again() -> None:
    made = card(question("keeper") + question("name", "text", required=True, when={"keeper": "no"}))
    typed: dict[str, Answer] = {"keeper": "no", "name": "Smith"}
    assert progress(made, typed, TODAY).values["name"] == "Smith"
    changed = progress(made, {**typed, "keeper": "yes"}, TODAY)
    assert (changed.aside, changed.is_complete, "name" in changed.values) == (("name",), True, False)
    assert progress(made, typed, TODAY).is_complete


def test_what_is_required_and_passed_over_is_asked_at_the_end() -> None:
    made = card(question("a", required=True) + question("b"))
    assert (one := progress(made, {"a": ""}, TODAY).next) is not None
    assert one.key == "b"
    passed = progress(made, {"a": "", "b": ""}, TODAY)
    assert passed.next is not None
    assert (passed.next.key, passed.missing, passed.is_complete) == ("a", ("a",), False)


def test_an_answer_that_is_wrong_is_said_and_kept_out() -> None:
    made = card(
        question("post", "postcode") + question("n", "number", least=0, most=5) + question("t", "text", least=2, most=3)
    )
    found = progress(made, {"post": "nowhere", "n": "1e9", "t": "long"}, TODAY)
    assert set(found.wrong) == {"post", "n", "t"}
    assert "0 to 5" in found.wrong["n"]
    assert not found.is_complete
    assert progress(made, {"n": "+4.50", "post": "sw1a1aa"}, TODAY).values == {"n": "4.5", "post": "SW1A 1AA"}


def test_a_person_may_say_nothing_where_the_card_lets_them() -> None:
    made = card(question("driver", "person", required=True, details=["surname", "licence"]))
    assert progress(made, {"driver_surname": NOT_GIVEN, "driver_licence": NOT_GIVEN}, TODAY).is_complete
    plain = card(question("why", "choice", choices=["a", "b"]))
    with pytest.raises(InputError):
        accepted(plain.questions[0], NOT_GIVEN, TODAY)


def test_a_licence_that_does_not_fit_its_holder_is_doubted_not_refused() -> None:
    made = card(question("driver", "person", details=["surname", "sex", "birth_date", "licence"]))
    fits: dict[str, Answer] = {
        "driver_surname": "Morgan",
        "driver_birth_date": "5/7/1964",
        "driver_licence": "MORGA 657054 SM9IJ",
    }
    assert progress(made, fits, TODAY).doubts == {}
    doubted = progress(made, {**fits, "driver_surname": "Smith", "driver_sex": "male"}, TODAY)
    assert "surname and the sex" in doubted.doubts["driver_licence"]
    assert doubted.values["driver_licence"] == "MORGA657054SM9IJ"


def test_powers_and_advice_are_offered_when_their_conditions_hold() -> None:
    made = card(
        question("searched") + question("by", "powers") + table("power", {"key": "search", "text": "Search", "when": {"searched": "yes"}})
        + table("do", {"text": "Look", "unless": {"searched": "yes"}})
    )  # fmt: skip
    before = progress(made, {"by": ("search",)}, TODAY)
    assert (before.powers, "by" in before.wrong, len(before.do)) == ((), True, 1)
    after = progress(made, {"searched": "yes", "by": ("search", "search")}, TODAY)
    assert (after.values["by"], after.do) == (("search",), ())
