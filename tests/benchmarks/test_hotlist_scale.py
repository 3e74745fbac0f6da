import csv
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from anpr.vrm import fold
from benchmarks.hotlist_scale import kills
from benchmarks.hotlist_scale.accuracy import Plan, kind_of_error, measure
from benchmarks.hotlist_scale.command import Figure, hotlist_scale
from benchmarks.hotlist_scale.doubtful_reads import ReaderModel, evidence_for
from benchmarks.hotlist_scale.made_up_lists import distinct_vrms, patterns, police_rows, vrms
from hotlists.entry_vrm import entry_vrm
from hotlists.keys import unpack
from hotlists.matching.readings import folded_readings


def test_made_up_lists_are_of_the_form_of_real_ones() -> None:
    marks = vrms(500, 1)
    assert len(marks) == 500
    assert all(entry_vrm(v).text == v for v in marks)
    assert vrms(500, 1) == marks != vrms(500, 2)
    assert len(set(distinct_vrms(400, 3))) == 400
    assert all(entry_vrm(p).is_pattern for p in patterns(300, 4))
    lines = "".join(police_rows(marks, 5)).splitlines()
    assert len(lines) == 500
    assert all(len(row) == 16 for row in csv.reader(lines))


def test_model_s_doubts_mean_what_they_say() -> None:
    """Of the readings with probability p about the part p is right, when nothing is tempered or missing."""
    marks = distinct_vrms(1500, 2)
    model = ReaderModel(noise=0.12, temper=0.0, missing=0.0, extra=0.0, floor=0.0)
    claimed, right = [], []
    for vrm, evidence in zip(marks, evidence_for(marks, model, 3), strict=True):
        readings = folded_readings(evidence, k=2)
        claimed.append(readings.probability[0])
        right.append(unpack(int(readings.folded[0])) == fold(vrm))
    assert abs(np.mean(claimed) - np.mean(right)) < 0.04
    assert 0.5 < np.mean(right) < 0.95


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


def test_killed_programs_leave_whole_lists(tmp_path: Path) -> None:
    report = kills.measure(tmp_path, 6, 300, 5, lambda _: None)
    assert (report.kills, report.lost, report.torn, report.database_sound) == (6, 0, 0, True)
    assert report.during_import + report.during_sync >= 3


@pytest.mark.slow
def test_command_prints_every_figure_it_was_asked_for() -> None:
    arguments = ["--rows", "600", "--big-rows", "900", "--wildcards", "50"]
    only = ["--only", "big-import", "--only", "lookup", "--only", "delta"]
    result = CliRunner().invoke(hotlist_scale, [*arguments, *only, "--json"])
    assert result.exit_code == 0, result.output
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    figures = {line["measure"]: line for line in lines if line["type"] == "figure"}
    assert any("import of 900 rows" in name for name in figures)
    assert any("wildcard" in name for name in figures)
    assert figures["delta of 1 % of 600 rows by the snapshot"]["verdict"] in ("aim met", "floor met", "MISSED")
    lookup = [line for line in lines if line["type"] == "lookup"]
    assert [one["wildcards"] for one in lookup] == [0, 50]


def test_verdicts() -> None:
    assert [Figure("x", v, "s", 30.0, 10.0).verdict() for v in (9.0, 20.0, 31.0)] == ["aim met", "floor met", "MISSED"]
    assert [Figure("x", v, "%", 90.0, 99.0, more=True).verdict() for v in (99.5, 95.0, 80.0)] == [
        "aim met",
        "floor met",
        "MISSED",
    ]
