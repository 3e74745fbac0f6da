"""`anpr replay` as its users call it, on a real clip with the shipped models."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from anpr.cli import root
from anpr.errors import AnprError
from hotlists.importers.import_list import import_list
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore
from tests.builders.clip import frame_folder, short_clip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return frame_folder(tmp_path_factory.mktemp("clip") / "frames", 305, 328)


@pytest.fixture(scope="module")
def hotlists_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lists") / "hotlists.db"
    file = path.parent / "wanted.csv"
    file.write_text("FT99 AEK,FORD,TRANSIT,BLUE,STOP,,WANTED" + "," * 9 + "\n", encoding="utf-8")
    with HotlistStore(path) as store:
        import_list(store, file, ListSettings("Wanted", priority=95))
    return path


def replay(*arguments: str) -> Result:
    return CliRunner().invoke(root, ["replay", *arguments], catch_exceptions=True)


def lines(result: Result) -> list[dict[str, Any]]:
    assert result.exception is None, result.exception
    return [json.loads(text) for text in result.stdout.splitlines()]


def without_times(content: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{k: v for k, v in one.items() if k != "ms"} for one in content]


def test_golden_replay(folder: Path, hotlists_db: Path) -> None:
    content = lines(replay(str(folder), "--fps", "30", "--hotlists", str(hotlists_db), "--json"))
    sightings = {one["text"]: one for one in content if one["type"] == "sighting"}
    wanted = sightings["FT99AEK"]
    assert wanted["confidence"] > 0.9
    assert wanted["motion"] == "towards"
    assert wanted["frames"][0].startswith("frame_")
    assert len(wanted["reads"][0]["box"]) == 4
    assert [one["vrm"] for one in content if one["type"] == "hit"] == ["FT99AEK"]
    raised = next(one for one in content if one["type"] == "alert")
    assert raised["state"] in {"raised", "confirmed_by_evidence"}
    assert raised["at_s"] < wanted["last_s"]
    summary = content[-1]
    assert (summary["type"], summary["frames"], summary["dropped"], summary["alerts"]) == ("summary", 23, 0, 1)
    assert {"p50", "p95", "p99"} == set(summary["ms"]["detect"])


def test_the_same_clip_gives_the_same_output(folder: Path, hotlists_db: Path) -> None:
    first, second = (
        without_times(lines(replay(str(folder), "--fps", "30", "--hotlists", str(hotlists_db), "--json")))
        for _ in range(2)
    )
    assert first == second


def test_the_table_for_people(folder: Path) -> None:
    result = replay(str(folder), "--fps", "30")
    assert result.exception is None
    assert "FT99AEK" in result.stdout


@pytest.mark.alone
def test_in_real_time(tmp_path: Path) -> None:
    clip = short_clip(tmp_path / "clip.avi", 305, 328)
    content = lines(replay(str(clip), "--realtime", "--json"))
    assert "FT99AEK" in {one["text"] for one in content if one["type"] == "sighting"}
    assert content[-1]["frames"] == 23
    assert "grab_to_done" in content[-1]["ms"]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda p: None, "no such file"),
        (lambda p: p.write_bytes(b""), "clip.mp4"),
        (lambda p: p.write_bytes(b"this is no video" * 500), "clip.mp4"),
        (lambda p: p.mkdir(), "no pictures"),
    ],
)
def test_what_is_no_clip_is_said_in_one_sentence(tmp_path: Path, make: Any, words: str) -> None:
    path = tmp_path / "clip.mp4"
    make(path)
    error = replay(str(path), "--json").exception
    assert isinstance(error, AnprError)
    assert error.exit_code == 2
    assert words in str(error)
    assert "\n" not in str(error)


def test_a_missing_hotlists_file_is_said(folder: Path, tmp_path: Path) -> None:
    error = replay(str(folder), "--hotlists", str(tmp_path / "none.db")).exception
    assert isinstance(error, AnprError)
    assert "anpr hotlist import" in str(error)


def test_a_configuration_with_a_typo_is_said(folder: Path, tmp_path: Path) -> None:
    config = tmp_path / "car.toml"
    config.write_text("[perception]\nthreds = 2\n", encoding="utf-8")
    error = replay(str(folder), "--config", str(config)).exception
    assert isinstance(error, AnprError)
    assert "did you mean 'threads'" in str(error)
