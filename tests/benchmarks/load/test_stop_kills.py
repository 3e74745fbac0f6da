"""A few kills of the program that keeps a stop; the command does two hundred."""

from pathlib import Path

from anpr.stops.field_texts import Turn
from benchmarks.load.stop_kills import Killed, _Ledger, kill_stops


def test_no_character_that_was_shown_as_kept_is_lost(tmp_path: Path) -> None:
    found = kill_stops(tmp_path, 2, seed=3)
    assert found.is_sound
    assert found.kept > 2


def test_a_text_that_is_gone_is_counted() -> None:
    ledger = _Ledger({("incident", 1): "12/34", ("incident", 2): "5"})
    turns = {"incident": (Turn(1, "a", "a", "12/3", 4), Turn(2, "b", "b", "5", 1))}
    assert ledger.lost(turns, {}) == 5
    assert ledger.lost(turns, {("incident", 1): {"12/3"}}) == 0
    assert ledger.lost({}, {}) == 6
    assert not Killed(2, 9, 0, 20, 1, "ok").is_sound
    assert not Killed(2, 1, 0, 20, 0, "ok").is_sound
    assert Killed(2, 9, 0, 20, 0, "ok").is_sound
