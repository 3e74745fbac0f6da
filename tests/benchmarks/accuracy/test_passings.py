"""What passes in a clip: each vehicle once, read or not, with the frames in which it is seen best."""

from pathlib import Path

import pytest

from anpr.errors import InputError
from benchmarks.accuracy.passings import LOOKS, Look, Passing, best_looks, find_passings, joined
from tests.builders.clip import short_clip


def look(index: int, width: float) -> Look:
    return Look(index, str(index), index / 5, (0.0, 0.0, width, 20.0))


def test_the_looks_are_the_largest_some_time_apart() -> None:
    looks = [look(n, 50.0 + n) for n in range(12)]
    assert [one.index for one in best_looks(looks)] == [11, 10, 9, 8]
    near = [Look(n, str(n), n / 100, (0.0, 0.0, 50.0 + n, 20.0)) for n in range(30)]
    assert [one.index for one in best_looks(near)] == [29, 19, 9]
    assert len(best_looks([look(1, 80.0)])) == 1


def test_passings_read_alike_that_nearly_touch_are_one_and_unread_ones_never() -> None:
    found = joined([
        Passing(6.0, 7.0, (look(60, 80.0),)), Passing(3.0, 4.0, (look(30, 90.0),), "AB46CDE", 0.9),
        Passing(1.0, 2.0, (look(10, 80.0),), "AB46CDE", 0.7), Passing(7.5, 8.0, (look(75, 80.0),)),
        Passing(9.0, 9.5, (look(90, 80.0),), "AB46CDE", 0.5),
    ])  # fmt: skip
    assert [(one.text, one.first_s, one.last_s, one.confidence) for one in found] == [
        ("AB46CDE", 1.0, 4.0, 0.9), ("", 6.0, 7.0, 0.0), ("", 7.5, 8.0, 0.0), ("AB46CDE", 9.0, 9.5, 0.5),
    ]  # fmt: skip
    assert [one.index for one in found[0].looks] == [30, 10]


def test_a_vehicle_of_a_real_clip_is_found_with_its_plate(tmp_path: Path) -> None:
    clip = short_clip(tmp_path / "0 clip.avi", 312, 332)
    reached: list[int] = []
    found = find_passings(clip, None, lambda done, _: reached.append(done))
    assert (found.fps, found.frames, reached[-1]) == (30.0, 20, 20)
    wanted = next(one for one in found.passings if one.text == "FT99AEK")
    assert 1 <= len(wanted.looks) <= LOOKS
    assert wanted.looks[0].width == max(one.width for one in wanted.looks) > 80
    assert 0 <= wanted.first_s < wanted.last_s <= 20 / 30


def test_what_cannot_be_played_is_named(tmp_path: Path) -> None:
    clip = tmp_path / "no.mp4"
    clip.write_text("no video")
    with pytest.raises(InputError, match=r"no\.mp4"):
        find_passings(clip, None, lambda *_: None)
