"""What became of each vehicle."""

import json
from pathlib import Path

import pytest

from anpr.vrm import fold
from benchmarks.accuracy.outcomes import HEIGHTS_PX, Outcome, outcomes
from benchmarks.accuracy.replayed import AlertAt, Replayed, parse
from benchmarks.accuracy.truth_file import load_truth
from tests.benchmarks.made_clips import lines, plate, sighting, summary, vehicle, write_clip


def test_alerts_are_timed_from_the_first_legible_frame(tmp_path: Path) -> None:
    truth = load_truth(write_clip(tmp_path, "a", [vehicle("AB46CDE", [plate(5, 10), plate(6, 10)])], []))
    said = Replayed(alerts=[AlertAt("AB46CDE", 0.9), AlertAt("AB46CDE", 0.4)])
    assert outcomes(truth, said)[0].alert_s == pytest.approx(-0.1)


def test_missed_misread_and_extra_are_told_apart(tmp_path: Path) -> None:
    vehicles = [
        vehicle("AB46CDE", [plate(f, 10) for f in range(4)]),
        vehicle("KX95LMN", [plate(f, 300) for f in range(4)]),
        vehicle("P123RST", [plate(f, 600, legible=False) for f in range(4)]),
    ]
    said = [
        sighting("KX95LNN", [1, 2], 300, 0.7),
        sighting("KX95LMN", [3], 300),
        sighting("STATION", [1], 1100, 0.4),
        summary(),
    ]
    missed, misread, illegible, extra = outcomes(
        load_truth(write_clip(tmp_path, "night-004", vehicles, [])), parse(lines(said))
    )
    assert (missed.vrm, missed.told, missed.legible, missed.first_right_s) == ("AB46CDE", (), True, None)
    assert [(t.text, t.confidence, t.right) for t in misread.told] == [("KX95LNN", 0.7, False), ("KX95LMN", 0.9, True)]
    assert misread.first_right_s == pytest.approx(0.3)
    assert (illegible.legible, illegible.legible_frames, illegible.character_px, illegible.heights) == (
        False,
        0,
        None,
        (),
    )
    assert (extra.vrm, [t.text for t in extra.told], extra.told[0].right) == ("", ["STATION"], False)
    assert {one.set_name for one in (missed, misread, illegible, extra)} == {"night"}


def test_heights_count_frames_reads_and_right_reads_at_the_edges_of_the_classes(tmp_path: Path) -> None:
    rows = [
        plate(0, 10, height=11.99),
        plate(1, 10, height=12.0),
        plate(2, 10, height=14.9),
        plate(3, 10, height=2000.0),
    ]
    rows[2]["distance_m"] = 9.0
    truth = load_truth(write_clip(tmp_path, "a", [vehicle("AB46CDE", rows)], []))
    said = sighting("AB46CDE", [1, 2, 3], 10, texts=["AB46CDE", "AB46CDF", "AB46CDE"])
    (one, _) = outcomes(truth, parse(lines([said, summary()])))
    counted = dict(zip(HEIGHTS_PX[:-1], one.heights, strict=True))
    assert {low: row for low, row in counted.items() if any(row)} == {10: (1, 0, 0), 12: (2, 2, 1), 30: (1, 1, 1)}
    assert (one.character_px, one.distance_m, one.legible_frames) == (2000.0, 9.0, 4)


def test_the_first_right_read_may_come_before_a_person_could_read_it(tmp_path: Path) -> None:
    rows = [plate(f, 10, legible=f >= 3) for f in range(6)]
    truth = load_truth(write_clip(tmp_path, "a", [vehicle("AB46ODE", rows)], []))
    (one, _) = outcomes(truth, parse(lines([sighting("AB460DE", [1, 2], 10), summary()])))
    assert one.first_right_s == pytest.approx(-0.2)
    assert one.told[0].right
    assert not one.told[0].exact
    assert fold(one.told[0].text) == fold(one.vrm)


def test_an_outcome_survives_json(tmp_path: Path) -> None:
    truth = load_truth(write_clip(tmp_path, "a", [vehicle("AB46CDE", [plate(f, 10) for f in range(4)])], []))
    for one in outcomes(truth, parse(lines([sighting("AB46CDE", [1, 2], 10), sighting("X1", [1], 900), summary()]))):
        assert Outcome.from_json(json.loads(json.dumps(one.as_json()))) == one
