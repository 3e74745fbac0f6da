import csv
import io
import re
from collections import Counter
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from anpr.showable import of_cell
from hotlists.columns import POLICE_COLUMNS
from hotlists.importers import lines
from hotlists.importers.delimited import DELIMITERS, FILLED_UP, MOST_LINES_OF_RECORD, find_delimiter, split
from hotlists.importers.lines import blocks
from hotlists.importers.options import ReadOptions
from hotlists.importers.read import entries
from hotlists.store.store import HotlistStore
from tests.hotlists.made import imported, outcomes, police_row, soup, write_rows


def test_a_broken_quote_costs_one_row(store: HotlistStore, tmp_path: Path) -> None:
    rows = [police_row(f"AB{n:02d}CDE") for n in range(99)]
    rows[40] = rows[40].replace("FORD", '"FORD')
    rows[70] = rows[70].replace("FORD", '"FORD, or ""VOLVO"""')
    rows[80] = rows[80].replace("FORD", '"FO\nRD"')
    rows[90] = rows[90].replace("FORD", 'FORD 5"')
    report = imported(store, write_rows(tmp_path / "list.csv", rows))
    assert outcomes(report) == [("41", "rejected", "a quote that is not closed, or text after a closing quote")]
    makes = {row[1]: row[2] for row in store.rows(report.revision)}
    assert (len(makes), makes["AB70CDE"], makes["AB80CDE"], makes["AB90CDE"]) == (
        98,
        'FORD, or "VOLVO"',
        "FO\nRD",
        'FORD 5"',
    )


def test_broken_quotes_at_the_ends_of_blocks(tmp_path: Path) -> None:
    from hotlists.importers.delimited import split  # noqa: PLC0415 - only here

    rows = [police_row(f"AB{n:02d}CDE", make='"A\nB"' if n % 7 == 0 else "X") for n in range(60)]
    rows[33] = rows[33].replace("X", '"X')
    path = write_rows(tmp_path / "list.csv", rows)
    for size in (50, 333, 1000, 5000):
        with path.open(encoding="utf-8") as text:
            batches = list(split(lines.blocks(text, size), ",", 16))
        assert [row[0] for b in batches for row in b.rows] == [f"AB{n:02d}CDE" for n in range(60) if n != 33]
        assert [r.line for b in batches for r in b.rejects] == [33 + 1 + 5]
        numbers = [n for b in batches for n in b.numbers]
        assert numbers == sorted(numbers)


@given(soup, st.integers(1, 40))
def test_rows_do_not_depend_on_where_blocks_end(text: str, size: int) -> None:
    text = text.replace("\r", "")
    whole = _rows(text, 1 << 20)
    assert _rows(text, size) == whole


def _rows(text: str, size: int) -> tuple[list[tuple[int, list[str]]], list[tuple[int, str]]]:
    batches = list(split(blocks(io.StringIO(text), size), ",", 3))
    rows = [(n, row) for b in batches for n, row in zip(b.numbers, b.rows, strict=True)]
    return rows, sorted((r.line, r.reason) for b in batches for r in b.rejects)


@given(
    st.lists(st.integers(0, 200), min_size=1, max_size=12, unique=True),
    st.sampled_from(['"', '""', '"x', 'x"y', '"a"b']),
)
def test_quotes_cost_at_most_the_rows_they_stand_in(broken: list[int], quote: str) -> None:
    rows = [police_row(f"AB{n:03d}") for n in range(201)]
    for n in broken:
        rows[n] = rows[n].replace("FORD", quote)
    batches = list(split(blocks(io.StringIO("\n".join(rows)), 3000), ",", 16))
    kept = {row[0] for b in batches for row in b.rows}
    lost = {f"AB{n:03d}" for n in range(201)} - kept
    rejected = {f"AB{r.line - 1:03d}" for b in batches for r in b.rejects}
    assert lost == rejected
    assert lost <= {f"AB{n:03d}" for n in broken}


def read(text: str, delimiter: str, columns: int, size: int = 1 << 20) -> list[tuple[int, list[str]]]:
    batches = list(split(blocks(io.StringIO(text), size), delimiter, columns))
    assert not [reject for batch in batches for reject in batch.rejects]
    return [(n, row) for b in batches for n, row in zip(b.numbers, b.rows, strict=True)]


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_delimiter_that_gives_the_wanted_columns_goes_before_one_that_is_more_even(delimiter: str) -> None:
    other = "|" if delimiter != "|" else ","
    lines = [delimiter.join(["AB51CDE", f"a{other}b", "c"]), "", delimiter.join(["CD52EFG", f"a{other}b", ""])]
    assert find_delimiter(lines, 3) == delimiter
    # quotes hide what stands in them
    assert find_delimiter([f'"a{other}b{other}c"{delimiter}"d"', f'"{other}"{delimiter}e']) == delimiter


def test_one_column_has_the_first_delimiter() -> None:
    assert find_delimiter(["AB51CDE", "CD52EFG"]) == ","
    assert find_delimiter([]) == find_delimiter(["", "  "], 16) == ","


first_field, field = (st.text(st.sampled_from(letters), max_size=8) for letters in ('AB1;" é', 'AB1;"\n é'))


@given(st.lists(st.tuples(first_field, field, field), min_size=1, max_size=8), st.integers(1, 60))
def test_what_a_csv_writer_quotes_is_read_back(rows: list[tuple[str, str, str]], size: int) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    found = read(text.getvalue(), ",", 3, size)
    assert [tuple(row) for _, row in found] == rows
    first = 1
    for (number, _), row in zip(found, rows, strict=True):
        assert number == first
        first += 1 + sum(field.count("\n") for field in row)


ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252")
cells = st.text(st.sampled_from("AB19 ,;|\t'\"=-éß£"), max_size=8)
makes = st.lists(cells, min_size=1, max_size=20)


@settings(max_examples=60)
@given(
    makes,
    st.sampled_from(DELIMITERS),
    st.sampled_from(ENCODINGS),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC]),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["", "sep"]),
)
def test_whatever_a_program_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    makes: list[str],
    delimiter: str,
    encoding: str,
    end: str,
    quoting: Literal[0, 1, 2, 3],
    headed: bool,
    is_ended: bool,
    first: str,
) -> None:
    """Any delimiter, quoting, line end, encoding and mark of byte order; headings, `sep=` and a last line end or none."""
    rows = [[f"AB{n:02d}CDE", make, f"{make} {n}", *[""] * 7, "22/11/2030", *[""] * 5] for n, make in enumerate(makes)]
    out = io.StringIO()
    if first:
        out.write(f"sep={delimiter}{end}")
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerows([[column.upper() for column in POLICE_COLUMNS]] if headed else [])
    writer.writerows(rows)
    text = out.getvalue() if is_ended else out.getvalue().removesuffix(end)
    # two letters of cp1252 may be one of UTF-8: what cannot be told apart is not asked for
    assume(encoding != "cp1252" or not any(re.search("[^\\x00-\\x7f]{2}", make) for make in makes))
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(text.encode(encoding))
    batches = list(entries(path, ReadOptions()))
    assert [reject for batch in batches for reject in batch.rejects] == []
    found = [[str(cell) for cell in row[: len(POLICE_COLUMNS)]] for batch in batches for row in batch.rows]
    # ="…" is how a text is kept from being changed, and stands for the text; so is an apostrophe before what would be calculated
    plain = [[of_cell(cell[2:-1] if re.fullmatch('=".+"', cell) else cell) for cell in row] for row in rows]
    assert found == plain


def test_record_of_as_many_lines_as_may_be_and_of_one_more() -> None:
    def text(count: int) -> str:
        return 'A,"' + "x\n" * (count - 1) + '",c\nB,b,c\n'

    assert [n for n, _ in read(text(MOST_LINES_OF_RECORD), ",", 3)] == [1, MOST_LINES_OF_RECORD + 1]
    batches = list(split(blocks(io.StringIO(text(MOST_LINES_OF_RECORD + 1))), ",", 3))
    assert [row for batch in batches for row in batch.rows] == [["B", "b", "c"]]
    assert next(reject.line for batch in batches for reject in batch.rejects) == 1


def test_blank_lines_are_neither_rows_nor_rejects() -> None:
    assert read("A,b\n\n  \nC,d\n", ",", 2) == [(1, ["A", "b"]), (4, ["C", "d"])]
    assert read('A,"b"\n\n  \nC,d\n', ",", 2) == [(1, ["A", "b"]), (4, ["C", "d"])]


def test_empty_columns_behind_the_last_are_none_and_short_rows_are_filled_up_as_far_as_allowed() -> None:
    assert read("A,b,, \nC,d\n", ",", 2) == [(1, ["A", "b"]), (2, ["C", "d"])]
    notes: Counter[str] = Counter()
    (batch,) = split(blocks(io.StringIO('A,b\nC,d,e\nF\nG,"h"\n')), ",", 3, 2, notes)
    assert batch.rows == [["A", "b", ""], ["C", "d", "e"], ["G", "h", ""]]
    assert [(reject.line, reject.reason) for reject in batch.rejects] == [(3, "1 columns where 3 are expected")]
    assert notes == {FILLED_UP: 2}


def test_texts_that_were_kept_from_a_spreadsheet() -> None:
    text = '="AB51CDE",b\n"=""CD52EFG""",="d"\n="",e\n'
    assert [row for _, row in read(text, ",", 2)] == [["AB51CDE", "b"], ["CD52EFG", "d"], ['=""', "e"]]


def test_lines_of_zeros_and_the_end_mark_of_old_systems_are_nothing() -> None:
    assert read("A,b\n\x1a\n\0\0\0\0", ",", 2) == [(1, ["A", "b"])]


def test_every_line_that_is_not_a_row_is_told_with_its_number() -> None:
    batches = list(split(blocks(io.StringIO('A,b\nC\nD,e,f\nG\0,h\n"I,j\n')), ",", 2))
    assert [(r.line, r.reason) for b in batches for r in b.rejects] == [
        (2, "1 columns where 2 are expected"),
        (3, "3 columns where 2 are expected"),
        (4, "the row holds a NUL byte"),
        (5, "a quote that is not closed, or text after a closing quote"),
    ]


def test_text_of_several_lines_in_the_last_column_and_a_quote_there_that_is_just_left_open() -> None:
    assert read('A,b,"c\nd"\nB,b,c\n', ",", 3) == [(1, ["A", "b", "c\nd"]), (3, ["B", "b", "c"])]
    assert read('A,b,"c\nB,b,c\n', ",", 3) == [(1, ["A", "b", "c"]), (2, ["B", "b", "c"])]
    assert read('A,b,"c\nB,b,"c\n', ",", 3) == [(1, ["A", "b", "c"]), (2, ["B", "b", "c"])]
    # in a list of bare VRMs each line is one
    assert [row for _, row in read('"AB51\nCD52"\n', "\t", 1)] == [["AB51"], ['CD52"']]
