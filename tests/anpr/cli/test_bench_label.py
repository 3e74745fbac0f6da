"""`anpr bench label`: vehicles are found, the page is served until it is stopped, and the command goes on later."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from anpr.cli.bench_label import label_in_browser
from anpr.errors import InputError
from tests.builders.clip import short_clip

WAIT_S = 120.0


def test_a_clip_is_labelled_in_two_goes(tmp_path: Path) -> None:
    clip = short_clip(tmp_path / "my clip.avi", 316, 330)

    def served(act: str, body: dict[str, object] | None) -> str:
        words = [sys.executable, "-m", "anpr", "bench", "label", str(clip), "--no-browser", "--light", "day"]
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as run:
            assert run.stdout is not None
            said = ""
            while not (found := re.search(r"http://127\.0\.0\.1:\d+/", said)):
                line = run.stdout.readline()
                assert line, said
                said += line
            own = {"origin": found[0].rstrip("/")}
            assert httpx.post(f"{found[0]}api/{act}", json=body, headers=own, timeout=WAIT_S).status_code == 200
            run.send_signal(signal.SIGINT)
            said += run.stdout.read()
            assert run.wait(WAIT_S) == 0
        return said

    assert "passings labelled; the same command goes on" in served("missed", {"vrm": "P1", "first_s": 0, "last_s": 0.1})
    progress = json.loads((tmp_path / "my clip.labels.json").read_text(encoding="utf-8"))
    assert "FT99AEK" in [one["text"] for one in progress["found"]["passings"]]
    assert served("undo", {}).startswith("Going on: 0 of ")


def test_what_cannot_be_labelled_is_said(tmp_path: Path) -> None:
    def label(clip: Path) -> None:
        label_in_browser(clip, None, "", "", open_browser=False, port=0)

    with pytest.raises(InputError, match="no such clip"):
        label(tmp_path / "gone.mp4")
    (tmp_path / "frames").mkdir()
    with pytest.raises(InputError, match="--fps"):
        label(tmp_path / "frames")
    (tmp_path / "text.mp4").write_text("no video")
    with pytest.raises(InputError, match="is not a video"):
        label(tmp_path / "text.mp4")
    assert not (tmp_path / "text.labels.json").exists()
