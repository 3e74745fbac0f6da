"""The measures against cases whose figures can be counted by hand."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.accuracy.measures import BREAKDOWNS, accuracy, broken_down, by_height, reliability
from benchmarks.accuracy.outcomes import Outcome, outcomes
from benchmarks.accuracy.replayed import Replayed, parse
from benchmarks.accuracy.truth_file import load_truth
from tests.benchmarks.made_clips import lines, plate, sighting, summary, vehicle, write_clip


@pytest.fixture
def judged(tmp_path: Path) -> list[Outcome]:
    """Four vehicles: right and doubled, misread, unseen, never legible; one stray sighting and one merged."""
    vehicles = [
        vehicle("AB46CDE", [plate(f, 10 + f, height=8 + f) for f in range(2, 8)]),
        vehicle("KX95LMN", [plate(f, 300 + f) for f in range(5, 9)], lane="parked", closing_mph=20.0),
        vehicle("P123RST", [plate(f, 600) for f in range(3)]),
        vehicle("Z1", [plate(f, 900, legible=False, height=4) for f in range(3)]),
    ]
    said = [
        sighting("AB46CDE", [3, 4], 13.5, 0.95, ["AB46CDF", "AB46CDE"]),
        sighting("AB46CDE", [6, 7], 16.5, 0.85),
        sighting("KX95LNN", [5, 6], 305.5, 0.6),
        sighting("STATION", [4, 5], 1000, 0.3),
        {"type": "alert", "vrm": "AB46CDE", "state": "raised", "at_s": 0.5},
        {"type": "alert", "vrm": "AB46CDE", "state": "acknowledged", "at_s": 0.1},
        summary(),
    ]
    truth = load_truth(write_clip(tmp_path, "day-000", vehicles, []))
    return outcomes(truth, parse(lines(said)))


def test_counted_by_hand(judged: list[Outcome]) -> None:
    found = accuracy(judged)
    assert found["capture_rate"].value == pytest.approx(2 / 3)
    assert found["read_rate"].value == pytest.approx(2 / 3)
    assert found["vehicles_read_right"].value == pytest.approx(1 / 3)
    assert found["misreads_per_1000"].value == pytest.approx(1000 * 2 / 4)
    assert found["stray_per_1000"].value == pytest.approx(1000 / 4)
    assert found["duplicate_rate"].value == pytest.approx(1 / 3)
    assert found["merge_rate"].value == 0.0
    assert found["first_right_read_s_p50"].value == pytest.approx(0.2)
    assert found["alert_s_p50"].value == pytest.approx(0.3)
    assert found["capture_rate"].count == 3


def test_calibration_error_counted_by_hand(judged: list[Outcome]) -> None:
    # Confidences .95 and .85 right, .6 and .3 wrong, each alone in its tenth.
    assert accuracy(judged)["calibration_error"].value == pytest.approx((0.05 + 0.15 + 0.6 + 0.3) / 4)
    assert [row["count"] for row in reliability(judged)] == [1, 1, 1, 1]


def test_breakdowns_hold_every_vehicle_once(judged: list[Outcome]) -> None:
    for by in ("lane", "closing speed", "light"):
        groups = broken_down(judged, by)
        assert sum(group["capture_rate"].count for group in groups.values()) == 3
    assert list(broken_down(judged, "closing speed")) == ["20 to 40 mph", "40 to 55 mph"]
    assert set(BREAKDOWNS) >= {"lane", "light", "weather", "closing speed", "closest distance", "largest characters"}


def test_frames_by_character_height(judged: list[Outcome]) -> None:
    rows = {row["low_px"]: row for row in by_height(judged)}
    # AB46CDE is 10 and 11 px high in frames 2 and 3: one read there, and that one was wrong.
    assert rows[10]["read"].value == pytest.approx(1 / 2)
    assert rows[10]["right"].value == 0.0
    # 12 to 14 px: frames 4, 5, 6 of AB46CDE (2 right), 4 of KX95LMN (2 read wrong), 3 of P123RST (none).
    assert rows[12]["read"].value == pytest.approx(4 / 10)
    assert rows[12]["right"].value == pytest.approx(2 / 10)


def test_one_sighting_over_two_vehicles_is_merged(tmp_path: Path) -> None:
    vehicles = [
        vehicle("AB46CDE", [plate(f, 10) for f in range(4)]),
        vehicle("KX95LMN", [plate(f, 500) for f in range(6, 9)]),
    ]
    mixed = sighting("AB46CDE", [0, 1, 2, 3], 10)
    mixed["reads"] += sighting("KX95LMN", [6, 7], 500)["reads"]
    truth = load_truth(write_clip(tmp_path, "a", vehicles, []))
    found = accuracy(outcomes(truth, parse(lines([mixed, summary()]))))
    assert found["merge_rate"].value == 1.0
    assert found["capture_rate"].value == 0.5


def test_o_and_zero_are_alike_but_counted_apart(tmp_path: Path) -> None:
    truth = load_truth(write_clip(tmp_path, "a", [vehicle("AB46ODE", [plate(0, 10), plate(1, 10)])], []))
    found = accuracy(outcomes(truth, parse(lines([sighting("AB460DE", [0, 1], 10), summary()]))))
    assert found["read_rate"].value == 1.0
    assert found["read_rate_exact"].value == 0.0


def test_an_empty_replay_measures_nothing_and_captures_nothing(tmp_path: Path) -> None:
    truth = load_truth(write_clip(tmp_path, "a", [vehicle("AB46CDE", [plate(0, 10)])], []))
    found = accuracy(outcomes(truth, Replayed()))
    assert found["capture_rate"].value == 0.0
    assert np.isnan(found["read_rate"].value)
    assert found["read_rate"].as_json()["value"] is None
