"""Settings as frozen dataclasses: what each may be stands in its field.

A field made with `setting` has its default, one line of documentation and its rule (limits, choices, …).
`anpr.config.file` reads such a dataclass from a TOML file; `require_valid` holds one that was made in the program to
the same rules.
"""

import dataclasses
import math
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from anpr.address import HIDDEN, Address, looks_like_address
from anpr.address import shown as shown_address
from anpr.errors import ConfigError

RULE: Final = "rule"
_LONGEST: Final = 60


@dataclass(frozen=True, slots=True)
class Rule:
    """What a setting may be.

    Numbers lie from `least` to `most` (above `least` with `above`) and are multiples of `multiple_of`; texts have `least`
    to `most` characters, tuples of tables so many rows. `choices` are compared without regard to case. `number_too` takes
    a whole number for a text or an address. `misfit` returns what was expected of a value that is of the right kind but still
    wrong, else nothing.
    """

    doc: str = ""
    least: float = -math.inf
    most: float = math.inf
    above: bool = False
    multiple_of: int = 0
    choices: tuple[str, ...] = ()
    number_too: bool = False
    misfit: Callable[[Any], str] | None = None


def setting(default: Any = dataclasses.MISSING, doc: str = "", **rule: Any) -> Any:
    """Return a dataclass field with its rule; without a default the key must be given."""
    return field(default=default, metadata={RULE: Rule(doc, **rule)})


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a dataclass of settings: the tables that lead to it, its name, its rule and its type."""

    tables: tuple[str, ...]
    name: str
    rule: Rule
    hint: Any


def keys_of(kind: type, tables: tuple[str, ...] = ()) -> Iterator[Key]:
    """Yield every key that a file of these settings may have, tables within tables and rows once each."""
    for one, hint in fields_of(kind):
        inner = table_kind(hint)
        if inner is not None:
            yield from keys_of(inner, (*tables, one.name))
        else:
            yield Key(tables, one.name, one.metadata.get(RULE, Rule()), hint)


def require_valid(settings: Any, naming: str) -> None:
    """Raise ConfigError unless every field keeps to its rule; `naming` has the key's place, as in `the setting {}`."""
    kind: Any = type(settings)
    for one, hint in fields_of(kind):
        rule = one.metadata.get(RULE)
        value = getattr(settings, one.name)
        expected = expected_instead(hint, rule, value) if rule is not None else ""
        if expected:
            raise ConfigError(f"{naming.format(one.name)} must be {expected}, found {shown(value)}: correct it")


@cache
def fields_of(kind: type) -> "tuple[tuple[dataclasses.Field[Any], Any], ...]":
    """Return the fields of a dataclass, each with its type."""
    hints = typing.get_type_hints(kind)
    return tuple((one, hints[one.name]) for one in dataclasses.fields(kind))


def without_none(hint: Any) -> tuple[Any, bool]:
    """Return the type without None, and whether None is allowed."""
    if isinstance(hint, types.UnionType):
        (kind,) = (part for part in typing.get_args(hint) if part is not types.NoneType)
        return kind, True
    return hint, False


def is_rows(hint: Any) -> bool:
    """Return whether the type is that of a list of tables."""
    return typing.get_origin(hint) is tuple and dataclasses.is_dataclass(typing.get_args(hint)[0])


def table_kind(hint: Any) -> type | None:
    """Return the dataclass of a table or of the rows of a list of tables, None for any other value."""
    kind = typing.get_args(hint)[0] if is_rows(hint) else hint
    return kind if isinstance(kind, type) and dataclasses.is_dataclass(kind) else None


def expected_instead(hint: Any, rule: Rule, value: Any) -> str:
    """Return in words what is expected of a value that does not fit, nothing when it fits."""
    kind, optional = without_none(hint)
    if (value is None and optional) or table_kind(hint) is not None:
        return ""
    if not _is_of_kind(kind, value):
        return _noun(kind, rule)
    items = value if isinstance(value, tuple) else (value,)
    if any(_has_control_characters(item) for item in items):
        return "a text without control characters"
    if not all(_is_within(rule, item) for item in items):
        return _noun(kind, rule)
    return rule.misfit(value) if rule.misfit else ""


def _is_of_kind(kind: Any, value: Any) -> bool:
    if typing.get_origin(kind) is tuple:
        return isinstance(value, tuple) and all(isinstance(item, str) for item in value)
    if typing.get_origin(kind) is not None:  # Mapping[str, str]
        return isinstance(value, Mapping) and all(isinstance(v, str) for pair in value.items() for v in pair)
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(_in_range(value))
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def _in_range(value: Any) -> float:
    """Return the number as a float holds it: a whole number may be too large for one."""
    return float(value) if isinstance(value, float) or abs(value) < 2**1000 else math.inf


def _is_within(rule: Rule, value: Any) -> bool:
    if isinstance(value, str | Address):
        if rule.choices:
            return value in rule.choices
        return rule.least <= len(value) <= rule.most
    if isinstance(value, bool) or not isinstance(value, int | float):
        return True
    is_above = value > rule.least if rule.above else value >= rule.least
    return is_above and value <= rule.most and (not rule.multiple_of or value % rule.multiple_of == 0)


def _has_control_characters(value: Any) -> bool:
    text = value.to_open() if isinstance(value, Address) else str(value)
    allowed = "\t\r\n" if isinstance(value, str) else ""
    return isinstance(value, str | Path | Address) and any(ord(c) < 32 and c not in allowed for c in text)


def _noun(kind: Any, rule: Rule) -> str:
    if rule.choices:
        one = " or ".join(f'"{choice}"' for choice in rule.choices)
        return f"a list of {one}" if typing.get_origin(kind) is tuple else one
    if kind is bool:
        return "true or false"
    if kind is int or kind is float:
        number = "a whole number" if kind is int else "a number"
        number = f"a multiple of {rule.multiple_of}" if rule.multiple_of else number
        return number + _limits(rule, "")
    if typing.get_origin(kind) is tuple:
        return f"a list of texts in quotes{_limits(rule, ' characters')}"
    if typing.get_origin(kind) is not None:
        return "a table of texts in quotes"
    return ("a path in quotes" if kind is Path else "a text in quotes") + _limits(rule, " characters")


def _limits(rule: Rule, unit: str) -> str:
    low, high = rule.least, rule.most
    if math.isinf(low) and math.isinf(high):
        return ""
    with_unit = " of" if unit else ""
    if math.isinf(high):
        return f"{with_unit} {'above' if rule.above else 'at least'} {low:g}{unit}"
    if rule.above:
        return f"{with_unit} above {low:g} and at most {high:.10g}{unit}"
    return f"{with_unit} {'' if unit else 'from '}{low:g} to {high:.10g}{unit}"


def shown(value: Any) -> str:
    """Return a value for a message, as TOML writes it, not too long, and without the secrets of an address."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "a table"
    if value is None:
        return "nothing"
    if isinstance(value, list | tuple):
        text = f"[{', '.join(shown(item) for item in value)}]"
    elif isinstance(value, str | Path | Address):
        # The text may be another key's address, put into the wrong line, or a whole key instead of its file's name.
        first, *more = str(value).splitlines() or [""]
        text = repr((shown_address(first) if looks_like_address(first) else first) + (HIDDEN if more else ""))
    else:
        text = str(value) if isinstance(value, float) or hasattr(value, "isoformat") else repr(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
