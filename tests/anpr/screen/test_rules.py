from pathlib import Path

import pytest

from anpr.errors import ConfigError
from anpr.screen.driving import MPH_IN_MPS
from anpr.screen.pages import static_files
from anpr.screen.rules import screen_rules


def test_the_defaults_are_complete() -> None:
    config = screen_rules()
    assert config.driving.speed_mps == pytest.approx(5 * MPH_IN_MPS)
    assert config.probability_words[0][0] == 0.99
    assert {m.code for m in config.markers} >= {"FI", "WE", "XP", "VI", "DR", "ES", "SU", "MN", "AT", "CO", "IS"}


def test_every_configured_symbol_is_drawn() -> None:
    config = screen_rules()
    files = static_files(config)
    names = {rule.symbol for rule in config.symbols} | {rule.symbol for rule in config.markers}
    names |= {f"shape-{rule.shape}" for rule in config.symbols} | {
        "fault",
        "marker",
        "towards",
        "away",
        "steady",
        "unknown",
    }
    assert not {name for name in names if f"/symbols/{name}.svg" not in files}


def test_changes_replace_and_texts_merge() -> None:
    config = screen_rules({"mutable_below": 50, "texts": {"acknowledge": "Got it"}, "driving": {"speed_mph": 10}})
    assert config.mutable_below == 50
    assert config.texts["acknowledge"] == "Got it"
    assert config.texts["no_action"] == "No action"
    assert config.driving.moving_after_s == 2.0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"colour": 1}, r"screen\.colour is unknown"),
        ({"mutable_below": 101}, "mutable_below must be a number from 0 to 100, found 101"),
        ({"mutable_below": True}, "mutable_below must be a number"),
        ({"symbols": []}, "symbols must be a list"),
        ({"symbols": [{"symbol": "x", "shape": "star"}]}, "shape must be one of octagon"),
        ({"texts": "x"}, r"screen\.texts must be a table"),
        ({"driving": {"speed": 3}}, r"driving\.speed is unknown"),
        ({"stop_questions": [{"key": "a", "label": "b", "kind": "number"}]}, "kind must be one of"),
    ],
)
def test_mistakes_are_named(changes: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        screen_rules(changes)


def test_a_folder_of_symbols_replaces_ours(tmp_path: Path) -> None:
    (tmp_path / "stop.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    files = static_files(screen_rules({"symbols_folder": str(tmp_path)}))
    assert files["/symbols/stop.svg"][0].startswith(b"<svg xmlns='http")
