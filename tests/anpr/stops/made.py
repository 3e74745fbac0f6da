"""Cards for tests: written by hand, and drawn by Hypothesis as a force might write them."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from hypothesis import strategies as st

from anpr.stops.card import DECIDING, DETAILS, MANY, NOT_GIVEN, Card, Kind, Question
from anpr.stops.card_file import card_of
from anpr.stops.progress import Answer

TODAY: Final = date(2026, 11, 29)

HEAD: Final = 'card = 1\ntitle = "Test"\nwithout_hit = true\n'

PATH: Final = Path("test.toml")


def card(text: str) -> Card:
    return card_of(HEAD + text, PATH)


def question(key: str, kind: str = "yes_no", **more: Any) -> str:
    return table("question", {"key": key, "label": key.title(), "kind": kind, **more})


def table(name: str, values: Mapping[str, Any]) -> str:
    return f"[[{name}]]\n" + "".join(f"{key} = {written(value)}\n" for key, value in values.items())


def written(value: Any) -> str:
    """A value as TOML writes it: strings and numbers are those of JSON."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {written(inner)}" for key, inner in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


_WORDS: Final = st.text(st.characters(codec="utf-8", categories=("L", "Nd")), min_size=1, max_size=12)
_CHOICES: Final = st.lists(
    st.sampled_from(("red", "green", "blue", "none", "two words")), min_size=2, max_size=4, unique=True
)


@st.composite
def card_tables(draw: st.DrawFn) -> list[dict[str, Any]]:
    """The questions of a card that is in order: every condition names what is asked before it."""
    rows: list[dict[str, Any]] = []
    deciding: list[tuple[str, list[str]]] = []
    for number in range(draw(st.integers(1, 8))):
        kind = draw(st.sampled_from([kind for kind in Kind if kind not in (Kind.POWERS, Kind.ADVICE)]))
        if kind is Kind.GROUNDS and any(row["kind"] == kind for row in rows):
            kind = Kind.TEXT
        row: dict[str, Any] = {
            "key": f"q{number}",
            "label": draw(_WORDS),
            "kind": str(kind),
            "required": draw(st.booleans()),
        }
        if kind in (Kind.CHOICE, Kind.CHOICES):
            row["choices"] = draw(_CHOICES)
        if kind is Kind.PERSON:
            row["details"] = draw(st.lists(st.sampled_from(tuple(DETAILS)), min_size=1, max_size=4, unique=True))
            row["up_to"] = draw(st.integers(1, 3))
        for place in draw(st.lists(st.sampled_from(("when", "unless")), unique=True)) if deciding else ():
            key, answers = draw(st.sampled_from(deciding))
            row[place] = {
                key: " | ".join(draw(st.lists(st.sampled_from(answers), min_size=1, max_size=2, unique=True)))
            }
        if kind in DECIDING:
            known = {Kind.YES_NO: ["yes", "no"], Kind.ENQUIRY: ["done", "not possible"]}
            deciding.append((row["key"], known.get(kind) or row["choices"]))
        rows.append(row)
    return rows


@st.composite
def cards(draw: st.DrawFn) -> Card:
    return card("".join(table("question", row) for row in draw(card_tables())))


RIGHT: Final[Mapping[Kind, str]] = {
    Kind.TEXT: "something",
    Kind.NUMBER: "3",
    Kind.DATE: "29/11/2026",
    Kind.VRM: "AB51 CDE",
    Kind.POSTCODE: "SW1A 1AA",
    Kind.BIRTH_DATE: "5/7/1964",
    Kind.LICENCE: "MORGA 657054 SM9IJ",
    Kind.ETHNICITY: "W1",
    Kind.GROUNDS: "What was seen.",
}


def right_answer(one: Question, at: int = 0) -> Answer:
    """An answer that is accepted, another for each number where there are several."""
    text = one.choices[at % len(one.choices)] if one.choices else RIGHT[one.kind]
    return (text,) if one.kind in MANY else text


def answers_to(one: Question) -> st.SearchStrategy[Answer]:
    """Right answers and wrong ones, passing over, and not given."""
    right: list[Answer] = [right_answer(one, at) for at in range(max(1, len(one.choices)))]
    return st.sampled_from([*right, "", NOT_GIVEN, "nonsense \x00", "x" * 3000, ("one", "two")])
