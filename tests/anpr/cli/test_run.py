"""`anpr run` as a car starts it: a process of its own, whose readers, terminals and rivals come and go."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from anpr import sqlite
from anpr.config.data_folder import log_file, records_db
from tests.builders.clip import CLIP

pytestmark = pytest.mark.slow

CONFIG = """
[[camera]]
id = "front"
source = "{source}"
[gps]
enabled = false
"""


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("car") / "patrol.toml"
    path.write_text(CONFIG.format(source=CLIP.as_posix()), encoding="utf-8")
    return path


def command(config: Path, data: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "anpr", "--data", str(data), "run", "--config", str(config), "--no-screen", *options]


@contextmanager
def patrol(arguments: list[str], **streams: Any) -> Iterator["subprocess.Popen[str]"]:
    """Run a patrol that is killed at the end if it is still there."""
    with subprocess.Popen(arguments, text=True, **streams) as car:
        try:
            yield car
        finally:
            car.kill()


def counted(data: Path, question: str) -> int:
    with closing(sqlite.connect(records_db(data), read_only=True)) as records:
        return int(records.execute(question).fetchone()[0])


def wait_until(holds: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to hold in time"
        time.sleep(0.1)


def test_reading_goes_on_when_whoever_reads_the_output_goes_away(config: Path, tmp_path: Path) -> None:
    with patrol(command(config, tmp_path, "--json"), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as car:
        assert car.stdout is not None
        assert car.stderr is not None
        assert json.loads(car.stdout.readline())["type"] in {"sighting", "alert"}
        car.stdout.close()
        wait_until(lambda: counted(tmp_path, "SELECT count(*) FROM alerts WHERE fault_name = 'output_failed'") == 1)
        before = counted(tmp_path, "SELECT count(*) FROM sightings")
        wait_until(lambda: counted(tmp_path, "SELECT count(*) FROM sightings") > before)
        car.send_signal(signal.SIGINT)
        said = car.stderr.read()
        assert car.wait(20) == 1
    assert "the JSON output is not complete (whoever read it has gone)" in said
    assert "Traceback" not in said


def test_the_summary_comes_after_the_last_sighting_and_a_second_patrol_is_refused(config: Path, tmp_path: Path) -> None:
    with patrol(command(config, tmp_path, "--json"), stdout=subprocess.PIPE) as car:
        assert car.stdout is not None
        first = car.stdout.readline()
        rival = subprocess.run(command(config, tmp_path, "--json"), capture_output=True, text=True, check=False)
        assert rival.returncode == 2
        assert "another patrol runs on the data folder" in rival.stderr
        car.send_signal(signal.SIGHUP)  # as when its terminal is closed
        content = [json.loads(one) for one in [first, *car.stdout.read().splitlines()]]
        assert car.wait(20) == 0
    assert content[-1]["type"] == "summary"
    told = sum(one["type"] == "sighting" for one in content)
    assert told == content[-1]["sightings"] == counted(tmp_path, "SELECT count(*) FROM sightings WHERE final")


def test_a_terminal_that_is_gone_stops_nothing(config: Path, tmp_path: Path) -> None:
    master, terminal = pty.openpty()
    surroundings = {**os.environ, "TERM": "xterm"}
    with patrol(command(config, tmp_path), stdout=terminal, stderr=subprocess.PIPE, env=surroundings) as car:
        os.close(terminal)
        assert os.read(master, 1000)
        os.close(master)
        wait_until(lambda: records_db(tmp_path).exists())
        wait_until(lambda: counted(tmp_path, "SELECT count(*) FROM sightings") >= 1)
        car.terminate()
        assert car.wait(20) == 0
        assert car.stderr is not None
        assert car.stderr.read() == ""
    assert "the terminal cannot be written any more" in log_file(tmp_path).read_text(encoding="utf-8")


def test_nor_does_a_pipe_for_people_that_nobody_reads(config: Path, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with patrol(command(config, tmp_path, "--seconds", "1"), stdout=writing, stderr=subprocess.PIPE) as car:
        os.close(writing)
        assert car.wait(60) == 0
        assert car.stderr is not None
        assert car.stderr.read() == ""
