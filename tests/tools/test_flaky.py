"""The search for tests that fail now and then: which are chosen, what is made of their rounds, that one is found."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from tools import flaky
from tools.flaky import ROOT, Found, chosen, rounds


def written(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_what_has_to_do_with_threads_times_or_kills_is_chosen_and_the_rest_is_not(tmp_path: Path) -> None:
    root = written(
        tmp_path,
        {
            "camera/capture.py": "import threading\n",
            "camera/frames.py": "from camera import capture\n",
            "camera/sums.py": "import math\n",
            "tests/server.py": "from socket import socket\n",
            "tests/car.py": "from tests import server\n",
            "tests/camera/test_direct.py": "def test() -> None:\n    import subprocess\n",
            "tests/camera/test_capture.py": "from camera.capture import CaptureThread\n",
            "tests/camera/test_frames.py": "from camera.frames import frames\n",
            "tests/camera/test_sums.py": "from camera import sums\n",
            "tests/camera/test_served.py": "from tests.car import Car\n",
        },
    )
    assert chosen(root) == [f"tests/camera/test_{name}.py" for name in ("capture", "direct", "served")]
    assert chosen(root, ["tests/camera/test_served.py"]) == ["tests/camera/test_served.py"]
    assert chosen(root, ["tests/cam"]) == []


def test_the_tests_that_anybody_would_name_are_among_the_chosen() -> None:
    named = {"tests/camera/test_capture.py", "tests/anpr/test_threads.py", "tests/benchmarks/load/test_record_kills.py"}
    assert named <= set(chosen())
    assert set(chosen(only=["tests/camera"])) < set(chosen())


def test_each_failure_is_named_with_its_rate() -> None:
    found = Found()
    found.take(
        "FAILED tests/a/test_b.py::test_c[1 - x] - assert 1 == 2\n=== 1 failed, 7 passed in 3.1s ===\n1 failed, 7 passed in 3.1s"
    )
    found.take("ERROR tests/a/test_b.py::test_d\n3 passed, 1 error in 2s")
    found.take("FAILED tests/a/test_b.py::test_d - OSError\n1 failed, 9 passed in 2s")
    assert (found.rounds, found.failed["tests/a/test_b.py::test_d"]) == (3, 2)
    assert found.lines()[0] == "2 of 3  tests/a/test_b.py::test_d  OSError"
    assert found.lines()[-1].startswith("3 rounds, ")


def test_a_test_that_fails_now_and_then_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(
        tmp_path,
        {
            "tests/test_now_and_then.py": (
                "import pathlib, time\n"
                "def test_it() -> None:\n"
                "    seen = pathlib.Path(__file__).with_name('seen')\n"
                "    seen.write_text(seen.read_text() + 'x' if seen.exists() else 'x')\n"
                "    assert len(seen.read_text()) != 2\n"
                "def test_well() -> None: ...\n"
            ),
            "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "-q"\nmarkers = ["training: x", "alone: x", "slow: x", "browser: x"]\n',
        },
    )
    monkeypatch.setattr(flaky, "ROOT", tmp_path)
    found = rounds(chosen(tmp_path), 3, 5.0, 1, 1)
    assert found.rounds == 3
    assert dict(found.failed) == {"tests/test_now_and_then.py::test_it": 1}
    assert found.passed == 5


def test_no_round_begins_after_the_time_is_over() -> None:
    found = rounds(["tests/tools/test_room.py"], 3, 0.0, 1, 1)
    assert (found.rounds, found.cut_off) == (0, True)
    assert "the time was over" in found.lines()[-1]


def test_the_busy_loops_end_with_the_rounds() -> None:
    with flaky.load(2) as nothing:
        assert nothing is None
    command = [sys.executable, "-m", "tools.flaky", "--list", "--only", "tests/tools"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert listed == chosen(only=["tests/tools"])
    assert random.Random("1 0").random() != random.Random("1 1").random()
