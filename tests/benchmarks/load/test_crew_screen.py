"""The crew's screen beside a patrol: what is made up for it, what it sums up, and its exit code. The run needs Chromium."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from anpr.alerting.board import AlertBoard
from anpr.patrol.parts import Parts
from anpr.values import Alert
from benchmarks.load import crew_screen
from hotlists.store.store import HotlistStore


def test_each_made_up_alert_is_a_vehicle_of_its_own_and_is_announced() -> None:
    board, announced = AlertBoard(), cast(list[Alert], [])
    desk = SimpleNamespace(announce=announced.extend)
    parts = cast(Parts, SimpleNamespace(engine=SimpleNamespace(board=board), desk=desk))
    ids = [crew_screen._raise_one(parts, n) for n in range(10)]
    assert len(set(ids)) == 10
    assert [alert.alert_id for alert in announced] == ids
    assert sorted(alert.priority for alert in board.queue()) == sorted([20, 40, 70, 90, 95] * 2)
    assert {alert.repeats for alert in board.queue()} == {0}


def test_every_vehicle_of_the_clip_is_listed_without_a_window_for_repeats(tmp_path: Path) -> None:
    crew_screen._import_all_vehicles(tmp_path)
    truth = json.loads((crew_screen.DEMO / "truth.json").read_text(encoding="utf-8"))
    with HotlistStore(tmp_path / "hotlists.db") as store:
        stored = store.get("All vehicles")
        assert stored.current is not None
        assert {row[1] for row in store.rows(stored.current)} == {v["vrm"] for v in truth["vehicles"]}
        assert (stored.settings.priority, stored.settings.encounter_s) == (90, 0.0)


def test_times_are_summed_up_to_a_tenth_and_none_is_none() -> None:
    assert crew_screen._spread([]) == {"count": 0}
    assert crew_screen._spread([float(n) for n in range(101)]) == {"p50": 50.0, "p95": 95.0, "p99": 99.0, "count": 101}


@pytest.mark.parametrize(("missed", "code"), [([], 0), (["p99"], 1)])
@pytest.mark.parametrize(
    ("what", "words"),
    [("paint", ["--minutes", "2", "--view", "full"]), ("burst", ["--alerts", "7"]), ("shift", ["--hours", "1"])],
)
def test_the_exit_code_says_whether_a_floor_was_missed(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    what: str,
    words: list[str],
    missed: list[str],
    code: int,
) -> None:
    asked: list[tuple[Any, ...]] = []

    def told(*arguments: Any) -> dict[str, object]:
        asked.append(arguments)
        return {"missed": missed}

    monkeypatch.setattr(crew_screen, what, told)
    monkeypatch.setattr(sys, "argv", ["crew_screen", what, *words])
    assert crew_screen.main() == code
    assert json.loads(capsys.readouterr().out) == {"missed": missed}
    assert asked == [{"paint": (2.0, "full"), "burst": (7,), "shift": (1.0, 24.0)}[what]]
