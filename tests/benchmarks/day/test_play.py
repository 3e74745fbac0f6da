"""A short day for real: engine, camera, receiver, disk and lists; and what its report says."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from anpr.errors import Failure
from benchmarks.day import play
from benchmarks.day.judge import Judge
from benchmarks.day.play import COUNTS, day_section, namespace
from benchmarks.day.script import Event, Planned

SOON = frozenset(("faults_untold", "faults_left_standing", "other"))
"""What goes by when something was told or came: beside other tests a machine may be too slow for that. `anpr bench day` on a quiet
machine judges these too."""


def test_a_short_day_loses_nothing_and_goes_on_reading() -> None:
    played = day_section(seed=5, events=4, brief=True)
    assert {name: played[name] for name in COUNTS if name not in SOON} == {"records_lost": 0, "reading_stopped": 0}
    # memory levels off in the hours of a whole day, which judges its growth: a short one only sees how it fills
    errors = [one for one in played["errors"] if "memory grew" not in one]
    assert len(errors) <= sum(played[name] for name in SOON)
    assert len(played["events"]) == 4
    assert sum(bool(one["told"]) for one in played["events"]) >= 2
    rows = {row["measure"]: row["value"] for row in played["rows"]}
    assert rows["sightings told"] >= 3
    assert rows["starts of the engine"] >= 2
    skipped = {one["event"] for one in played["events"] if one["skipped"]}
    assert skipped <= {Event.RECORDS_DAMAGED, *(() if namespace() else (Event.DISK_FULL, Event.DISK_LOW))}


class Played:
    """What `section` wants of a day."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.passes, self.now_s, self.awake_s, self.late_steps = 3, 7200.0, 600.0, 0
        self.disk = type("Disk", (), {"is_own": True})()


def test_each_failure_is_told_with_its_seed_and_growth_of_memory_is_one() -> None:
    judge = Judge(0)
    judge.begin(Planned(0, Event.KILL, 5.0, 0.0, 0.5), 5.0)
    judge.fail("records_lost", 5.0, "sighting AB12CDE")
    judge.memory_mb = [(1, "json", 100.0 + 10 * n) for n in range(20)]
    section = play.section(Played(judge), 42, 1)  # type: ignore[arg-type]
    assert section["records_lost"] == 1
    assert section["errors"][0] == "day, seed 42, 1 events: records_lost at 5.0 s: sighting AB12CDE"
    assert "memory grew by" in section["errors"][1]
    assert [one["event"] for one in section["events"]] == ["engine killed"]


def test_an_engine_that_does_not_start_is_told_in_its_own_words(tmp_path: Path) -> None:
    (tmp_path / "full").write_text("a file where the folder should be")
    with pytest.raises(Failure, match="could not be played"):
        day_section(seed=1, events=1, keep=tmp_path / "full")


@pytest.mark.parametrize(("errors", "code"), [([], 0), (["records_lost"], 1)])
def test_the_exit_code_says_whether_anything_was_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], errors: list[str], code: int
) -> None:
    asked: list[tuple[int, int, bool]] = []

    def played(seed: int, events: int, *, brief: bool, **_: Any) -> dict[str, Any]:
        asked.append((seed, events, brief))
        return {"errors": errors}

    monkeypatch.setattr(play, "play", played)
    monkeypatch.setattr(sys, "argv", ["play", "--seed", "5", "--events", "7", "--brief"])
    assert play.main() == code
    assert json.loads(capsys.readouterr().out) == {"errors": errors}
    assert asked == [(5, 7, True)]
