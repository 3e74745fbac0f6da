"""What a day's changes cost: the delta beside the snapshot, and lists that are small."""

from pathlib import Path

import pytest

from benchmarks.hotlist_scale.exchange import measure


def test_a_delta_of_one_percent_is_small_and_put_in_force(tmp_path: Path) -> None:
    told: list[str] = []
    found = measure(tmp_path, 3000, told.append)
    assert (found.rows, found.changed) == (3000, 30)
    assert found.share == pytest.approx(found.delta_bytes / found.snapshot_bytes)
    assert found.share < 0.1
    assert found.delta_apply_s > 0
    assert told[-1] == "a car follows by delta"


def test_a_list_of_less_than_three_hundred_rows_changes_as_well(tmp_path: Path) -> None:
    assert measure(tmp_path, 60, lambda _: None).changed == 3
