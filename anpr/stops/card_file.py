"""Reads a stop card, or refuses it in one sentence with its line.

A card is written by people and shown to officers as it stands: a slip must be found when it is written, not at the roadside, and
a file that means harm must cost nothing but its refusal.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from anpr.config.file import SettingError, settings_of, text_of, toml_of
from anpr.errors import ConfigError
from anpr.stops.card import (
    DECIDING,
    MOST_ADVICE_BYTES,
    NOT_GIVEN,
    SEVERAL,
    Action,
    Advice,
    Card,
    CardTable,
    Condition,
    Conditions,
    Kind,
    Power,
    Question,
    QuestionTable,
    advice_bytes,
    conditions_of,
)
from anpr.stops.questions import questions_of
from anpr.stops.toml_lines import line_of

WHAT: Final = "stop card"

LARGEST: Final = 64 * 1024
"""Bytes of a card's file; the largest that ships has a fifth of it."""

LONGEST_LINE: Final = 1000
"""Characters of a line: no text of a card needs more, and a dotted name of 60,000 keeps `tomllib` busy for half a minute."""

MOST_TABLES: Final = 60
"""Tables of one kind on a card."""

MOST_QUESTIONS: Final = 150
"""Questions of a card, each detail of each person counted."""

MOST_CHOICES: Final = 40

_MARKUP: Final = re.compile(r"[<>`]|&#?\w+;|\]\(|\{\{|\$\{")
"""What HTML, Markdown and templates begin with: no page obeys it, and no officer should read it."""

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Kinds of characters that show nothing or turn a text round."""


def read_card(path: Path) -> Card:
    """Return the card of a file; its name is the file's. Raises ConfigError, one sentence with the file and the line."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise ConfigError(f"the {WHAT} {path} is no file: name a TOML file")
    if path.is_file() and (size := path.stat().st_size) > LARGEST:
        with path.open("rb") as file:
            line = file.read(LARGEST).count(b"\n") + 1
        raise ConfigError(
            f"the {WHAT} {path} has {size:,} bytes, and line {line} passes the {LARGEST:,} that a card may have: shorten it"
        )
    return card_of(text_of(path, WHAT), path)


def card_of(text: str, path: Path) -> Card:
    """Return the card that a text is; `path` is named when it is refused, by ConfigError."""
    return _Loader(text, path).card()


class _Loader:
    """Reads one file."""

    def __init__(self, text: str, path: Path) -> None:
        self._text = text
        self._path = path

    def card(self) -> Card:
        """Return the card."""
        self._require_short_lines()
        content = toml_of(self._text, self._path, WHAT)
        self._require_size(content)
        self._require_texts(content)
        try:
            table = settings_of(CardTable, content, self._path)
        except SettingError as error:
            words = str(error).removeprefix(f"{self._path}: ")
            raise self._refused(error.tables, error.row, error.key, words) from error
        for row, question in enumerate(table.question, 1):
            self._require_form(question, row)
        questions = tuple(itertools.islice(questions_of(table), MOST_QUESTIONS + 1))
        self._require_keys(table, questions)
        self._require_order(questions)
        self._require_conditions(table, questions)
        self._require_offers(table)
        return Card(
            name=self._path.stem,
            title=table.title,
            approved_by=table.approved_by,
            symbols=table.symbols,
            without_hit=table.without_hit,
            otherwise=table.otherwise,
            tell_grounds=table.tell_grounds,
            do=tuple(Action(one.text, conditions_of(one.when, one.unless)) for one in table.do),
            do_not=tuple(Action(one.text, conditions_of(one.when, one.unless)) for one in table.do_not),
            powers=tuple(
                Power(one.key, one.text, one.source, conditions_of(one.when, one.unless)) for one in table.power
            ),
            advice=tuple(Advice(one.key, one.text, conditions_of(one.when, one.unless)) for one in table.advice),
            questions=questions,
        )

    def _require_short_lines(self) -> None:
        for number, line in enumerate(self._text.split("\n"), 1):
            if len(line) > LONGEST_LINE:
                raise ConfigError(
                    f"{self._path}, line {number}: the line has {len(line):,} characters, and {LONGEST_LINE:,} may be: break it"
                )

    def _require_size(self, content: Mapping[str, Any]) -> None:
        for name, value in content.items():
            if isinstance(value, list) and len(value) > MOST_TABLES:
                row = MOST_TABLES + 1
                raise self._refused(
                    (name,),
                    row,
                    "",
                    f"{_shown(name)} has {len(value):,} entries, and {MOST_TABLES} may be: leave some out",
                )

    def _require_texts(self, content: Mapping[str, Any]) -> None:
        for tables, row, key, text in _texts(content):
            unseen = next((c for c in text if unicodedata.category(c) in _UNSEEN), None)
            if unseen is not None:
                raise self._refused(
                    tables,
                    row,
                    key,
                    f"{_shown(key)} holds a character that cannot be seen (U+{ord(unseen):04X}): type it again without it",
                )
            markup = _MARKUP.search(text)
            if markup is not None:
                raise self._refused(
                    tables, row, key, f"{_shown(key)} holds markup ({_shown(markup[0])}): write plain words"
                )
            if text != text.strip():
                raise self._refused(tables, row, key, f"{_shown(key)} begins or ends with a space: take it away")

    def _require_form(self, one: QuestionTable, row: int) -> None:
        """Refuse what does not go with the question's kind."""
        kind = Kind(one.kind)
        takes = {
            "choices": kind in (Kind.CHOICE, Kind.CHOICES, Kind.ENQUIRY),
            "least": kind in (Kind.TEXT, Kind.NUMBER),
            "most": kind in (Kind.TEXT, Kind.NUMBER),
            "details": kind is Kind.PERSON,
            "details_if_known": kind is Kind.PERSON,
            "may_decline": kind is not Kind.PERSON,
        }
        for name, allowed in takes.items():
            if getattr(one, name) not in (None, (), False) and not allowed:
                raise self._question(row, name, f"'{name}' does not go with kind = \"{kind}\": take it away")
        if one.up_to > 1 and kind is not Kind.PERSON:
            raise self._question(row, "up_to", f"'up_to' does not go with kind = \"{kind}\": take it away")
        self._require_choices(one, kind, row)
        if kind is Kind.PERSON and not (one.details or one.details_if_known):
            raise self._question(row, "details", f"{one.key!r} has no details: name what is asked of the person")
        self._require_distinct((*one.details, *one.details_if_known), row, "details")
        if one.least is not None and one.most is not None and one.least > one.most:
            raise self._question(row, "least", f"'least' of {one.key!r} is more than its 'most': correct one of them")
        if kind is Kind.TEXT and ((one.least or 0) < 0 or (one.most is not None and one.most < 1)):
            raise self._question(
                row, "most", f"a text of {one.key!r} could have no character: correct 'least' and 'most'"
            )

    def _require_choices(self, one: QuestionTable, kind: Kind, row: int) -> None:
        if kind in (Kind.CHOICE, Kind.CHOICES) and len(one.choices) < 2:
            raise self._question(row, "choices", f"{one.key!r} has fewer than two choices: name what may be answered")
        if len(one.choices) > MOST_CHOICES:
            raise self._question(
                row, "choices", f"{one.key!r} has {len(one.choices)} choices, and {MOST_CHOICES} may be: leave some out"
            )
        self._require_distinct(one.choices, row, "choices")
        for choice in one.choices:
            if SEVERAL in choice or choice.casefold() == NOT_GIVEN:
                words = f"the choice {choice!r} cannot be told from {SEVERAL!r} or {NOT_GIVEN!r}: word it otherwise"
                raise self._question(row, "choices", words)

    def _require_distinct(self, names: tuple[str, ...], row: int, key: str) -> None:
        folded = [name.casefold() for name in names]
        twice = next((name for name, fold in zip(names, folded, strict=True) if folded.count(fold) > 1), None)
        if twice is not None:
            raise self._question(row, key, f"{_shown(twice)} stands twice in '{key}': take one away")

    def _require_keys(self, table: CardTable, questions: tuple[Question, ...]) -> None:
        if len(questions) > MOST_QUESTIONS:
            raise self._question(
                questions[-1].row,
                "",
                f"the card asks more than {MOST_QUESTIONS} questions, each detail of each person counted: leave some out",
            )
        known: dict[str, int] = {}
        for one in questions:
            if one.key in known:
                raise self._question(one.row, "key", f"two questions are called {one.key!r}: give one another key")
            known[one.key] = one.row
        for name, keys in (("power", [one.key for one in table.power]), ("advice", [one.key for one in table.advice])):
            for row, key in enumerate(keys, 1):
                if key in keys[: row - 1]:
                    raise self._refused(
                        (name,), row, "key", f"two tables [[{name}]] are called {key!r}: give one another key"
                    )

    def _require_order(self, questions: tuple[Question, ...]) -> None:
        """Refuse conditions that wait for each other, and those that wait for what is asked later."""
        by_key = {one.key: one for one in questions}
        circle = _circle({one.key: [key for key in one.conditions.keys if key in by_key] for one in questions})
        if circle:
            names = " and ".join(repr(key) for key in circle)
            words = (
                f"{names} waits for itself" if len(circle) == 1 else f"the conditions of {names} wait for each other"
            )
            raise self._question(by_key[circle[0]].row, "when", f"{words}: take a condition away")
        before: set[str] = set()
        for one in questions:
            for key in one.conditions.keys:
                if key in by_key and key not in before:
                    raise self._question(
                        one.row,
                        _place_of(one.conditions, key),
                        f"the condition of {one.key!r} names {key!r}, which is asked after it: move {key!r} up",
                    )
            before.add(one.key)

    def _require_conditions(self, table: CardTable, questions: tuple[Question, ...]) -> None:
        by_key = {one.key: one for one in questions}
        waiting: list[tuple[str, int, Conditions]] = [("question", one.row, one.conditions) for one in questions]
        for name in ("do", "do_not", "power", "advice"):
            waiting += [
                (name, row, conditions_of(one.when, one.unless)) for row, one in enumerate(getattr(table, name), 1)
            ]
        for name, row, conditions in waiting:
            for place, several in (("when", conditions.when), ("unless", conditions.unless)):
                for one in several:
                    trouble = _trouble(one, by_key)
                    if trouble:
                        raise self._refused((name,), row, place, trouble)

    def _require_offers(self, table: CardTable) -> None:
        """Refuse what is offered and never asked for, the other way round, and more advice than a code holds."""
        for kind, name, offered in (
            (Kind.POWERS, "power", table.power),
            (Kind.GROUNDS, "grounds", table.grounds),
            (Kind.ADVICE, "advice", table.advice),
        ):
            rows = [row for row, one in enumerate(table.question, 1) if one.kind == kind]
            if len(rows) > 1:
                raise self._question(rows[1], "kind", f'two questions are of kind "{kind}": take one away')
            if offered and not rows:
                raise self._refused(
                    (name,) if name != "grounds" else (),
                    0,
                    "" if name != "grounds" else name,
                    f"'{name}' is never asked for: add a question of kind = \"{kind}\"",
                )
            if rows and not offered and kind is not Kind.GROUNDS:
                raise self._question(rows[0], "kind", f"there is nothing to choose from: add [[{name}]] tables")
        length = 0
        for row, one in enumerate(table.advice, 1):
            length += advice_bytes(one.text)
            if length > MOST_ADVICE_BYTES:
                raise self._refused(
                    ("advice",),
                    row,
                    "text",
                    f"the card's advice passes {MOST_ADVICE_BYTES:,} bytes here, and a code of more cannot be read from the screen: shorten it",
                )

    def _question(self, row: int, key: str, words: str) -> ConfigError:
        return self._refused(("question",), row, key, words)

    def _refused(self, tables: tuple[str, ...], row: int, key: str, words: str) -> ConfigError:
        return ConfigError(f"{self._path}, line {line_of(self._text, tables, row, key)}: {words}")


def _texts(content: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], int, str, str]]:
    """Yield every text of a file, names included, with its table, its row and its key."""
    waiting: list[tuple[tuple[str, ...], int, str, object]] = [((), 0, "", content)]
    while waiting:
        tables, row, key, value = waiting.pop()
        if isinstance(value, str):
            yield tables, row, key, value
        elif isinstance(value, Mapping):
            for name, inner in value.items():
                yield tables, row, key or name, name
                waiting.append((tables, row, key or name, inner))
        elif isinstance(value, list):
            is_rows = not tables and all(isinstance(inner, Mapping) for inner in value)
            for number, inner in enumerate(value, 1):
                waiting.append(((key,), number, "", inner) if is_rows else (tables, row, key, inner))


def _trouble(one: Condition, by_key: Mapping[str, Question]) -> str:
    """Return what is wrong with a condition, nothing when it can hold."""
    asked = by_key.get(one.key)
    if asked is None:
        return f"the condition names {_shown(one.key)}, which no question is called: correct it"
    if asked.kind not in DECIDING:
        return f"the condition names {one.key!r}, whose answers are not known beforehand: name a question with choices"
    answers = (*asked.choices, *((NOT_GIVEN,) if asked.may_decline else ()))
    wrong = next((answer for answer in one.answers if answer not in answers), None)
    if wrong is not None:
        return f"{one.key!r} cannot be answered with {_shown(wrong)}: its answers are {', '.join(answers)}"
    return ""


def _place_of(conditions: Conditions, key: str) -> str:
    return "when" if any(one.key == key for one in conditions.when) else "unless"


def _circle(names: Mapping[str, list[str]]) -> tuple[str, ...]:
    """Return keys that each wait for the next and the last for the first; nothing when none do."""
    done: set[str] = set()
    for start in names:
        path: list[str] = []
        waiting: list[tuple[str, Iterator[str]]] = []
        if start not in done:
            path, waiting = [start], [(start, iter(names[start]))]
        while waiting:
            key, others = waiting[-1]
            other = next(others, None)
            if other is None:
                waiting.pop()
                path.pop()
                done.add(key)
            elif other in path:
                return tuple(path[path.index(other) :])
            elif other not in done:
                path.append(other)
                waiting.append((other, iter(names[other])))
    return ()


def _shown(text: str) -> str:
    """Return a text of the file for a message: visible and short."""
    shown = ascii(text)
    return shown if len(shown) <= 60 else f"{shown[:59]}…"
