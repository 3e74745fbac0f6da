"""A shift of 24 seconds for real: engine, camera, GPS and Chromium; and what the command says."""

import json
import subprocess
import sys
from typing import Any

import pytest

from benchmarks.shift import play


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.alone
def test_a_short_shift_says_nothing_wrong_and_swallows_nothing() -> None:
    # a process of its own: this one may have a browser open already
    command = [sys.executable, "-m", "benchmarks.shift.play", "--shortest"]
    for _ in range(2):  # a machine with other work paints late once; what the product says wrongly it says again
        played = subprocess.run(command, capture_output=True, text=True, timeout=140, check=False)
        section = json.loads(played.stdout)
        if not (section["wrong_list"] or section["swallowed_list"] or section["unread_list"]):
            break
    assert (section["wrong_list"], section["swallowed_list"], section["unread_list"]) == ([], [], [])
    assert section["statements"] > 100
    assert {"mark", "time", "picture", "state", "health", "count", "history"} <= section["by_kind"].keys()


@pytest.mark.parametrize(("errors", "code"), [([], 0), (["shift: wrong is 1, the floor is 0"], 1)])
def test_the_exit_code_says_whether_a_floor_was_missed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], errors: list[str], code: int
) -> None:
    asked: list[float] = []

    def played(script: Any, **_: Any) -> dict[str, Any]:
        asked.append(script.length_s)
        return {"errors": errors}

    monkeypatch.setattr(play, "play", played)
    monkeypatch.setattr(sys, "argv", ["play", "--quick"])
    assert play.main() == code
    assert json.loads(capsys.readouterr().out) == {"errors": errors}
    assert asked == [720.0]
