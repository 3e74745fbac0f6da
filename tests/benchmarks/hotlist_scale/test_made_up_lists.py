"""Made-up lists look like real ones, and the same seed gives the same list."""

import csv
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from anpr.vrm import normalise
from benchmarks.hotlist_scale.made_up_lists import (
    LAYOUTS,
    ROWS_A_BATCH,
    distinct_vrms,
    patterns,
    police_rows,
    vrms,
    write_police_csv,
)
from hotlists.entry_vrm import entry_vrm


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


def test_most_marks_are_of_the_current_layout() -> None:
    marks = vrms(5000, 3)
    current = sum(len(m) == 7 and m[:2].isalpha() and m[2:4].isdigit() and m[4:].isalpha() for m in marks)
    assert current / 5000 == pytest.approx(dict(LAYOUTS)["current"], abs=0.02)
    assert marks[:50] != sorted(marks[:50])


def test_rows_of_a_police_list_keep_their_marks_and_lawful_dates(tmp_path: Path) -> None:
    marks = vrms(300, 1)
    with write_police_csv(tmp_path / "a.csv", marks, 2).open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert [normalise(row[0]) for row in rows] == marks
    assert any(" " in row[0] for row in rows)
    assert all(datetime.strptime(row[10], "%d/%m/%Y").year == 2027 for row in rows)  # noqa: DTZ007 - a day
    assert Counter(row[4] for row in rows)["STOP"] > 200


def test_batches_hide_no_row() -> None:
    marks = ["AB51CDE"] * (ROWS_A_BATCH + 3)
    batches = list(police_rows(marks, 1))
    assert [batch.count("\n") for batch in batches] == [ROWS_A_BATCH, 3]


def test_patterns_differ_and_keep_enough_to_tell_vehicles_apart() -> None:
    made = patterns(500, 4)
    assert len(set(made)) == 500
    for pattern in made:
        assert len(pattern.replace("?", "").replace("*", "")) >= (4 if "*" in pattern else 1)
