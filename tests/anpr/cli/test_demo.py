"""`anpr demo`: anybody's clip and list, once or again and again, and one clear sentence for what cannot be shown."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from anpr.cli import root
from anpr.cli.demo import TO_TRY
from anpr.cli.demo_officer import BY_ITSELF
from anpr.errors import ImportRefused, InputError
from tests.builders.clip import frame_folder, short_clip

WANTED = "FT99 AEK,FORD,TRANSIT,BLUE,STOP,,WANTED" + "," * 9 + "\n"
WAIT_S = 120.0
LATER = re.compile(rb"Shift ([3-9]|\d\d+)\.")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return short_clip(tmp_path_factory.mktemp("clip") / "my clip.avi", 312, 326)


def demo(*words: str) -> Result:
    return CliRunner().invoke(root, ["demo", "--no-browser", *words])


def error_of(result: Result) -> str:
    assert isinstance(result.exception, (InputError, ImportRefused))
    assert "\n" not in str(result.exception)
    return str(result.exception)


def test_an_own_clip_and_list_of_any_layout_are_shown_once_where_there_is_no_terminal(
    clip: Path, tmp_path: Path
) -> None:
    listed = tmp_path / "of interest!.csv"
    listed.write_text("VRM;Make;Reason\nFT99 AEK;FORD;WANTED\nnot a mark at all;X;Y\n", encoding="utf-8")
    result = demo(str(clip), "--hotlist", str(listed), "--json")
    assert result.exception is None
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert "FT99AEK" in [line["text"] for line in lines if line["type"] == "sighting"]
    assert {line["list"] for line in lines if line["type"] == "hit"} == {"of interest"}
    assert [line["type"] for line in lines].count("summary") == 1
    assert "List of interest: 1 entries, 1 rows refused." in result.stderr
    assert re.search(r"The crew's screen: http://127\.0\.0\.1:\d+/", result.stderr)
    assert all(line in result.stderr for line in (BY_ITSELF, *TO_TRY))


def test_a_clip_without_a_list_and_a_device_that_needs_a_login_are_told_of(tmp_path: Path) -> None:
    folder = frame_folder(tmp_path / "frames", 320, 322)
    result = demo(str(folder), "--network")
    if isinstance(result.exception, InputError):
        assert "no network" in str(result.exception)
        return
    assert result.exception is None
    assert "No list to match against: name one with --hotlist." in result.stderr
    assert re.search(
        r"Second device: https://[\d.]+:\d+/ - log in as the demo officer: collar DEMO1, PIN \d{6}", result.stderr
    )


def test_what_cannot_be_shown_is_said_in_one_sentence(clip: Path, tmp_path: Path) -> None:
    text, empty = tmp_path / "notes.txt", tmp_path / "empty.mp4"
    text.write_text("no video", encoding="utf-8")
    empty.touch()
    assert "notes.txt: is not a video" in error_of(demo(str(text)))
    assert "empty.mp4: is empty" in error_of(demo(str(empty)))
    assert "no such clip" in error_of(demo(str(tmp_path / "gone.mp4")))
    assert "anpr run" in error_of(demo("0"))
    assert "gone.csv" in error_of(demo(str(clip), "--hotlist", str(tmp_path / "gone.csv")))
    rubbish = tmp_path / "rubbish.csv"
    rubbish.write_bytes(bytes(range(256)) * 20)
    assert "rubbish.csv" in error_of(demo(str(clip), "--hotlist", str(rubbish)))


def test_in_a_terminal_it_plays_until_it_is_stopped_and_leaves_nothing(clip: Path, tmp_path: Path) -> None:
    listed = tmp_path / "wanted.csv"
    listed.write_text(WANTED, encoding="utf-8")
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "anpr", "demo", str(clip), "--hotlist", str(listed), "--no-browser"]
    place = {**os.environ, "TMPDIR": str(tmp_path), "COLUMNS": "80", "LINES": "24", "TERM": "xterm"}
    with subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs, env=place) as run:
        os.close(theirs)
        said = b""
        ends = time.monotonic() + WAIT_S
        while not LATER.search(said) and time.monotonic() < ends:
            if select.select([ours], [], [], 0.5)[0]:
                said += os.read(ours, 65536)
        run.send_signal(signal.SIGINT)
        while select.select([ours], [], [], WAIT_S)[0]:
            try:
                said += os.read(ours, 65536)
            except OSError:  # Linux says so when the other end is closed
                break
        assert run.wait(WAIT_S) == 0
    os.close(ours)
    text = said.decode(errors="replace")
    assert re.search(r"Shift \d+\. The car stands: full view\.", text)
    assert "Demo: clip repeats." in text
    assert all(line in text for line in TO_TRY)
    assert "sightings in" in text[text.rindex("How fast") :]
    assert list(tmp_path.glob("anpr-demo-*")) == []
