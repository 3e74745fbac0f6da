"""Made-up lists look like real ones, and the same seed gives the same list."""

import csv

from benchmarks.hotlist_scale.made_up_lists import distinct_vrms, patterns, police_rows, vrms
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
