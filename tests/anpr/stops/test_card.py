"""The values of a card."""

from anpr.stops.card import Condition, advice_bytes, advice_line, conditions_of
from tests.anpr.stops.made import card, question


def test_a_card_is_an_example_until_somebody_approved_it() -> None:
    assert card(question("a")).is_example
    assert not card('approved_by = "C. Inspector"\n' + question("a")).is_example


def test_the_length_of_advice_is_that_of_its_lines_in_bytes() -> None:
    text = "Côté"
    made = card(
        question("advice", "advice") + f'[[advice]]\nkey = "a"\ntext = "{text}"\n[[advice]]\nkey = "b"\ntext = "B"\n'
    )
    assert (
        made.advice_bytes
        == advice_bytes(text) + advice_bytes("B")
        == len((advice_line(text) + advice_line("B")).encode())
        == 13
    )


def test_conditions_say_which_questions_they_name() -> None:
    conditions = conditions_of({"a": "yes"}, {"b": "red|two words"})
    assert conditions.keys == ("a", "b")
    assert conditions.unless == (Condition("b", ("red", "two words")),)
