import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.errors import SyncError
from hotlists.store.changes import Changes, combined
from hotlists.store.database import ENTRY_COLUMNS
from hotlists.sync import row_files
from hotlists.sync.row_files import (
    RECORD,
    UNIT,
    delta_lines,
    read_delta,
    read_lines,
    row_line,
    snapshot_batches,
    write_lines,
)


@given(st.binary(max_size=200))
def test_any_bytes_are_no_published_file(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("files")
    path = folder / "any.zst"
    for read in (lambda: list(snapshot_batches(path, 99)), lambda: read_delta(path, 99)):
        path.write_bytes(b"x" + content)  # no zstd, whatever follows
        with pytest.raises(SyncError):
            read()
        path.write_bytes(_compressed(folder, content))
        with contextlib.suppress(SyncError):
            read()


def _compressed(folder: Path, content: bytes) -> bytes:
    made = write_lines(content.decode("latin-1").split("\n"), folder, small=True).file
    return (folder / made.path).read_bytes()


Entries = dict[str, tuple[str, int | None]]

marks = st.sampled_from(["A1", "A01", "AO1", "B2", "B?2", "C3", "Z*9"])
field = st.text("AB\n é€\t\"'", max_size=5)
lists = st.dictionaries(marks, st.tuples(field, st.none() | st.integers(0, 2**40)), max_size=7)


def lines_of(entries: Entries) -> list[str]:
    """The lines of a snapshot, in the order in which the store gives them."""
    blank = [""] * (len(ENTRY_COLUMNS) - 3)
    return [row_line((vrm, make, *blank, until_s)) for vrm, (make, until_s) in sorted(entries.items())]


def entries_of(changes: Changes) -> Entries:
    return {str(row[0]): (str(row[1]), row[-1]) for row in changes.entries.rows}  # type: ignore[misc]


def delta(folder: Path, before: list[str], after: list[str]) -> Changes:
    return read_delta(folder / write_lines(delta_lines(before, after), folder, small=False).file.path, 99)


@given(lists)
def test_snapshot_is_read_back(tmp_path_factory: pytest.TempPathFactory, entries: Entries) -> None:
    folder = tmp_path_factory.mktemp("files")
    made = write_lines(lines_of(entries), folder, small=False).file
    assert made.bytes == (folder / made.path).stat().st_size
    batches = list(snapshot_batches(folder / made.path, 99))
    assert {str(r[0]): (r[1], r[-1]) for b in batches for r in b.rows} == entries
    assert [key > 0 for b in batches for key in b.keys.tolist()] == [
        "?" not in v and "*" not in v for v in sorted(entries)
    ]
    # the same rows are the same file
    assert write_lines(lines_of(entries), folder, small=False).file == made


@given(lists, lists, lists)
def test_deltas_lead_from_one_list_to_the_next_and_to_the_last_at_once(
    tmp_path_factory: pytest.TempPathFactory, first: Entries, second: Entries, last: Entries
) -> None:
    folder = tmp_path_factory.mktemp("files")
    steps = [delta(folder, lines_of(a), lines_of(b)) for a, b in ((first, second), (second, last))]

    def applied(changes: Changes) -> Entries:
        return {v: e for v, e in first.items() if v not in changes.removed} | entries_of(changes)

    assert applied(steps[0]) == second
    # a step holds only what differs
    assert set(entries_of(steps[0]).items()) == set(second.items()) - set(first.items())
    assert set(steps[0].removed) == set(first) - set(second)
    assert applied(combined(steps)) == last
    # applied twice it is what it is once
    assert applied(combined([steps[0], steps[0]])) == second
    assert len(combined([steps[0], steps[0]]).entries.rows) == len(steps[0].entries.rows)


def test_bytes_that_divide_rows_and_fields_do_not_survive_in_a_field() -> None:
    line = row_line(("A1", f"a{UNIT}b{RECORD}c\r\nd", None, 5))
    assert line.split(UNIT) == ["A1", f"a b c{RECORD}d", "", "5"]
    assert "\n" not in line


def test_files_of_many_rows_are_read_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_files, "ROWS_A_BATCH", 3)
    entries: Entries = {f"A{n:03d}": ("x", n) for n in range(8)}
    made = write_lines(lines_of(entries), tmp_path, small=True).file
    batches = list(snapshot_batches(tmp_path / made.path, 99))
    assert [list(b.numbers) for b in batches] == [[1, 2, 3], [4, 5, 6], [7, 8]]
    assert [r[0] for b in batches for r in b.rows] == sorted(entries)
    assert list(read_lines(tmp_path / made.path)) == lines_of(entries)


ROW = UNIT * 16


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("A1" + UNIT * 15, "rows of another form: update the program"),
        ("A1" + UNIT * 17, "rows of another form"),
        ("a1" + ROW, "a VRM of another form"),
        ("A**1" + ROW, "a VRM of another form"),
        ("A" * 13 + ROW, "values of another form"),
        ("A1" + ROW + "soon", "values of another form"),
        ("A1" + ROW + str(2**48 + 1), "a date of another form"),
    ],
)
def test_rows_of_another_program_are_refused_and_never_quoted(tmp_path: Path, line: str, sentence: str) -> None:
    made = write_lines([line], tmp_path, small=True).file
    with pytest.raises(SyncError, match=sentence) as refused:
        list(snapshot_batches(tmp_path / made.path, 99))
    assert "A1" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    ("line", "sentence"), [("?A1", "is no delta"), ("", "is no delta"), ("-É1", "removes what no list holds")]
)
def test_lines_that_are_no_delta(tmp_path: Path, line: str, sentence: str) -> None:
    made = write_lines([line], tmp_path, small=True).file
    with pytest.raises(SyncError, match=f"{sentence}: publish the list again"):
        read_delta(tmp_path / made.path, 99)


def test_files_that_go_on_and_on_are_not_read_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = write_lines(lines_of({f"A{n}": ("", None) for n in range(30)}), tmp_path, small=True).file
    with pytest.raises(SyncError, match="more entries than was signed"):
        list(snapshot_batches(tmp_path / made.path, 29))
    assert len(next(iter(snapshot_batches(tmp_path / made.path, 30))).rows) == 30
    made = write_lines([f"-A{n}" for n in range(30)], tmp_path, small=True).file
    with pytest.raises(SyncError, match="more changes than two revisions can differ by"):
        read_delta(tmp_path / made.path, 29)
    monkeypatch.setattr(row_files, "LONGEST_ROW", 1000)
    made = write_lines(["A1" * 501], tmp_path, small=True).file
    with pytest.raises(SyncError, match="a row that never ends"):
        list(read_lines(tmp_path / made.path))
