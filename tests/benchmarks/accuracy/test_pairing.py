"""Which sighting is of which vehicle."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from benchmarks.accuracy.outcomes import outcomes
from benchmarks.accuracy.pairing import assign, distance, overlap, vehicle_of_read
from benchmarks.accuracy.replayed import Seen, SeenRead, parse
from benchmarks.accuracy.truth_file import load_truth
from tests.benchmarks.made_clips import lines, plate, sighting, summary, vehicle, write_clip


def test_without_boxes_time_and_text_decide(tmp_path: Path) -> None:
    vehicles = [
        {"vrm": "AB46 CDE", "first_s": 1.0, "last_s": 2.0},
        {"vrm": "AB46 CDF", "first_s": 8.0, "last_s": 9.0},
    ]
    said = [
        sighting("AB46CDE", [10, 20], 0),
        sighting("AB46CDE", [80, 90], 0),
        sighting("XXXXXXX", [15, 18], 0),
        summary(),
    ]
    truth = load_truth(write_clip(tmp_path, "own", vehicles, []))
    result = outcomes(truth, parse(lines(said)))
    assert [len(one.told) for one in result] == [1, 1, 1]
    assert [one.told[0].right for one in result] == [True, False, False]


MARKS = st.text("AB01", max_size=7)


@given(MARKS, MARKS)
def test_distance_is_levenshteins(one: str, other: str) -> None:
    assert distance(one, other) == Levenshtein.distance(one, other)


def test_overlap_is_the_common_share() -> None:
    assert overlap((0, 0, 2, 2), (0, 0, 2, 2)) == 1.0
    assert overlap((0, 0, 2, 1), (1, 0, 3, 1)) == pytest.approx(1 / 3)
    assert overlap((0, 0, 1, 1), (1, 0, 2, 1)) == 0.0  # they touch
    assert overlap((0, 0, 0, 0), (0, 0, 0, 0)) == 0.0  # no area, no division by it


def read_at(frame: int, x: float, width: float = 80.0) -> SeenRead:
    return SeenRead(frame, (x, 100.0, x + width, 120.0), "AB46CDE", 0.9)


def seen(*reads: SeenRead) -> Seen:
    return Seen("AB46CDE", 0.9, 0.0, 1.0, reads)


def test_a_read_is_of_the_plate_it_covers_most_in_its_own_frame(tmp_path: Path) -> None:
    plates = [vehicle("AB46CDE", [plate(0, 10)]), vehicle("KX95LMN", [plate(0, 60), plate(1, 400)])]
    truth = load_truth(write_clip(tmp_path, "a", plates, []))
    assert vehicle_of_read(truth, read_at(0, 12)) == 0
    assert vehicle_of_read(truth, read_at(0, 50)) == 1
    assert vehicle_of_read(truth, read_at(1, 12)) is None
    assert vehicle_of_read(truth, read_at(2, 400)) is None


@pytest.mark.parametrize(
    ("x", "width", "found"),
    [
        (10 + 59, 80, 0),  # beside its middle, 21 of 139 px in common: 0.151
        (10 + 60, 80, None),  # 20 of 140 px: 0.143
        (10 + 39, 2, 0),  # a small box whose middle lies on the plate
    ],
)
def test_the_least_overlap_is_fifteen_percent_or_the_middle_on_the_plate(
    tmp_path: Path, x: float, width: float, found: int | None
) -> None:
    truth = load_truth(write_clip(tmp_path, "a", [vehicle("AB46CDE", [plate(0, 10)])], []))
    assert vehicle_of_read(truth, read_at(0, x, width)) == found


def test_a_sighting_is_of_the_vehicle_of_most_of_its_reads(tmp_path: Path) -> None:
    plates = [
        vehicle("AB46CDE", [plate(f, 10) for f in range(12)]),
        vehicle("KX95LMN", [plate(f, 500) for f in range(12)]),
    ]
    truth = load_truth(write_clip(tmp_path, "a", plates, []))
    mine = [read_at(f, 10) for f in range(8)]
    assert assign(truth, seen(*mine)).vehicle == 0
    one_astray = assign(truth, seen(*mine, read_at(8, 500)))
    assert (one_astray.vehicle, one_astray.merged) == (0, False)
    assert one_astray.on_vehicle == tuple(mine)
    # Two of ten are a fifth: merged. Two of eleven are less.
    assert assign(truth, seen(*mine, read_at(8, 500), read_at(9, 500))).merged
    assert not assign(truth, seen(*mine, read_at(8, 10), read_at(9, 500), read_at(10, 500))).merged
    # One of three is more than a fifth, but a single read.
    assert not assign(truth, seen(*mine[:2], read_at(8, 500))).merged
    assert assign(truth, seen(read_at(0, 900))).vehicle is None


def test_without_boxes_a_sighting_may_lie_a_second_beside_the_span(tmp_path: Path) -> None:
    truth = load_truth(write_clip(tmp_path, "own", [{"vrm": "AB46CDE", "first_s": 5.0, "last_s": 6.0}], []))

    def found(first_s: float, last_s: float, text: str = "AB46CDE") -> int | None:
        return assign(truth, Seen(text, 0.9, first_s, last_s, ())).vehicle

    assert [found(2.0, 4.0), found(2.0, 3.9)] == [0, None]
    assert [found(7.0, 9.0), found(7.1, 9.0)] == [0, None]
    # Half of seven characters may be wrong, not more.
    assert [found(5.0, 6.0, "XXX6CDE"), found(5.0, 6.0, "XXXXCDE")] == [0, None]
