"""Every key of `rules.toml` changes something on the screen; a new key without a row in `SEEN` fails."""

import dataclasses
import json
import tomllib
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anpr.config.file import load_settings
from anpr.config.settings import keys_of
from anpr.errors import ConfigError
from anpr.screen.driving import DrivingRule
from anpr.screen.pages import static_files
from anpr.screen.rules import RulesFile, ScreenRules, screen_rules
from anpr.screen.server import ScreenServer
from anpr.screen.wire import alert_json, list_json, marker_signs, sound_of
from tests.anpr.screen.client import Client
from tests.anpr.screen.desk import MemoryDesk

Serve = Callable[..., ScreenServer]
SHIPPED = Path(str(resources.files("anpr.screen").joinpath("rules.toml")))


def alert_of(priority: int = 60) -> Any:
    desk = MemoryDesk()
    alert = desk.alerts[desk.hit("AB51CDE", "Local VOI", make="MERCEDES-BENZ", reason="stolen")]
    listed = tuple(dataclasses.replace(one, hotlist=dataclasses.replace(one.hotlist, sound="")) for one in alert.listed)
    return dataclasses.replace(alert, priority=priority, listed=listed), desk.cameras


def shown(name: str) -> Callable[[ScreenRules], Any]:
    def look(rules: ScreenRules) -> Any:
        alert, cameras = alert_of()
        return alert_json(alert, rules, cameras)[name]

    return look


def sound(priority: int) -> Callable[[ScreenRules], Any]:
    return lambda rules: sound_of(alert_of(priority)[0], rules)


def moved(speeds_mps: tuple[float, ...]) -> Callable[[ScreenRules], Any]:
    """Observe what the driving rule says at the end of so many seconds."""

    def look(rules: ScreenRules) -> Any:
        rule = DrivingRule(rules.driving)
        return [rule.update(speed, True, float(second)) for second, speed in enumerate(speeds_mps)]

    return look


def files(rules: ScreenRules) -> Any:
    return {path: content for path, (content, _) in static_files(rules).items()}


def mutable(rules: ScreenRules) -> Any:
    desk = MemoryDesk()
    return [list_json(one, desk.state().lists, rules)["mutable"] for one in desk.state().lists]


STOOD: Final = (0.0,) * 6
SET_OFF: Final = (*STOOD, *(20.0,) * 6)
ORDER: Final = {"name": "any", "symbol": "stop", "shape": "circle", "label": "Any", "instruction": "Any"}
WORDS: Final = [{"at_least": 0.0, "words": "Maybe"}]
QUESTION: Final = {"key": "a", "label": "A", "kind": "choice", "choices": ["x"], "required": True}

SEEN: Final[dict[str, tuple[Any, Callable[[ScreenRules], Any]]]] = {
    "urgent_priority": (60, sound(65)),
    "alert_priority": (70, sound(60)),
    "mutable_below": (0, mutable),
    "short_characters": (3, shown("short")),
    "driving.moving_after_s": ({"moving_after_s": 4.0}, moved(SET_OFF)),
    "driving.standing_after_s": ({"standing_after_s": 5.0}, moved(STOOD)),
    "orders": ([ORDER], shown("instruction")),
    "markers": ([{"code": "FI", "label": "Guns", "symbol": "firearms"}], lambda rules: marker_signs("FI", rules)),
    "probability_words": (WORDS, shown("words")),
    "symbols_folder": ("signs", files),
    "sounds_folder": ("sounds", files),
}
OF_THE_PAGE: Final[dict[str, Any]] = {
    "uncertain_below": 0.8,
    "engine_silent_s": 4.0,
    "stop_questions": [QUESTION],
    "texts": {"acknowledge": "Got it"},
    "reasons": ["Crime"],
}
OF_THE_SERVER: Final[dict[str, Any]] = {
    "idle_lock_s": 60.0,
    "tablet_idle_lock_s": 90.0,
    "session_s": 600.0,
    "sightings_shown": 1,
}


def test_every_key_is_observed() -> None:
    named = {(*key.tables, key.name) for key in keys_of(RulesFile)}
    keys = {
        ".".join(name) if name[0] == "driving" else name[0] for name in named
    }  # rows of a list are shown as a whole
    assert keys == SEEN.keys() | OF_THE_PAGE.keys() | OF_THE_SERVER.keys()


def test_the_shipped_file_has_every_key_but_the_folders() -> None:
    names = {one.name for one in dataclasses.fields(RulesFile)} - {"symbols_folder", "sounds_folder"}
    assert set(tomllib.loads(SHIPPED.read_text(encoding="utf-8"))) == names
    assert "symbols_folder" in SHIPPED.read_text(encoding="utf-8")
    assert load_settings(RulesFile, SHIPPED).driving.moving_after_s == 2.0


@pytest.mark.parametrize("key", SEEN)
def test_a_key_changes_what_is_shown(key: str, tmp_path: Path) -> None:
    value, look = SEEN[key]
    (tmp_path / "signs").mkdir()
    (tmp_path / "signs" / "stop.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (tmp_path / "sounds").mkdir()
    (tmp_path / "sounds" / "alert.wav").write_bytes(files(screen_rules())["/sounds/note.wav"])
    before = look(screen_rules())
    assert look(screen_rules()) == before
    assert look(screen_rules({key.partition(".")[0]: value}, file=tmp_path / "own.toml")) != before


@pytest.mark.parametrize("key", OF_THE_PAGE)
def test_a_key_of_the_page_is_told_to_it(key: str, serve: Serve) -> None:
    changes: tuple[dict[str, Any], ...] = ({}, {key: OF_THE_PAGE[key]})
    told = [Client(serve(change).address).http.get("/api/session").json()[key] for change in changes]
    assert told[0] != told[1]


def test_the_times_of_a_session_are_those_of_the_rules(serve: Serve) -> None:
    plain, changed = (serve(change) for change in ({}, OF_THE_SERVER))
    ends = [next(iter(Client(server.address).http.cookies.jar)).expires or 0 for server in (plain, changed)]
    assert ends[0] - ends[1] > 20_000
    assert changed._sessions._idle_s == {True: 90.0, False: 60.0}
    assert plain._sessions._idle_s.keys() == {True, False}
    assert not set(plain._sessions._idle_s.values()) & {90.0, 60.0}


def test_so_many_sightings_are_shown_as_the_rules_say(serve: Serve, desk: MemoryDesk) -> None:
    for vrm in ("AB51CDE", "AB51CDF", "AB51CDG"):
        desk.sight(vrm)
    counts = []
    for change in ({}, {"sightings_shown": 1}):
        with Client(serve(change).address).feed() as feed:
            message: dict[str, Any] = {}
            while "sightings" not in message:
                message = json.loads(feed.recv(timeout=10))
            counts.append(len(message["sightings"]))
    assert counts[0] > counts[1] == 1


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["symbol", "code", "words", "x"]), inner)
    ),
    max_leaves=4,
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(key=st.sampled_from([one.name for one in dataclasses.fields(RulesFile)]), value=VALUES)
def test_whatever_a_key_is_set_to_is_taken_or_an_error_that_names_it(key: str, value: Any) -> None:
    trouble = ""
    try:
        screen_rules({key: value}, file=Path("own.toml"))
    except ConfigError as error:
        trouble = str(error)
    assert not trouble or key in trouble
