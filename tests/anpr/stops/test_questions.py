"""From tables to questions: persons and how many of them."""

from anpr.stops.card import Condition, Kind
from anpr.stops.questions import counter
from tests.anpr.stops.made import card, question


def test_a_person_becomes_their_details_in_one_order() -> None:
    made = card(question("driver", "person", required=True, details=["licence", "surname"], details_if_known=["phone"]))
    assert [(one.key, one.kind, one.required, one.may_decline) for one in made.questions] == [
        ("driver_surname", Kind.TEXT, True, True),
        ("driver_phone", Kind.TEXT, False, True),
        ("driver_licence", Kind.LICENCE, True, True),
    ]
    assert {one.person for one in made.questions} == {"driver"}


def test_several_persons_are_a_number_and_each_of_them() -> None:
    made = card(
        question("any")
        + question("passenger", "person", required=True, up_to=2, details=["surname"], when={"any": "yes"})
    )
    asked, count, first, second = made.questions
    assert asked.key == "any"
    assert (count.key, count.choices, count.required) == (counter("passenger"), ("0", "1", "2"), True)
    assert first.conditions.when == (Condition("any", ("yes",)), Condition("passenger_count", ("1", "2")))
    assert second.conditions.when[1].answers == ("2",)
    assert second.person == "passenger_2"


def test_choices_come_from_where_they_stand() -> None:
    made = card(
        'grounds = ["Seen."]\n' + question("done", "enquiry") + question("why", "grounds") + question("by", "powers")
        + '[[power]]\nkey = "stop"\ntext = "Stop"\nsource = "An Act, section 1"\n'
    )  # fmt: skip
    assert [one.choices for one in made.questions] == [("done", "not possible"), ("Seen.",), ("stop",)]
