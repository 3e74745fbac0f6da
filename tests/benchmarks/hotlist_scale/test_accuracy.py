"""Who is found and who is falsely found, on small made-up lists."""

from pathlib import Path

from benchmarks.hotlist_scale.accuracy import Plan, kind_of_error, measure
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
