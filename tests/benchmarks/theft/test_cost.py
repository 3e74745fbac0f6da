"""Small sizes: what is compared is what it says, whatever the times."""

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from anpr import sqlite
from anpr.config.data_folder import hotlists_db
from benchmarks.theft.cost import PlainKey, measure


@pytest.mark.slow
def test_both_ways_are_timed_on_the_same_list(tmp_path: Path) -> None:
    told = measure(tmp_path, 300, 300, 1)
    assert {len(times) for kind in ("import_s", "lookup_p99_ms", "lookup_p50_ms") for times in told[kind].values()} == {
        1
    }
    assert told["import_ratio"] > 0 < told["lookup_p99_ratio"]
    plain, locked = (hotlists_db(tmp_path / f"{way}-big" / "data") for way in ("plain", "locked"))
    assert sqlite.is_plain(plain)
    assert not sqlite.is_plain(locked)
    counts = []
    for path in (plain, locked):
        with closing(sqlite.connect(path, read_only=True)) as lists:
            counts.append(lists.execute("SELECT entries FROM revisions").fetchone())
    assert counts[0] == counts[1]


def test_without_a_key_everything_stands_as_it_is() -> None:
    keys = np.arange(5, dtype=np.uint64)
    assert PlainKey(bytes(32)).keyed(keys) is keys
    assert PlainKey(bytes(32)).stream(b"", memoryview(b"ab"), 7) == b"ab"
