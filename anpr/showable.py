"""Texts that people type and lists bring: what of them may be recorded, and how they are written where a program reads along.

What is recorded is refused when it holds characters that no screen can show as they are. What stands in a list already, or
comes from elsewhere, is shown with such characters made visible: a terminal would obey an escape sequence, and a spreadsheet
would calculate a cell.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

from anpr.errors import InputError

_NO_TEXT: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Kinds of characters that no keyboard gives: control characters, halves of pairs, breaks of lines. Those that turn a text round may be
recorded: screens show them as what they are (`anpr.screen.wire.plain`)."""

_OBEYED: Final = {
    number: f"\\u{number:04x}" for number in (*range(0x20), *range(0x7F, 0xA0)) if chr(number) not in "\t\n"
}
"""Control characters of ISO 6429, which terminals act upon, each as JSON would escape it."""

_CALCULATED: Final = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is a formula to spreadsheets (OWASP, CSV injection)."""


def is_showable(text: str) -> bool:
    r"""Return whether every character of a text is one that people can see, or a space.

    >>> is_showable("tow bar, red"), is_showable("tow\x1b[2Jbar"), is_showable("\ud800")
    (True, False, False)
    """
    return (text.isascii() and text.isprintable()) or not any(_is_hidden(character) for character in text)


def require_showable(what: str, text: str) -> str:
    """Return the text. Raises InputError, which names `what`, when it cannot be shown as it is."""
    if not is_showable(text):
        raise InputError(f"{what} holds characters that cannot be shown: type it again without them")
    return text


def require_all_showable(value: object) -> None:
    """Raise InputError when any text within JSON, names of fields included, cannot be shown as it is."""
    for name, text in _texts(value):
        require_showable(name, text)


def harmless(text: str) -> str:
    r"""Return a text in which a terminal finds nothing to obey: escape sequences are shown.

    >>> harmless("A\x1b[2J")
    'A\\u001b[2J'
    """
    return text.translate(_OBEYED)


def as_cell(text: str) -> str:
    """Return a text as a cell of a CSV file that no spreadsheet calculates: with an apostrophe before it, as people type it.

    >>> as_cell("=1+1"), as_cell("'=1"), as_cell("FORD")
    ("'=1+1", "''=1", 'FORD')
    """
    return f"'{text}" if text.lstrip("'").startswith(_CALCULATED) else text


def of_cell(cell: str) -> str:
    """Return the text of a cell that `as_cell` gave, any other cell as it is."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_CALCULATED) else cell


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in _NO_TEXT


def _texts(value: object) -> Iterator[tuple[str, str]]:
    """Yield the texts within JSON, each with the name of the field that it is in."""
    waiting: list[tuple[str, object]] = [("the request", value)]
    while waiting:
        name, one = waiting.pop()
        if isinstance(one, str):
            yield name, one
        elif isinstance(one, Mapping):
            for key, inner in one.items():
                yield "a field's name", str(key)
                waiting.append((str(key), inner))
        elif isinstance(one, list):
            waiting.extend((name, inner) for inner in one)
