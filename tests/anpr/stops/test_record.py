import json

from anpr.stops.field_texts import Turn
from anpr.stops.progress import progress
from anpr.stops.record import FORMAT, addition, sha256_of, stop_record, text_of
from tests.anpr.stops.made import TODAY, card, question

CARD = card(
    question("searched", required=True)
    + question("name", "text", when={"searched": "yes"})
    + question("colour", "text")
)
TURNS = {
    "searched": (Turn(1, "a", "1234 A", "yes", 1), Turn(2, "b", "5678 B", "no", 1)),
    "name": (Turn(1, "a", "1234 A", "Kowalski", 2),),
    "colour": (Turn(1, "a", "1234 A", "red", 3), Turn(2, "b", "5678 B", "maroon", 9, aside=True)),
}


def test_a_record_holds_what_counts_and_beside_it_all_that_was_kept() -> None:
    reached = progress(CARD, {"searched": "no", "name": "Kowalski", "colour": "red"}, TODAY)
    record = stop_record(CARD, reached, TURNS, {"stop": 7, "vrm": "AB51CDE"})
    assert (record["format"], record["stop"], record["card"]["title"]) == (FORMAT, 7, "Test")
    assert {one["key"]: one["answer"] for one in record["answers"]} == {"searched": ["no"], "colour": ["red"]}
    assert {(one["key"], one["answer"][0], one["by"], one["why"]) for one in record["also_typed"]} == {
        ("searched", "yes", "1234 A", "another device's text"),
        ("name", "Kowalski", "1234 A", "not asked under these answers"),
        ("colour", "maroon", "5678 B", "another device's text"),
    }


def test_the_text_of_a_record_is_one_whatever_the_order_and_in_ascii() -> None:
    text = text_of({"b": "Ó Sé", "a": 1})
    assert text == text_of({"a": 1, "b": "Ó Sé"})
    assert text.isascii()
    assert json.loads(text) == {"a": 1, "b": "Ó Sé"}
    assert len(sha256_of(text)) == 64


def test_an_addition_belongs_to_one_record() -> None:
    assert addition("{}", "late", "1234 A", "now") != addition('{"a":1}', "late", "1234 A", "now")
    assert addition("{}", "late", "1234 A", "now").startswith(b"patrol-anpr addition to a stop\n{")
