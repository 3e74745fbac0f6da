"""Writes entries of `models/manifest.toml`; the format is described in anpr/perception/model_files.py."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

HEADER: Final = (
    "# The shipped models: what each takes and gives, how it was made and what was measured.\n"
    "# Written by `python -m models.train export`; the format is described in anpr/perception/model_files.py.\n"
)


def sha256_of(path: Path) -> str:
    """Return the file's SHA-256 in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _value(value: object) -> str:
    """Return a value in TOML; strings and lists of JSON are valid TOML but for the escape of DEL, which isn't used."""
    if isinstance(value, bool | int | str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    raise TypeError(f"{type(value).__name__} has no place in the manifest")


def _key(key: str) -> str:
    return key if key.replace("_", "").replace("-", "").isalnum() and key.isascii() else json.dumps(key)


def _table(name: str, table: Mapping[str, Any]) -> list[str]:
    lines = [f"[{name}]"]
    tables: list[str] = []
    for key, value in table.items():
        if isinstance(value, Mapping):
            tables += ["", *_table(f"{name}.{_key(key)}", value)]
        elif isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
            for item in value:
                tables += ["", "[" + _table(f"{name}.{_key(key)}", item)[0] + "]", *_table(name, item)[1:]]
        else:
            lines.append(f"{_key(key)} = {_value(value)}")
    return lines + tables


def read_manifest(path: Path) -> dict[str, Any]:
    """Return the manifest's tables, none when there is no file yet."""
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write_entry(path: Path, name: str, entry: Mapping[str, Any]) -> None:
    """Put the entry of one model into the manifest and leave the others as they are."""
    tables = read_manifest(path)
    tables[name] = dict(entry)
    text = HEADER
    for each in sorted(tables):
        text += "\n" + "\n".join(_table(each, tables[each])) + "\n"
    if tomllib.loads(text) != tables:
        raise ValueError(f"the entry of {name} cannot be written to {path} and read back the same")
    path.write_text(text, encoding="utf-8", newline="\n")
