import dataclasses
import re
from pathlib import Path

import pytest

from anpr.config import CameraConfig, PatrolConfig, load_config
from anpr.errors import ConfigError

SHIPPED = Path(__file__).parents[2] / "patrol.toml"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "car.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_file_states_the_defaults() -> None:
    assert dataclasses.replace(load_config(SHIPPED), folder=Path()) == PatrolConfig()


def test_every_field_is_documented_in_the_shipped_file() -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    for section in (f for f in dataclasses.fields(PatrolConfig) if f.name != "folder"):
        part = re.search(rf"^\[+{section.name}\]+.*?(?=^\[|\Z)", text, re.MULTILINE | re.DOTALL)
        assert part, section.name
        kind = CameraConfig if section.name == "camera" else type(getattr(PatrolConfig(), section.name))
        for field in dataclasses.fields(kind):
            assert re.search(rf"^{field.name} = ", part.group(), re.MULTILINE), f"{section.name}.{field.name}"


def test_two_cameras(tmp_path: Path) -> None:
    config = load_config(
        written(tmp_path, '[[camera]]\nid="front"\nsource=0\n[[camera]]\nid="rear"\nsource="rtsp://x"\n')
    )
    assert [(c.id, c.source) for c in config.camera] == [("front", "0"), ("rear", "rtsp://x")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[budget]\ngrab_to_allert_ms = 100", ["budget.grab_to_allert_ms", "did you mean 'grab_to_alert_ms'"]),
        ("[bugdet]\n", ["'bugdet'", "did you mean 'budget'"]),
        ("[gps]\nbaud = 'fast'", ["gps.baud", "a whole number", "'fast'"]),
        ("[gps]\nstale_after_s = -1", ["gps.stale_after_s", "0.1"]),
        ("[gps]\nenabled = 1", ["gps.enabled", "true or false"]),
        ("[perception]\nreader = 'tesseract'", ["perception.reader", "patrol, easyocr"]),
        ("[[camera]]\nid='a'\n[[camera]]\nid='a'", ["same id"]),
        ("[camera]\nid='a'", ["[[camera]]"]),
        ("gps = 3", ["[gps]"]),
        ("[gps\n", ["not valid TOML"]),
        ("[[camera]]\nwidht = 4", ["camera[0].widht", "width"]),
    ],
)
def test_mistakes_are_named_in_one_sentence(tmp_path: Path, text: str, words: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(written(tmp_path, text))
    for word in words:
        assert word in str(caught.value)


def test_a_missing_file_and_one_that_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no configuration file"):
        load_config(tmp_path / "none.toml")
    (tmp_path / "car.toml").write_bytes(b"\xff\xfe\x00[")
    with pytest.raises(ConfigError, match="UTF-8"):
        load_config(tmp_path / "car.toml")
