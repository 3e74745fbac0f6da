"""Any bytes at all: a sentence or an import, and the list in use is untouched by the former."""

import contextlib
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.errors import ConfigError, ImportRefused, SyncError
from hotlists.importers.delimited import split
from hotlists.importers.import_list import ImportOptions, import_list
from hotlists.importers.lines import blocks
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore
from hotlists.sync.manifest import Manifest
from hotlists.sync.row_files import read_delta, snapshot_batches, write_lines
from tests.hotlists.fuzz_targets import KEPT, TARGETS, Car, seeds
from tests.hotlists.made import import_vrms, police_row, vrms_of

soup = st.text(st.sampled_from('A1,;\t|"\n\r\0é "?*\ufeffЖ'), max_size=300)


@given(
    st.one_of(
        st.binary(max_size=400),
        soup.map(lambda t: t.encode("utf-8", "replace")),
        soup.map(lambda t: t.encode("utf-16")),
    )
)
def test_any_file_is_imported_or_refused_in_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    store, folder = _shared(tmp_path_factory)
    path = folder / "any.csv"
    path.write_bytes(content)
    sentence = ""
    try:
        report = import_list(store, path, ListSettings("fuzzed"), ImportOptions(most_rejects=1.0))
    except ImportRefused as refusal:
        report, sentence = None, str(refusal)
    assert "\n" not in sentence if report is None else report.entries == len(vrms_of(store, "fuzzed")) > 0
    assert vrms_of(store) == ["AB51CDE"]


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


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda c: st.lists(c) | st.dictionaries(st.text(max_size=5), c),
    )
)
def test_any_json_is_no_manifest(value: object) -> None:
    with pytest.raises(SyncError):
        Manifest.from_text(json.dumps(value))
    with contextlib.suppress(ConfigError):
        ListSettings.from_values(value)
    with contextlib.suppress(ConfigError):
        ListSettings.from_values({"name": "x", "hours": value, "cars": value, "max_age_s": value})


@given(st.binary(max_size=200))
def test_any_bytes_are_no_published_file(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    _, folder = _shared(tmp_path_factory)
    path = folder / "any.zst"
    for read in (lambda: list(snapshot_batches(path)), lambda: read_delta(path)):
        path.write_bytes(b"x" + content)  # no zstd, whatever follows
        with pytest.raises(SyncError):
            read()
        path.write_bytes(_compressed(folder, content))
        with contextlib.suppress(SyncError):
            read()


def _compressed(folder: Path, content: bytes) -> bytes:
    made = write_lines(content.decode("latin-1").split("\n"), folder, small=True)
    return (folder / made.path).read_bytes()


@pytest.mark.parametrize("target", TARGETS)
def test_fuzz_targets_hold_on_their_seeds(tmp_path: Path, target: str) -> None:
    found = {
        "files": [
            b"\x02-\xc3\xa9\n",
            b"\x00a?1" + b"\x1f" * 16 + b"\n",
            b"\x00AB51CDE" + b"\x1f" * 16 + b"9" * 30 + b"\n",
        ],
        "manifest": [b"1e308", b"1000000000000"],
    }
    car = Car(tmp_path / "car")
    try:
        for data in (*seeds(target), *found.get(target, [])):
            TARGETS[target](car, data)
        assert vrms_of(car.store, "kept") == sorted(KEPT)
    finally:
        car.close()


_SHARED: list[tuple[HotlistStore, Path]] = []


def _shared(tmp_path_factory: pytest.TempPathFactory) -> tuple[HotlistStore, Path]:
    if not _SHARED:
        folder = tmp_path_factory.mktemp("fuzz")
        store = HotlistStore(folder / "data" / "hotlists.db")
        import_vrms(store, folder, ["AB51CDE"])
        _SHARED.append((store, folder))
    return _SHARED[0]


@pytest.fixture(scope="module", autouse=True)
def _closed() -> Iterator[None]:
    yield
    for store, _ in _SHARED:
        store.close()
    _SHARED.clear()
