from pathlib import Path

import pytest

from anpr.config.car import ScreenConfig
from anpr.errors import ConfigError
from anpr.screen.driving import MPH_IN_MPS, DrivingLimits
from anpr.screen.pages import static_files
from anpr.screen.rules import load_screen_rules, screen_rules


def test_the_defaults_are_complete() -> None:
    config = screen_rules()
    assert config.driving.speed_mps == pytest.approx(5 * MPH_IN_MPS)
    assert config.probability_words[0][0] == 0.99
    assert {m.code for m in config.markers} >= {"FI", "WE", "XP", "VI", "DR", "ES", "SU", "MN", "AT", "CO", "IS"}


def test_every_configured_symbol_is_drawn() -> None:
    config = screen_rules()
    files = static_files(config)
    names = {rule.symbol for rule in config.orders if rule.symbol} | {rule.symbol for rule in config.markers}
    names |= {f"shape-{rule.shape}" for rule in config.orders if rule.shape} | {
        "fault",
        "marker",
        "towards",
        "away",
        "steady",
        "unknown",
    }
    assert not {name for name in names if f"/symbols/{name}.svg" not in files}


def test_changes_replace_and_texts_merge() -> None:
    changes = {"mutable_below": 50, "texts": {"acknowledge": "Got it"}, "driving": {"standing_after_s": 9}}
    config = screen_rules(changes, section=ScreenConfig(moving_mph=10.0, unlock_s=60.0, theme="night"))
    assert config.mutable_below == 50
    assert config.texts["acknowledge"] == "Got it"
    assert config.texts["no_action"] == "No action"
    assert config.driving == DrivingLimits(10 * MPH_IN_MPS, 2.0, 9.0)
    assert (config.passenger_s, config.theme) == (60.0, "night")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"colour": 1}, ["'colour' is unknown", "Known here: urgent_priority"]),
        ({"passenger_s": 9}, ["'passenger_s' is unknown"]),
        ({"mutable_below": 101}, ["'mutable_below' must be a whole number from 0 to 100, found 101"]),
        ({"mutable_below": True}, ["'mutable_below' must be a whole number", "found true"]),
        ({"orders": []}, ["'orders' must have at least 1 table: add [[orders]]"]),
        ({"orders": 3}, ["'orders' is a list of tables: write each as [[orders]]"]),
        ({"orders": [{"name": "x", "shape": "star"}]}, ["'[[orders]] shape' must be", '"octagon"', "found 'star'"]),
        ({"orders": [{"symbol": "x"}]}, ["'[[orders]] name' is missing"]),
        ({"orders": [{"name": "x", "sound": "siren"}]}, ["'[[orders]] sound' must be", '"urgent"', "found 'siren'"]),
        ({"orders": [{"name": "x", "colour": "red"}]}, ["'[[orders]] colour' must be a colour like #1a2b3c"]),
        (
            {"orders": [{"name": "x", "action": ["stop"]}]},
            ["last row of '[[orders]]' must fit every entry", "found 'x'"],
        ),
        (
            {"orders": [{"name": "x", "label": "X"}]},
            ["last row of '[[orders]]'", "symbol, shape, label and instruction"],
        ),
        ({"texts": "x"}, ["'texts' must be a table of texts", "found 'x'"]),
        ({"texts": {"aknowledge": "x"}}, ["'[texts] aknowledge' is unknown", "acknowledge"]),
        ({"texts": {"acknowledge": 3}}, ["'[texts] acknowledge' must be a text", "found 3"]),
        ({"driving": {"speed_mph": 3}}, ["'[driving] speed_mph' is unknown"]),
        ({"stop_questions": [{"key": "a", "label": "b", "kind": "number"}]}, ["'[[stop_questions]] kind' must be"]),
        (
            {"stop_questions": [{"key": "a", "label": "b", "kind": "choice"}]},
            ["'[[stop_questions]] choices'", "missing"],
        ),
        ({"sounds_folder": "/no/such"}, ["'sounds_folder' must be the path of a folder that is there"]),
    ],
)
def test_mistakes_are_named(changes: dict[str, object], words: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        screen_rules(changes, file=Path("own.toml"))
    assert str(caught.value).startswith("own.toml: ")
    for word in words:
        assert word in str(caught.value)


def test_a_file_of_rules_is_named_by_the_car_and_its_paths_are_relative_to_it(tmp_path: Path) -> None:
    (tmp_path / "signs").mkdir()
    (tmp_path / "own.toml").write_text('symbols_folder = "signs"\n[[orders]]\nname = "all"\nsymbol = "stop"\nshape = "Circle"\n'
                                       'label = "Stop"\nfields = ["REASON"]\ninstruction = "Stop"\n')  # fmt: skip
    rules = load_screen_rules(ScreenConfig(rules=tmp_path / "own.toml"))
    assert rules.symbols_folder == tmp_path / "signs"
    assert [(one.symbol, one.shape, one.fields, one.fits_all) for one in rules.orders] == [
        ("stop", "circle", ("reason",), True)
    ]
    assert rules.markers == screen_rules().markers
    with pytest.raises(ConfigError, match=r"no file for '\[screen\] rules'"):
        load_screen_rules(ScreenConfig(rules=tmp_path / "none.toml"))


def test_a_folder_of_symbols_replaces_ours(tmp_path: Path) -> None:
    (tmp_path / "stop.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    files = static_files(screen_rules({"symbols_folder": str(tmp_path)}))
    assert files["/symbols/stop.svg"][0].startswith(b"<svg xmlns='http")


def test_no_two_markers_share_a_sign_or_letters() -> None:
    markers = screen_rules().markers
    files = static_files(screen_rules())
    drawn = [files[f"/symbols/{marker.symbol}.svg"][0] for marker in markers]
    assert len(set(drawn)) == len({marker.code for marker in markers}) == len(markers)
