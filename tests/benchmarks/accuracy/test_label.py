"""Labelling an own clip: proposals are confirmed, corrected or refused, and what was missed is added."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.accuracy.label import HELP, confirm, proposals, truth_beside, write_labels
from benchmarks.accuracy.replayed import Replayed, Seen, SeenRead
from benchmarks.accuracy.truth_file import load_truth


def seen(text: str, first: float, last: float, *texts: str) -> Seen:
    return Seen(text, 0.9, first, last, tuple(SeenRead(0, (0, 0, 1, 1), t, 0.5) for t in texts))


SAID = Replayed(
    [seen("STATION", 9, 9.5), seen("AB46CDE", 1, 2, "AB46CDE", "AB46CDF"), seen("AB46CDE", 3, 4), seen("KX95LNN", 6, 7)]
)


def answers(*lines: str) -> Iterator[str]:
    return iter(lines)


def test_repeated_sightings_are_asked_once_in_order_of_time() -> None:
    found = proposals(SAID)
    assert [(one.text, one.first_s, one.last_s) for one in found] == [
        ("AB46CDE", 1, 4),
        ("KX95LNN", 6, 7),
        ("STATION", 9, 9.5),
    ]
    assert found[0].readings == ("AB46CDF",)


def test_the_answers_become_a_truth_file_that_loads(tmp_path: Path) -> None:
    replies = answers("", "?", "kx95 lmn", "-", "P123RST 12.5", "P123RST 12.5 13", "P!1 1 2", "")
    told: list[str] = []
    vehicles = confirm(proposals(SAID), lambda _: next(replies), told.append)
    assert [v["vrm"] for v in vehicles] == ["AB46CDE", "KX95LMN", "P123RST"]
    assert told.count(HELP) == 2
    clip = tmp_path / "mine.mp4"
    clip.write_bytes(b"clip")
    path = write_labels(clip, 25.0, 400, vehicles, "dusk", "rain")
    assert path == truth_beside(clip)
    truth = load_truth(path)
    assert truth.light == "dusk"
    assert [(v.vrm, v.first_s, v.last_s) for v in truth.vehicles][2] == ("P123RST", 12.5, 13.0)


def test_a_folder_of_frames_keeps_its_whole_name(tmp_path: Path) -> None:
    folder = tmp_path / "drive.2026"
    folder.mkdir()
    assert truth_beside(folder).name == "drive.2026.truth.json"
