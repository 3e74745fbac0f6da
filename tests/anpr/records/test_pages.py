"""Held against SQLite itself: what it wrote is what is read off the pages."""

import os
import shutil
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anpr import sqlite
from anpr.records.pages import Row, rows_on_pages

VALUES = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.binary(max_size=40),
    st.integers(3000, 30_000).map(bytes),
)


def fill(path: Path, rows: Sequence[tuple[object, ...]], *pragmas: str, locked: bool = True) -> None:
    with closing(sqlite.connect(path) if locked else sqlite.connect_with(path, None)) as one:
        for pragma in pragmas:
            one.execute(f"PRAGMA {pragma}")
        one.execute("CREATE TABLE things(a, b, c)")
        one.execute("BEGIN")
        one.executemany("INSERT INTO things VALUES (?,?,?)", rows)
        one.execute("COMMIT")


def things(path: Path) -> list[Row]:
    return [row for row in rows_on_pages(path) if len(row.values) == 3]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=30),
    st.sampled_from([512, 1024, 4096, 65536]),
    st.sampled_from(["DELETE", "WAL"]),
    st.booleans(),
)
def test_every_row_that_sqlite_wrote_is_read(
    tmp_path: Path, rows: list[tuple[int | float | str | bytes | None, ...]], page: int, journal: str, locked: bool
) -> None:
    path = tmp_path / "a.db"
    path.unlink(missing_ok=True)
    fill(path, rows, *([] if locked else [f"page_size={page}"]), f"journal_mode={journal}", locked=locked)
    assert sqlite.is_plain(path) != locked
    assert sorted(things(path), key=lambda row: row.rowid) == [Row(n, row) for n, row in enumerate(rows, 1)]


def test_the_log_goes_before_the_file_up_to_where_it_is_torn(tmp_path: Path) -> None:
    path, live = tmp_path / "a.db", tmp_path / "live.db"
    fill(live, [(n, "old", None) for n in range(20)], "journal_mode=WAL")
    with closing(sqlite.connect(live)) as one:
        one.execute("UPDATE things SET b = 'new'")
        whole = Path(f"{live}-wal").stat().st_size
        one.execute("UPDATE things SET b = 'newest'")
        shutil.copyfile(live, path)
        shutil.copyfile(f"{live}-wal", f"{path}-wal")
    assert {row.values[1] for row in things(path)} == {"newest"}
    log = Path(f"{path}-wal")
    content = bytearray(log.read_bytes())
    content[whole + 1000] ^= 0xFF
    log.write_bytes(content)
    assert {row.values[1] for row in things(path)} == {"new"}
    log.write_bytes(content[: whole + 100])
    assert {row.values[1] for row in things(path)} == {"new"}
    log.write_bytes(b"rubbish" * 1000)
    assert {row.values[1] for row in things(path)} == {"old"}


@pytest.mark.parametrize("locked", [True, False])
def test_what_was_erased_is_not_read_again(tmp_path: Path, locked: bool) -> None:
    path = tmp_path / "a.db"
    fill(path, [(n, "x" * 300, None) for n in range(200)], locked=locked)
    with closing(sqlite.connect(path)) as one:
        one.execute("PRAGMA secure_delete = OFF")
        one.execute("DELETE FROM things WHERE a >= 10")
    assert [row.values[0] for row in things(path)] == list(range(10))


@pytest.mark.parametrize("spoilt", ["header", "first page", "every third page", "cut"])
def test_damage_costs_the_rows_that_it_hit(spoilt: str, tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    rows = [(n, "x" * 100, None) for n in range(1000)]
    fill(path, rows)
    content = bytearray(path.read_bytes())
    pages = len(content) // 4096
    match spoilt:
        case "header":
            content[:100] = os.urandom(100)
        case "first page":
            content[:4096] = os.urandom(4096)
        case "every third page":
            for page in range(2, pages, 3):
                content[page * 4096 : (page + 1) * 4096] = bytes([13]) + os.urandom(4095)
        case _:
            del content[len(content) // 2 + 777 :]
    path.write_bytes(content)
    found = things(path)
    assert {row.values for row in found} <= set(rows)
    least = {"header": 1000, "first page": 1000, "every third page": 600, "cut": 450}[spoilt]
    assert len(found) >= least
    assert len(found) == 1000 or spoilt not in ("header", "first page")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=20_000), st.binary(max_size=6000))
def test_rubbish_is_read_to_its_end(tmp_path: Path, content: bytes, log: bytes) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(content)
    Path(f"{path}-wal").write_bytes(log)
    for row in rows_on_pages(path):
        assert isinstance(row.values, tuple)
