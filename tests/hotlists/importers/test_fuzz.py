"""Any bytes at all: a sentence or an import, and the list in use is untouched by the former."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.errors import ImportRefused
from hotlists.importers.import_list import ImportOptions, import_list
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore
from tests.hotlists.fuzz_targets import KEPT, TARGETS, Car, seeds
from tests.hotlists.made import import_vrms, soup, vrms_of


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


@pytest.mark.parametrize("target", TARGETS)
def test_fuzz_targets_hold_on_their_seeds(tmp_path: Path, target: str) -> None:
    found = {
        "files": [
            b"\x02-\xc3\xa9\n",
            b"\x00a?1" + b"\x1f" * 16 + b"\n",
            b"\x00AB51CDE" + b"\x1f" * 16 + b"9" * 30 + b"\n",
        ],
        "lists": [b"1e308", b"1000000000000"],
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
