import io
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from hotlists.importers import lines
from hotlists.importers.delimited import split
from hotlists.importers.lines import blocks
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
