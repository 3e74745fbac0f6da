"""What a hit orders, and how it looks and sounds: the table of orders (`rules.toml`), asked for all entries of a vehicle.

Each row stands above what is less strict. The first row that fits any of the entries and gives a property gives it: so
an entry that says "do not stop" is not undone by one that says "stop", nor by what it is itself about.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from anpr.screen.port import ListedView
from anpr.screen.rules import MarkerRule, OrderRule, ScreenRules
from anpr.values import HotlistEntry

_LONGEST: Final = 2000
"""Characters of a field that are searched; what a list gives beyond is no order."""

_APOSTROPHES: Final = str.maketrans("", "", "'\u2019\u02bc`")


@dataclass(frozen=True, slots=True)
class Order:
    """How a hit is shown: symbol, shape, label, instruction, sound (empty: by list and priority) and colour.

    `by` is the entry that gives the instruction, `others` whether another entry of the vehicle asks for something else.
    `typed`: the doubtful characters are typed before it is confirmed. `colour` is #rgb or #rrggbb.
    """

    symbol: str
    shape: str
    label: str
    instruction: str
    sound: str
    colour: str
    by: ListedView
    others: bool
    typed: bool


def order_of(listed: tuple[ListedView, ...], rules: ScreenRules) -> Order:
    """Return what the entries of one vehicle order together; there is at least one, the most important first."""
    table = rules.orders
    fitting = [fitting_rules(one.entry, table, rules.markers) for one in listed]
    instructions = [_first(rows, _instruction) for rows in fitting]
    strictest = min(instructions, key=table.index)
    by = listed[instructions.index(strictest)]
    sign, about = _first_of_any(fitting, table, lambda row: row.symbol)
    return Order(
        symbol=sign.symbol,
        shape=_first_of_any(fitting, table, lambda row: row.shape)[0].shape,
        label=_first_of_any(fitting, table, lambda row: row.label)[0].label,
        instruction=strictest.instruction.replace("{action}", by.entry.action.strip()),
        sound=next((row.sound for row in table if row.sound and any(row in rows for rows in fitting)), ""),
        colour=next(
            (row.colour for row in table if row.colour and any(row in rows for rows in fitting)),
            listed[about].hotlist.colour,
        ),
        by=by,
        others=len({row.instruction for row in instructions}) > 1,
        typed=any(row.typed for rows in fitting for row in rows),
    )


@lru_cache(maxsize=1024)
def fitting_rules(
    entry: HotlistEntry, table: tuple[OrderRule, ...], markers: tuple[MarkerRule, ...]
) -> tuple[OrderRule, ...]:
    """Return the rows that fit the entry, the strictest first; the last row always does."""
    codes = frozenset(marker_codes(entry.markers, markers))
    return tuple(row for row in table if _fits(row, entry, codes))


def marker_codes(text: str, markers: tuple[MarkerRule, ...]) -> dict[str, MarkerRule | None]:
    """Return the warning markers of an entry in their order, each with its rule, None for one that is not known.

    Known ones are found by their code or their label. Of what is not known, short codes stand each for themselves and
    other words stay together as they came.

    >>> list(marker_codes("fi/VI, may be armed, ZZ", (MarkerRule("FI", "Firearms", "firearms"),)))
    ['FI', 'VI', 'MAY BE ARMED', 'ZZ']
    """
    known = {name: rule for rule in markers for name in (rule.code, rule.label.upper())}
    found: dict[str, MarkerRule | None] = {}
    for part in re.split(r"[,;/|+&\n]", text.upper()):
        words = part.split()
        if (rule := known.get(" ".join(words))) is not None:
            found.setdefault(rule.code, rule)
        elif all(word in known or len(word) <= _LONGEST_CODE for word in words):
            for word in words:
                rule = known.get(word)
                found.setdefault(rule.code if rule else word, rule)
        else:
            found.setdefault(" ".join(words), None)
    return found


_LONGEST_CODE: Final = 3
"""Letters of a marker's code; longer ones are words."""


def _fits(row: OrderRule, entry: HotlistEntry, codes: frozenset[str]) -> bool:
    if row.action and not _found(row.action, row.but_not, (entry.action,)):
        return False
    if row.markers and codes.isdisjoint(row.markers):
        return False
    return not row.words or _found(row.words, row.but_not, (str(getattr(entry, name)) for name in row.fields))


def _instruction(row: OrderRule) -> str:
    return row.instruction


def _first(rows: tuple[OrderRule, ...], given: Callable[[OrderRule], str]) -> OrderRule:
    return next(row for row in rows if given(row))


def _first_of_any(
    fitting: list[tuple[OrderRule, ...]], table: tuple[OrderRule, ...], given: Callable[[OrderRule], str]
) -> tuple[OrderRule, int]:
    """Return the strictest row of any entry that gives the property, and which entry it fits."""
    firsts = [_first(rows, given) for rows in fitting]
    strictest = min(firsts, key=table.index)
    return strictest, firsts.index(strictest)


def _found(words: tuple[str, ...], but_not: tuple[str, ...], texts: Iterable[str]) -> bool:
    pattern, cut = _pattern(words), _pattern(but_not)
    for text in texts:
        plain = _plain(text[:_LONGEST])
        if but_not:
            plain = cut.sub(" ", plain)
        if plain and pattern.search(plain):
            return True
    return False


@lru_cache(maxsize=256)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds any of these words as whole words; * lets letters follow, alone it finds anything."""
    plain = (_plain(word, keep="*").replace("*", r"\w*") for word in words)
    return re.compile("|".join(rf"(?<!\w){word}(?!\w)" for word in plain))


def _plain(text: str, keep: str = "") -> str:
    """Return the text in small letters, without apostrophes, with one space for anything that is no letter or digit."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_APOSTROPHES)
    return " ".join("".join(c if c.isalnum() or c in keep else " " for c in folded).split())
