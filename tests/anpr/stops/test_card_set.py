"""The cards of a car, and the examples that ship."""

import shutil
import tomllib
from importlib import resources
from pathlib import Path

import pytest

from anpr.errors import ConfigError, InputError
from anpr.stops.card import Kind
from anpr.stops.card_set import FORM, card_for, card_named, read_cards, receipt_form, shipped
from tests.anpr.stops.made import HEAD, question

EXAMPLES = read_cards(shipped())


def test_the_examples_are_the_british_set_and_examples() -> None:
    assert [one.name for one in EXAMPLES] == [
        "drink_or_drugs", "information", "no_hit", "no_insurance", "no_tax_or_mot", "road_check", "stolen", "wanted_or_missing",
    ]  # fmt: skip
    assert all(one.is_example for one in EXAMPLES)
    for one in EXAMPLES:
        kinds = [asked.kind for asked in one.questions]
        assert {Kind.POWERS, Kind.GROUNDS, Kind.ADVICE} <= set(kinds), one.name
        assert one.do, one.name
        assert one.do_not, one.name
        assert any(asked.key == "outcome" and asked.required for asked in one.questions), one.name


def test_every_power_of_the_examples_names_the_public_text_that_gives_it() -> None:
    acts = (
        "Road Traffic Act 1988, ",
        "Police and Criminal Evidence Act 1984, ",
        "Misuse of Drugs Act 1971, ",
        "Vehicle Excise and Registration Act 1994, ",
    )
    for one in EXAMPLES:
        assert all(power.source.startswith(acts) and "section " in power.source for power in one.powers), one.name


def test_the_symbols_are_those_of_the_table_of_orders() -> None:
    rules = tomllib.loads((resources.files("anpr.screen") / "rules.toml").read_text("utf-8"))
    known = {row["symbol"] for row in rules["orders"] if "symbol" in row}
    assert {symbol for one in EXAMPLES for symbol in one.symbols} <= known


def test_the_receipt_names_questions_that_cards_ask() -> None:
    asked = {question.key for one in EXAMPLES for question in one.questions}
    assert set(receipt_form(shipped()).answers) <= asked


def test_a_stop_opens_one_card() -> None:
    assert card_for(EXAMPLES, "impersonates").name == "stolen"
    assert card_for(EXAMPLES, "a symbol of the force's own").name == "information"
    assert card_for(EXAMPLES, None).name == "no_hit"
    assert card_named(EXAMPLES, "missing").name == "wanted_or_missing"
    assert card_named(EXAMPLES, "road_check").name == "road_check"
    with pytest.raises(InputError, match="choose one of drink_or_drugs"):
        card_named(EXAMPLES, "nothing")


def folder_of(tmp_path: Path, **heads: str) -> Path:
    for name, head in heads.items():
        (tmp_path / f"{name}.toml").write_text(f'card = 1\ntitle = "T"\n{head}\n{question("a")}')
    return tmp_path


@pytest.mark.parametrize(
    ("heads", "words"),
    [
        ({"a": "without_hit = true"}, "none has 'otherwise = true'"),
        ({"a": "otherwise = true"}, "none has 'without_hit = true'"),
        ({"a": "otherwise = true\nwithout_hit = true", "b": "otherwise = true"}, "a and b have 'otherwise = true'"),
        (
            {"a": 'otherwise = true\nwithout_hit = true\nsymbols = ["x"]', "b": 'symbols = ["x"]'},
            "a and b are both for the symbol 'x'",
        ),
    ],
)
def test_cards_that_do_not_go_together_are_refused(tmp_path: Path, heads: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        read_cards(folder_of(tmp_path, **heads))


def test_a_folder_without_cards_and_one_with_a_broken_card_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="0 stop cards"):
        read_cards(tmp_path)
    with pytest.raises(ConfigError, match="there is no folder"):
        read_cards(tmp_path / "nowhere")
    shutil.copytree(shipped(), tmp_path / "own")
    (tmp_path / "own" / "broken.toml").write_text(HEAD + "[[question]]\n")
    with pytest.raises(ConfigError, match=r"broken\.toml, line 4"):
        read_cards(tmp_path / "own")


def test_a_form_with_texts_that_leave_no_room_is_refused(tmp_path: Path) -> None:
    (tmp_path / FORM).write_text(f'force = "F"\ncopy = "{"x" * 90}"\ncomplaints = "{"x" * 60}"\n')
    with pytest.raises(ConfigError, match="168 bytes together"):
        receipt_form(tmp_path)
