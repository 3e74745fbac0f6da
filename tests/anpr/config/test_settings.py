from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from anpr.config.settings import keys_of, require_valid, setting
from anpr.errors import ConfigError


@dataclass(frozen=True)
class Inner:
    share: float = setting(0.5, "a share", least=0, above=True, most=1)


@dataclass(frozen=True)
class Made:
    name: str = setting(least=1, most=4)
    width: int = setting(32, least=32, most=96, multiple_of=32)
    kind: str = setting("a", choices=("a", "b"))
    kinds: tuple[str, ...] = setting((), choices=("a", "b"))
    file: Path | None = setting(None)
    even: int = setting(2, misfit=lambda value: "an even number" if value % 2 else "")
    on: bool = setting(False)
    inner: Inner = field(default_factory=Inner)


def test_keys_are_walked_table_by_table() -> None:
    found = [(key.tables, key.name) for key in keys_of(Made)]
    assert found[:2] == [((), "name"), ((), "width")]
    assert found[-1] == (("inner",), "share")
    assert next(key for key in keys_of(Inner)).rule.doc == "a share"


def refusal(value: Made | Inner) -> str:
    """Return why a value is refused, nothing when it is valid."""
    try:
        require_valid(value, "the setting {}")
    except ConfigError as error:
        return str(error)
    return ""


def test_what_keeps_to_its_rules_is_valid() -> None:
    assert refusal(Made("x", 64, "b", ("a", "b"), Path("y"), 4, True)) == ""
    assert refusal(Inner(1)) == ""
    assert refusal(Made("x", 64, "b", ("a", "b"), Path("y"), 5, True)) != ""
    assert refusal(Inner(0)) != ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "the setting name must be a text in quotes of 1 to 4 characters, found ''"),
        ({"name": 3}, "a text in quotes of 1 to 4 characters, found 3"),
        ({"name": "\x00"}, "a text without control characters"),
        ({"width": 33}, "a multiple of 32 from 32 to 96, found 33"),
        ({"width": True}, "found true"),
        ({"width": None}, "found nothing"),
        ({"kind": "A"}, '"a" or "b", found \'A\''),
        ({"kinds": ("c",)}, 'a list of "a" or "b"'),
        ({"kinds": "a"}, 'a list of "a" or "b"'),
        ({"file": "x"}, "a path in quotes, found 'x'"),
        ({"even": 3}, "an even number, found 3"),
        ({"on": 1}, "true or false, found 1"),
        ({"name": "rtsp://patrol:hush@camera/x"}, "found 'rtsp://…@camera/x'"),
        ({"name": ["rtsp://patrol:hush@camera/x", 3]}, "found ['rtsp://…@camera/x', 3]"),
        ({"file": Path("-----BEGIN PRIVATE KEY-----\nhush")}, "found '-----BEGIN PRIVATE KEY-----…'"),
    ],
)
def test_what_does_not_is_named(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        require_valid(Made(**{"name": "x", **changes}), "the setting {}")
    assert words in str(caught.value)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("share", [0, 1.1, float("nan"), float("inf"), 10**400, "0.5"])
def test_numbers_that_are_none_or_too_large(share: Any) -> None:
    with pytest.raises(ConfigError, match="a number above 0 and at most 1"):
        require_valid(Inner(share), "{}")
