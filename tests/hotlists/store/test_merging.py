from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotlists.columns import POLICE_COLUMNS
from hotlists.dates import end_of_day_s, weed_day
from hotlists.keys import fold_keys
from hotlists.store.database import create_pool, open_database, pool_sql
from hotlists.store.merging import merge_duplicates
from tests.hotlists.made import entry_batch


def merged(
    folder: Path, rows: list[dict[str, str]]
) -> tuple[dict[str, dict[str, str | int | None]], list[tuple[int, int]]]:
    """Merge rows (row i + 1 of the pool): what is left of each VRM, and (row removed, row it was merged into)."""
    batch = entry_batch(rows)
    connection = open_database(folder / "pool.db", create=True).conn
    try:
        connection.execute("DROP TABLE IF EXISTS entries_1")
        create_pool(connection, 1)
        connection.executemany(pool_sql("INSERT INTO POOL (COLUMNS) VALUES (PLACES)", 1), batch.rows)
        patterns = [
            (n, str(row[0])) for n, (row, key) in enumerate(zip(batch.rows, batch.keys, strict=True), 1) if not key
        ]
        gone = list(merge_duplicates(connection, 1, fold_keys(batch.keys), patterns))
        columns = (*POLICE_COLUMNS, "until_s")
        left = [
            dict(zip(columns, row, strict=True))
            for row in connection.execute(pool_sql("SELECT COLUMNS FROM POOL ORDER BY row_id", 1))
        ]
    finally:
        connection.close()
    assert len({one["vrm"] for one in left}) == len(left)
    return {one["vrm"]: one for one in left}, gone


EARLY, LATE = "20/11/2026", "2026-12-24"


@pytest.mark.parametrize(
    ("dates", "holds"),
    [
        ([EARLY, LATE], LATE),
        ([LATE, EARLY], LATE),
        ([EARLY, LATE, EARLY], LATE),
        ([EARLY, "", LATE], ""),
        (["", EARLY], ""),
        ([EARLY, ""], ""),
        ([EARLY, "never"], "never"),
        ([EARLY, "20-11-2026"], EARLY),
    ],
)
def test_later_weed_date_holds_and_none_holds_longest(tmp_path: Path, dates: list[str], holds: str) -> None:
    left, gone = merged(tmp_path, [{"vrm": "AB51CDE", "weed_date": date} for date in dates])
    assert left["AB51CDE"]["until_s"] == end_of_day_s(weed_day(holds))
    # the date that is shown is the one that holds, not both
    assert left["AB51CDE"]["weed_date"] == holds
    assert gone == [(row, 1) for row in range(2, len(dates) + 1)]


def test_values_that_differ_are_joined_in_the_order_of_the_file(tmp_path: Path) -> None:
    rows = [
        {"vrm": "AB51CDE", "make": "FORD", "reason": "", "colour": "BLUE"},
        {"vrm": "AB51CDE", "make": "VOLVO", "reason": "stolen", "colour": ""},
        {"vrm": "AB51CDE", "make": "FORD", "reason": "", "colour": "BLUE"},
        {"vrm": "AB51CDE", "make": "VOLV", "reason": "stolen", "colour": "RED"},
    ]
    left, gone = merged(tmp_path, rows)
    entry = left["AB51CDE"]
    assert (entry["make"], entry["reason"], entry["colour"]) == ("FORD / VOLVO / VOLV", "stolen", "BLUE / RED")
    assert gone == [(2, 1), (3, 1), (4, 1)]


def test_joined_field_is_bounded(tmp_path: Path) -> None:
    left, _ = merged(tmp_path, [{"vrm": "AB51CDE", "reason": f"{n:>400}"} for n in range(9)])
    assert len(str(left["AB51CDE"]["reason"])) == 2000


def test_marks_of_one_glyph_and_patterns_stay_apart_unless_written_alike(tmp_path: Path) -> None:
    vrms = ["OI10", "A*1", "0110", "OI10", "A*I", "B?2", "A*1", "0110", "B?2"]
    left, gone = merged(tmp_path, [{"vrm": vrm, "cad": str(n)} for n, vrm in enumerate(vrms, 1)])
    assert {vrm: entry["cad"] for vrm, entry in left.items()} == {
        "OI10": "1 / 4", "0110": "3 / 8", "A*1": "2 / 7", "A*I": "5", "B?2": "6 / 9",
    }  # fmt: skip
    assert sorted(gone) == [(4, 1), (7, 2), (8, 3), (9, 6)]


@given(st.lists(st.sampled_from(["A1", "AO", "A0", "B2", "C3", "D?4"]), max_size=40))
def test_any_order_of_rows_gives_one_entry_a_vrm(tmp_path_factory: pytest.TempPathFactory, vrms: list[str]) -> None:
    left, gone = merged(tmp_path_factory.mktemp("merging"), [{"vrm": v, "cad": f"c{n}"} for n, v in enumerate(vrms, 1)])
    places = {vrm: [n for n, other in enumerate(vrms, 1) if other == vrm] for vrm in vrms}
    assert {vrm: entry["cad"] for vrm, entry in left.items()} == {
        vrm: " / ".join(f"c{n}" for n in rows) for vrm, rows in places.items()
    }
    assert sorted(gone) == sorted((n, rows[0]) for rows in places.values() for n in rows[1:])


def test_groups_that_run_over_the_rows_taken_at_a_time(tmp_path: Path) -> None:
    vrms = [f"V{n}" for n in range(400)] * 2 + ["V7"] * 700
    left, gone = merged(tmp_path, [{"vrm": vrm, "cad": str(n % 2)} for n, vrm in enumerate(vrms, 1)])
    assert len(left) == 400
    assert len(gone) == 400 + 700
    assert left["V7"]["cad"] == "0 / 1"
    assert {into for row, into in gone if row > 800} == {vrms.index("V7") + 1}
