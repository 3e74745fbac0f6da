"""Who is found and who is falsely found, on small made-up lists."""

from pathlib import Path

import pytest

from anpr.evidence import spell
from benchmarks.hotlist_scale.accuracy import Plan, Score, kind_of_error, measure, sighting
from benchmarks.hotlist_scale.doubtful_reads import ReaderModel


def test_errors_are_named() -> None:
    assert [kind_of_error("AB51CDE", best) for best in ("AB51CDE", "AB51CDF", "A851CDF", "B851CDF", "AB51CD")] == [
        "right", "1 wrong", "2 wrong", "more", "length",
    ]  # fmt: skip


def test_probability_finds_what_exact_look_up_misses(tmp_path: Path) -> None:
    ours, exact, look_alike, fuzzy = measure(tmp_path, Plan(2000, 15, 200, 3), ReaderModel(noise=0.1), lambda _: None)
    assert ours["found, right"] == exact["found, right"] == 1.0
    assert exact["found, one or two wrong"] == 0.0
    assert float(str(ours["found, one or two wrong"])) > float(str(look_alike["found, one or two wrong"]))
    assert float(str(ours["reported, one or two wrong"])) >= 0.8
    assert fuzzy["unlisted sightings"] == 6


def test_a_score_is_shares_of_what_was_tried_mixed_as_errors_come() -> None:
    score = Score(
        "ours", natural={"right": 80, "1 wrong": 15, "2 wrong": 5}, tried={"right": 10, "1 wrong": 10, "2 wrong": 4, "length": 0},
        found={"right": 10, "1 wrong": 5, "2 wrong": 1, "length": 0}, unlisted=2000, false_alerts=3, ms=[1.0, 2.0, 3.0],
    )  # fmt: skip
    row = score.row()
    assert (row["found, right"], row["found, 1 wrong"], row["found, 2 wrong"]) == (1.0, 0.5, 0.25)
    assert "found, length" not in row
    assert row["found, one or two wrong"] == pytest.approx((15 * 0.5 + 5 * 0.25) / 20)
    assert row["false alerts per 10,000"] == pytest.approx(15.0)
    assert (row["way"], row["p50_ms"]) == ("ours", 2.0)
    assert "reported, one or two wrong" not in row
    empty = Score("none").row()
    assert (empty["found, one or two wrong"], empty["false alerts per 10,000"], empty["p50_ms"]) == (None, None, None)


def test_a_bench_s_sighting_carries_its_evidence() -> None:
    table = spell("AB51CDE")
    assert sighting(table).probabilities is table
    assert sighting(table).first_utc.tzinfo is not None
