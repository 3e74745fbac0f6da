"""Cards are taken whole or refused in one sentence with their line."""

import os
import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anpr.errors import ConfigError
from anpr.stops.card import MOST_ADVICE_BYTES, Kind
from anpr.stops.card_file import LARGEST, MOST_QUESTIONS, MOST_TABLES, card_of, read_card
from tests.anpr.stops.made import HEAD, PATH, card, card_tables, question, table

COLOURS = question("colour", "choice", choices=["red", "blue"])


def refusal(text: str) -> tuple[int, str]:
    """The line and the words with which a card is refused."""
    with pytest.raises(ConfigError) as caught:
        card_of(text, PATH)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert len(sentence) < 1000
    found = re.search(r"line (\d+)", sentence)
    assert found, sentence
    return int(found[1]), sentence


def refused(text: str) -> tuple[int, str]:
    """The same for what follows the head of a card; lines count from the first of `text`."""
    line, words = refusal(HEAD + text)
    return line - HEAD.count("\n"), words


LOOP = question("a", when={"b": "yes"}) + question("b", when={"c": "yes"}) + question("c", when={"a": "yes"})


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (LOOP, 5, "'a' and 'b' and 'c' wait for each other"),
        (question("a", unless={"a": "no"}), 1, "'a' waits for itself"),
        (question("a", when={"b": "yes"}) + question("b"), 5, "asked after it: move 'b' up"),
        (question("a", when={"b": "yes"}), 5, "which no question is called"),
        (COLOURS + question("a", when={"colour": "green"}), 10, "cannot be answered with 'green': its answers are red, blue"),
        (question("n", "number") + question("a", when={"n": "3"}), 9, "not known beforehand"),
        ("".join(question(f"q{n}") for n in range(61)), 60 * 4 + 1, "61 entries, and 60 may be"),
        (question("a") + "[[question]]\nkey = \"b\"\nlabel = \"B\"\nkind = \"text\"\ncolor = 1\n", 9, "did you mean"),
        (question("a") + "[other]\nx = 1\n", 5, "is unknown"),
        (question("a") + "[[question]]\nkey = \"b\"\nkind = \"text\"\n", 5, "label' of table 2 is missing"),
        (question("a", "txet"), 4, "found 'txet'"),
        (question("A"), 2, "small letters"),
        (question("a", help="<b>now</b>"), 5, "markup"),
        (question("a", help="see [this](there)"), 5, "markup"),
        (question("a", help="a &amp; b"), 5, "markup"),
        (question("a", help="a\u202eb"), 5, "U+202E"),
        (question("a", help="a\u200bb"), 5, "U+200B"),
        (question("a") + '[[do]]\ntext = "a\\u0007"\n', 6, "U+0007"),
        (question("a") + '[[do]]\ntext = """a\nb"""\n', 6, "U+000A"),
        (question("a", help=" a"), 5, "begins or ends with a space"),
        (question("a", help="x" * 401), 5, "400 characters"),
        (question("a") + question("a"), 6, "two questions are called 'a'"),
        (question("a_surname", "text") + question("a", "person", details=["surname"]), 6, "two questions are called 'a_surname'"),
        (question("a", choices=["x", "y"]), 5, "does not go with kind = \"yes_no\""),
        (question("a", "text", up_to=2), 5, "does not go with"),
        (question("a", "choice"), 1, "fewer than two choices"),
        (question("a", "choice", choices=["x", "X"]), 5, "twice"),
        (question("a", "choice", choices=["x", "not given"]), 5, "cannot be told from"),
        (question("a", "choice", choices=["x", "y|z"]), 5, "cannot be told from"),
        (question("a", "choice", choices=[str(n) for n in range(41)]), 5, "41 choices"),
        (question("a", "person"), 1, "has no details"),
        (question("a", "text", least=5, most=4), 5, "more than its 'most'"),
        (question("a", "text", most=0), 5, "no character"),
        (question("a", "powers"), 4, "add [[power]]"),
        ('grounds = ["Seen."]\n' + question("a"), 1, "never asked for"),
        (question("a") + table("advice", {"key": "x", "text": "X"}), 5, "never asked for"),
        (question("a", "grounds") + question("b", "grounds"), 8, "two questions are of kind"),
        (question("a", "advice") + table("advice", {"key": "x", "text": "X"}) * 2, 9, "called 'x'"),
        (question("a") + table("do", {"text": "X", "when": {"b": "yes"}}), 7, "which no question is called"),
        (question("a") + "x = [\n", 5, "not valid TOML"),
        (question("a", help="x" * 1001), 5, "1,010 characters, and 1,000 may be"),
        (question("a", "person", details=["surname"], up_to=9), 6, "from 1 to 8"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, words: str) -> None:
    found, sentence = refused(text)
    assert words in sentence
    assert found == line, sentence


def test_advice_of_more_than_a_code_holds_is_refused_where_it_passes() -> None:
    piece = [table("advice", {"key": f"a{n}", "text": "é" * 160}) for n in range(4)]
    fits = question("a", "advice") + "".join(piece[:3])
    assert card(fits).advice_bytes == 969 < MOST_ADVICE_BYTES
    assert refused(fits + table("advice", {"key": "b", "text": "x" * 29}))[0] == 16
    assert card(fits + table("advice", {"key": "b", "text": "x" * 28})).advice_bytes == MOST_ADVICE_BYTES


def test_ten_thousand_questions_are_refused_and_cost_little(tmp_path: Path) -> None:
    assert "10,000 entries" in refusal("question = [" + "{},\n" * 10_000 + "]\n" + HEAD)[1]
    file = tmp_path / "large.toml"
    file.write_text(HEAD + "".join(question(f"q{n}") for n in range(10_000)))
    with pytest.raises(ConfigError, match=rf"line \d+ passes the {LARGEST:,}"):
        read_card(file)
    persons = "".join(
        question(f"q{n}", "person", up_to=8, details=["surname", "sex", "address"]) for n in range(MOST_TABLES)
    )
    assert f"more than {MOST_QUESTIONS} questions" in refused(persons)[1]


def test_a_card_that_nothing_opens_and_one_of_another_language_are_refused() -> None:
    assert "say what opens it" in refusal('card = 1\ntitle = "T"\n' + question("a"))[1]
    line, words = refusal('title = "T"\nby_hand = true\ncard = 2\n' + question("a"))
    assert line == 3
    assert "version of the language" in words


def test_what_is_no_file_of_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    for name, words in (("binary.toml", "not UTF-8"), ("nothing.toml", "there is no"), ("", "is a folder")):
        with pytest.raises(ConfigError, match=words):
            read_card(tmp_path / name)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.toml")
        with pytest.raises(ConfigError, match="is no file"):
            read_card(tmp_path / "pipe.toml")


@pytest.mark.parametrize(
    "text",
    [
        ("a = " + "[" * 900 + "\n") * 60, "".join(f"{'a.' * 480}b{at} = 1\n" for at in range(60)), "[" + "a." * 480 + "b]\n" + "k=1\n" * 9000,
        "card = 1e999\n", "question = 3\n", "card = true\n", f"title = {'9' * 990}\n", "question = [1]\n", "a = " + "{a=" * 200 + "1" + "}" * 200,
    ],
)  # fmt: skip
def test_deep_long_and_odd_toml_is_refused_at_once(text: str) -> None:
    before = time.process_time()
    with pytest.raises(ConfigError):
        card_of(text, PATH)
    assert time.process_time() - before < 2


@settings(max_examples=25)
@given(card_tables())
def test_a_card_in_order_is_taken_with_its_questions_in_order(rows: list[dict[str, object]]) -> None:
    made = card("".join(table("question", row) for row in rows))
    order = [one.row for one in made.questions]
    assert order == sorted(order)
    assert set(order) == set(range(1, len(rows) + 1))
    for one in made.questions:
        assert one.kind is not Kind.PERSON
        before = {other.key for other in made.questions[: made.questions.index(one)]}
        assert set(one.conditions.keys) <= before


@settings(max_examples=25)
@given(card_tables(), st.data())
def test_a_field_that_is_not_of_the_language_is_found_on_its_line(
    rows: list[dict[str, object]], data: st.DataObject
) -> None:
    lines = (HEAD + "".join(table("question", row) for row in rows)).splitlines()
    at = data.draw(st.integers(0, len(lines)))
    lines.insert(at, "unheard_of = 1")
    line, words = refusal("\n".join(lines))
    assert line == at + 1
    assert "unheard_of" in words


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(("when", "unless"))), min_size=5, max_size=5))
def test_conditions_that_go_round_or_ahead_are_refused_and_no_others(names: list[tuple[int, str]]) -> None:
    text = ""
    for at, (other, place) in enumerate(names):
        condition: dict[str, Any] = {place: {f"q{other}": "yes"}} if at or other else {}
        text += question(f"q{at}", **condition)
    in_order = all(other < at for at, (other, _) in enumerate(names) if at or other)
    if in_order:
        assert len(card(text).questions) == 5
    else:
        assert re.search(r"wait|asked after it", refused(text)[1])


@settings(max_examples=60)
@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from((
    "[[question]]", "[question]", "[[advice]]", 'key = "a"', 'kind = "text"', "when = {}", "when = { a = 1 }", "card = 1", '"" = 1', "choices = [[]]",
    "question = []", "least = nan", "most = inf", 'when.a = "yes"', "details = [1]", "required = 1979-05-27", "[question.when]",
)), max_size=12).map("\n".join)))  # fmt: skip
def test_whatever_a_file_holds_it_is_a_card_or_one_sentence(text: str) -> None:
    said = ""
    try:
        card_of(text, PATH)
    except ConfigError as error:
        said = str(error)
    assert "\n" not in said
    assert not said or PATH.name in said
