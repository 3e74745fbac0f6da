import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.errors import ImportRefused
from hotlists.importers import json_array
from hotlists.importers.json_array import split
from hotlists.importers.json_lines import known_keys
from hotlists.importers.options import FileKind, ReadOptions, Understood
from hotlists.importers.read import entries
from hotlists.store.store import HotlistStore
from tests.hotlists.made import imported, vrms_of


def read(text: str) -> list[tuple[int, str, str]]:
    found = split(Path("list.json"), io.StringIO(text), known_keys(ReadOptions()))
    return [(n, row[0], row[1]) for batch in found for n, row in zip(batch.numbers, batch.rows, strict=True)]


texts = st.text(st.characters(exclude_categories=("C", "Z")) | st.just(" "), max_size=12).filter(str.isprintable)


@given(st.lists(st.tuples(texts, texts), max_size=12), st.integers(1, 60), st.sampled_from([None, 1, "\t"]))
def test_an_array_is_read_back_wherever_its_pieces_end(
    rows: list[tuple[str, str]], chunk: int, indent: int | str | None
) -> None:
    text = json.dumps([{"make": make, "vrm": vrm} for vrm, make in rows], indent=indent)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_array, "_CHUNK", chunk)
        patch.setattr(json_array, "LONGEST_VALUE", 200)
        assert read(text) == [(n, vrm, make) for n, (vrm, make) in enumerate(rows, start=1)]


def test_an_array_on_one_line_or_many_and_of_texts(store: HotlistStore, tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    for content in ([{"plate": "ab51 cde"}, {"Reg No": "CD52EFG", "x": [1]}], ["AB51CDE", "CD52EFG"]):
        for indent in (None, 2):
            path.write_text("\ufeff" + json.dumps(content, indent=indent), "utf-8")
            report = imported(store, path)
            assert (vrms_of(store), report.understood.kind) == (["AB51CDE", "CD52EFG"], FileKind.JSON_ARRAY)


def test_its_keys_are_told(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text('[{"plate": "AB51CDE", "owner": "x"}]')
    understood = Understood()
    list(entries(tmp_path / "list.json", ReadOptions(), understood))
    assert [(column.heading, column.column) for column in understood.columns] == [("plate", "vrm"), ("owner", None)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[{"vrm": "AB51CDE"}', "ends within its JSON array, after 1 entries: copy it again"),
        ('[{"vrm": "AB51CDE"}, {"vrm": "CD5', "is not valid JSON at entry 2"),
        ('[{"vrm": "AB51CDE"}] []', "goes on after its JSON array"),
        ('["' + "x" * 100_001 + '"]', "an entry of more than 100,000 characters"),
    ],
)
def test_an_array_that_is_not_whole_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(ImportRefused, match=sentence):
        read(text)


def test_what_is_no_entry_is_a_reject(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text(json.dumps([{"vrm": "AB51CDE"}, 7, {"vrm": []}, "A\0", ["x"]]))
    (batch,) = entries(tmp_path / "list.json", ReadOptions())
    assert [reject.line for reject in batch.rejects] == [2, 3, 4, 5]
