from dataclasses import dataclass
from pathlib import Path

import pytest

from anpr.config.file import load_settings, read_toml, settings_of
from anpr.config.settings import setting
from anpr.errors import ConfigError


@dataclass(frozen=True)
class Row:
    kind: str = setting(choices=("Left", "Right"))
    file: Path | None = setting(None)


@dataclass(frozen=True)
class Made:
    share: float = setting(0.5, least=0, most=1)
    row: tuple[Row, ...] = setting((), least=1)


def test_whole_numbers_choices_and_paths_are_taken_as_they_are_meant(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text('share = 1\n[[row]]\nkind = "LEFT"\nfile = "b.pem"\n[[row]]\nkind = "right"\nfile = ""\n')
    made = load_settings(Made, path)
    assert made == Made(1.0, (Row("Left", tmp_path / "b.pem"), Row("Right")))
    assert type(made.share) is float


def test_a_key_that_must_be_given_is_named_with_its_table() -> None:
    with pytest.raises(ConfigError) as caught:
        settings_of(Made, {"row": [{"kind": "left"}, {}]}, Path("a.toml"))
    assert str(caught.value) == "a.toml: '[[row]] kind' of table 2 is missing: add it"


def test_the_line_of_a_mistake_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    for text, place in (("a = 1\nb = ", "line 2"), ("a = 1\n\nb c", "line 3, column 3"), ("a = 1\na = 2", "line 2")):
        path.write_text(text)
        with pytest.raises(ConfigError, match=f"the rules {path}, {place}.* is not valid TOML"):
            read_toml(path, "rules")
