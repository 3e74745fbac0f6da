"""Reads a TOML file of settings, the one way for all of them: the car's, the screen's rules, the back office's.

Every mistake is a ConfigError of one sentence that names the key as it stands in the file, with its table, or the file
and its line; it says what was expected and found, and what to do.
"""

import difflib
import re
import tomllib
import typing
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from anpr.address import HIDDEN, Address, Secret
from anpr.config.settings import RULE, Rule, expected_instead, fields_of, is_rows, shown, table_kind, without_none
from anpr.errors import ConfigError

T = TypeVar("T")


class SettingError(ConfigError):
    """A key or a table is wrong; `tables`, `row` (from 1; 0: no list of tables) and `key` (empty: the whole table) say where."""

    def __init__(self, words: str, tables: tuple[str, ...], row: int, key: str) -> None:
        super().__init__(words)
        self.tables, self.row, self.key = tables, row, key


_AT: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def read_toml(path: Path, what: str) -> dict[str, Any]:
    """Return the table of a UTF-8 TOML file; `what` is the file's purpose in a word or two. Raises ConfigError."""
    return toml_of(text_of(path, what), path, what)


def toml_of(text: str, path: Path, what: str) -> dict[str, Any]:
    """Return the table of a TOML text that was read from the file at `path`. Raises ConfigError."""
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ConfigError(f"the {what} {path} nests its values too deeply: correct it") from error
    except ValueError as error:  # TOMLDecodeError is one, and so is a number of too many digits
        trouble, line = str(error), ""
        place = _AT.search(trouble)
        if place is not None:
            number = place[1] or len(text.splitlines())
            trouble, line = trouble[: place.start()], f", line {number}" + (f", column {place[2]}" if place[2] else "")
        raise ConfigError(f"the {what} {path}{line} is not valid TOML ({trouble}): correct it") from error


def load_settings(kind: type[T], path: Path, what: str = "configuration") -> T:
    """Return the settings of a TOML file; raises ConfigError. Paths in it are relative to the file's folder."""
    return settings_of(kind, read_toml(path, what), path)


def settings_of(kind: type[T], table: Mapping[str, Any], path: Path, name: str = "") -> T:
    """Return the settings of a table that was read from the file at `path`; `name` is that of the table there."""
    return typing.cast("T", _Reader(path).table(kind, table, _Place((name,) if name else ())))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in a file: the tables down to here, and which of several rows."""

    tables: tuple[str, ...] = ()
    row: int = 0
    which: str = ""

    def key(self, name: str) -> str:
        """Return the key as it stands in the file, in quotes."""
        header = ".".join(self.tables)
        brackets = f"[[{header}]] " if self.row else f"[{header}] " if header else ""
        return f"'{brackets}{name}'{self.which}"

    def inner(self, name: str, *, row: int = 0, which: str = "") -> "_Place":
        """Return the place of a table in this one."""
        return _Place((*self.tables, name), row, which or self.which)


class _Reader:
    """Turns tables of one file into dataclasses."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def table(self, kind: type, table: Mapping[str, Any], place: _Place) -> Any:
        """Return the dataclass of a table."""
        known = {one.name: (one, hint) for one, hint in fields_of(kind)}
        for name in table:
            if name not in known:
                raise self._error(place, name, f"is unknown{_nearest(name, known)} Known here: {', '.join(known)}")
        values = {name: self._value(*known[name], value, place) for name, value in table.items()}
        for name, (one, _) in known.items():
            if name not in values and one.default is one.default_factory is MISSING:
                raise self._error(place, name, "is missing: add it")
        try:
            return kind(**values)
        except ConfigError as error:
            raise SettingError(f"{self._path}: {error}", place.tables, place.row, "") from error

    def _value(self, one: "Field[Any]", hint: Any, value: Any, place: _Place) -> Any:
        rule = one.metadata.get(RULE, Rule())
        inner = table_kind(hint)
        if inner is None:
            changed = _converted(hint, rule, value, self._path.parent)
        elif is_rows(hint):
            changed = self._rows(inner, rule, value, place, one.name)
        elif isinstance(value, Mapping):
            return self.table(inner, value, place.inner(one.name))
        else:
            raise self._error(place, one.name, f"is a table: write it as [{one.name}] with its keys below")
        expected = expected_instead(hint, rule, changed)
        if expected:
            found = HIDDEN if without_none(hint)[0] is Secret else shown(value)
            raise self._error(place, one.name, f"must be {expected}, found {found}: correct it")
        return changed

    def _rows(self, kind: type, rule: Rule, value: Any, place: _Place, name: str) -> tuple[Any, ...]:
        header = ".".join((*place.tables, name))
        if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
            raise self._error(place, name, f"is a list of tables: write each as [[{header}]]")
        if len(value) < rule.least:
            raise self._error(place, name, f"must have at least {rule.least:g} table: add [[{header}]]")
        return tuple(
            self.table(kind, row, place.inner(name, row=number, which=f" of table {number}" if len(value) > 1 else ""))
            for number, row in enumerate(value, 1)
        )

    def _error(self, place: _Place, name: str, trouble: str) -> SettingError:
        return SettingError(f"{self._path}: {place.key(name)} {trouble}", place.tables, place.row, name)


def _converted(hint: Any, rule: Rule, value: Any, folder: Path) -> Any:
    """Return the value as the field holds it; what cannot be converted comes back as it is."""
    kind, optional = without_none(hint)
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if kind is float and is_whole:
        return value if abs(value) > 2**1000 else float(value)
    if kind is str and rule.number_too and is_whole and value >= 0:
        return str(value)
    if typing.get_origin(kind) is tuple and isinstance(value, list):
        return tuple(_canonical(rule, item) for item in value)
    if kind is Path and isinstance(value, str):
        return None if not value and optional else folder / value
    if kind in {Address, Secret} and (isinstance(value, str) or (rule.number_too and is_whole and value >= 0)):
        return Secret(str(value)) if kind is Secret else Address(str(value)).beside(folder)
    return _canonical(rule, value)


def _canonical(rule: Rule, value: Any) -> Any:
    """Return the choice that a text means, whatever its case."""
    if rule.choices and isinstance(value, str):
        return next((choice for choice in rule.choices if choice.casefold() == value.casefold()), value)
    return value


def _nearest(name: str, known: Mapping[str, Any]) -> str:
    by_case = {other.casefold(): other for other in known}
    near = difflib.get_close_matches(name.casefold(), by_case, n=1, cutoff=0.0)
    return f": did you mean '{by_case[near[0]]}'?" if near else "."


def text_of(path: Path, what: str) -> str:
    """Return what a UTF-8 file holds. Raises ConfigError."""
    if path.is_dir():
        raise ConfigError(f"the {what} {path} is a folder: name a TOML file")
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(f"there is no {what} {path}: check the name, or write that file") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"the {what} {path} is not UTF-8 text (byte {error.start + 1}): save it as UTF-8") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(f"the {what} {path} cannot be read ({reason}): check the name and the rights") from error
