"""A person's labels: taken in order, taken back, found again after a pause, and written as a truth file that loads."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.errors import Failure, InputError
from benchmarks.accuracy.labelling import (
    Kind,
    Labelling,
    mark_of,
    progress_beside,
    progress_words,
    resumed,
    truth_beside,
)
from benchmarks.accuracy.passings import Found, Look, Passing
from benchmarks.accuracy.truth_file import load_truth


def look(index: int, width: float = 80.0) -> Look:
    return Look(index, str(index), index / 10, (10.0, 10.0, 10.0 + width, 30.0))


FOUND = Found(10.0, 100, (
    Passing(0.5, 1.0, (look(5),), "AB46CDF", 0.7), Passing(1.2, 1.9, (look(12, 120.0), look(18)), "AB46CDE", 0.9),
    Passing(3.0, 3.5, (look(30),)), Passing(5.0, 5.5, (look(50),), "STATION", 0.4),
))  # fmt: skip


@pytest.fixture
def labelling(tmp_path: Path) -> Labelling:
    clip = tmp_path / "my drive.mp4"
    clip.write_bytes(b"clip")
    return Labelling(clip, FOUND, "dusk", "rain")


def test_the_answers_become_a_truth_file_that_loads(labelling: Labelling) -> None:
    labelling.answer(0, Kind.MARK, "ab46 cde")
    labelling.answer(1, Kind.SAME)
    labelling.add_missed("P123 RST", 2.0, 2.5)
    labelling.answer(2, Kind.UNREADABLE)
    assert not truth_beside(labelling.clip).exists()
    assert progress_words(labelling).startswith("3 of 4 passings labelled")
    labelling.answer(3, Kind.NO_PLATE)
    truth = load_truth(truth_beside(labelling.clip))
    assert (truth.light, truth.weather, truth.fps, truth.frames) == ("dusk", "rain", 10.0, 100)
    assert [(v.vrm, v.first_s, v.last_s) for v in truth.vehicles] == [("AB46CDE", 0.5, 1.9), ("P123RST", 2.0, 2.5)]
    best = truth.vehicles[0].picture
    assert best is not None
    assert (best.frame, best.box) == (12, (10.0, 10.0, 130.0, 30.0))
    assert truth.vehicles[1].picture is None
    assert truth.unreadable == ((3.0, 3.5),)
    assert not truth.located  # pairing goes by time: boxes are not known in every frame
    assert progress_words(labelling).startswith("2 vehicles in ")


def test_what_the_engine_read_is_told_of_what_was_typed_last_alone(labelling: Labelling) -> None:
    assert labelling.compared() is None
    labelling.answer(0, Kind.MARK, "AB46CDE")
    typed, passing = labelling.compared() or ("", FOUND.passings[3])
    assert (typed, passing.text) == ("AB46CDE", "AB46CDF")
    labelling.answer(1, Kind.UNREADABLE)
    assert labelling.compared() is None


def test_it_goes_on_after_a_pause_and_takes_answers_back(labelling: Labelling) -> None:
    labelling.answer(0, Kind.MARK, "AB46CDE")
    labelling.add_missed("P1", 2.0, 2.5)
    again = resumed(labelling.clip)
    assert again is not None
    assert again == labelling
    again.undo()
    again.undo()
    again.undo()  # nothing is left
    assert again.answers == []
    later = resumed(labelling.clip)
    assert later is not None
    assert later.done == 0


@given(st.lists(st.sampled_from([*Kind, "undo"]), max_size=30))
def test_undo_leads_back_to_where_one_was(steps: list[str]) -> None:
    class Unkept(Labelling):
        def save(self) -> None:
            assert self.done <= len(FOUND.passings)
            self.truth()

    labelling = Unkept(Path("x.mp4"), FOUND, "", "")
    before = [list(labelling.answers)]
    for step in steps:
        try:
            if step == "undo":
                labelling.undo()
                before = before[:-1] or [[]]
            elif step == Kind.MISSED:
                labelling.add_missed("A1", 1.0, 2.0)
            else:
                labelling.answer(labelling.done, Kind(step), "A1")
        except InputError:
            continue
        if step != "undo":
            before.append(list(labelling.answers))
        assert labelling.answers == before[-1]


@pytest.mark.parametrize("typed", ["", "  ", "AB46-CDÉ!", "A" * 13, "名"])
def test_what_is_no_mark_is_refused(typed: str) -> None:
    with pytest.raises(InputError, match="letters and digits"):
        mark_of(typed)


def test_answers_out_of_turn_and_impossible_ones_are_refused(labelling: Labelling) -> None:
    with pytest.raises(InputError, match="no vehicle before"):
        labelling.answer(0, Kind.SAME)
    with pytest.raises(InputError, match="not the next"):
        labelling.answer(1, Kind.MARK, "A1")
    with pytest.raises(InputError, match="time span"):
        labelling.add_missed("A1", 5.0, 4.0)
    with pytest.raises(InputError, match="time span"):
        labelling.add_missed("A1", 5.0, 400.0)
    assert labelling.answers == []


def test_a_labelled_clip_is_not_overwritten_and_a_broken_progress_is_named(labelling: Labelling) -> None:
    assert resumed(labelling.clip) is None
    truth_beside(labelling.clip).write_text("{}")
    with pytest.raises(InputError, match="move it away"):
        resumed(labelling.clip)
    for content in ("", "[]", "{}", json.dumps({"format": "patrol-anpr-labels/1", "found": 1})):
        progress_beside(labelling.clip).write_text(content)
        with pytest.raises(InputError, match="no progress of labelling"):
            resumed(labelling.clip)


def test_an_answer_that_cannot_be_kept_is_not_taken(labelling: Labelling, tmp_path: Path) -> None:
    (tmp_path / "my drive.labels.json.part").mkdir()
    with pytest.raises(Failure, match="cannot be written"):
        labelling.answer(0, Kind.MARK, "A1")
    assert labelling.answers == []


def test_a_folder_of_frames_keeps_its_whole_name(tmp_path: Path) -> None:
    folder = tmp_path / "drive.2026"
    folder.mkdir()
    assert truth_beside(folder).name == "drive.2026.truth.json"
    labelling = Labelling(folder, FOUND, "", "")
    labelling.answer(0, Kind.MARK, "A1")
    assert labelling.truth()["vehicles"][0]["picture"]["frame"] == "5"
