"""Small bugs in the text of string literals: statements of SQL, and names that programs compare."""

import re
from collections.abc import Iterator
from typing import Final

_SQL: Final = re.compile(r"\b(SELECT|UPDATE|DELETE FROM|INSERT|WHERE|ORDER BY|ON CONFLICT)\b")
_NAME: Final = re.compile(r"""(["'])[A-Za-z0-9_.:-]+\1""")
_SQL_BUGS: Final = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        (r" < ", " <= "),
        (r" >= ", " > "),
        (r" = ", " <> "),
        (r"\bAND\b", "OR"),
        (r"\bOR\b(?! IGNORE| REPLACE)", "AND"),
        (r"\bNOT IN\b", "IN"),
        (r"\bIS NULL\b", "IS NOT NULL"),
        (r" DESC\b", ""),
        (r"(?<=ORDER BY )([a-z_.]+)(?! DESC)\b", r"\1 DESC"),
        (r"\bLEFT JOIN\b", "JOIN"),
        (r"\bmax\(", "min("),
        (r"(?<==)excluded\.(\w+)", r"\1"),
        (r"\bDISTINCT ", ""),
        (r"'([a-z_]+)'", r"'\1_'"),
    )
)


def string_bugs(literal: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, replacement) in the source text of a literal; nothing for words made for people.

    >>> list(string_bugs('"covert"'))
    [(7, 7, '_')]
    """
    if _SQL.search(literal):
        for pattern, put in _SQL_BUGS:
            for match in pattern.finditer(literal):
                yield match.start(), match.end(), match.expand(put)
    elif _NAME.fullmatch(literal):
        yield len(literal) - 1, len(literal) - 1, "_"
