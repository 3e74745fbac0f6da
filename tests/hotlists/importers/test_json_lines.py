from pathlib import Path

from hotlists.columns import POLICE_COLUMNS
from hotlists.importers.json_lines import known_keys, split
from hotlists.importers.lines import Block
from hotlists.importers.options import ReadOptions
from hotlists.importers.raw import RawBatch
from hotlists.store.store import HotlistStore
from tests.hotlists.made import imported, outcomes, write_rows


def test_json_lines(store: HotlistStore, tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "list.jsonl",
        ['{"vrm": "AB51CDE", "make": "Ford", "pnc id": 26, "x": [1]}', '{"registration": "CD52EFG", "colour": null}',
         '{"vrm": "EF53", "make": {}}', "[]", "{", '{"vrm": "GH54\\ud800"}'],
    )  # fmt: skip
    report = imported(store, path, most_rejects=0.7)
    assert [(row[1], row[2], row[12]) for row in store.rows(report.revision)] == [
        ("AB51CDE", "Ford", "26"),
        ("CD52EFG", "", ""),
    ]
    assert [line for line, _, _ in outcomes(report)] == ["3", "4", "5", "6"]


def read(
    lines: list[str], mapping: dict[str, str] | None = None, first: int = 1, named: dict[str, str] | None = None
) -> RawBatch:
    (batch,) = split(
        [Block(first, lines, quoted=True, nul=False, too_long=(99,), recoded=2)],
        known_keys(ReadOptions(mapping=mapping, named=named or {})),
    )
    return batch


def as_fields(batch: RawBatch) -> list[dict[str, str]]:
    return [{c: v for c, v in zip(POLICE_COLUMNS, row, strict=True) if v} for row in batch.rows]


def test_keys_are_our_columns_or_their_common_names_and_values_become_text() -> None:
    batch = read(
        ['{"VRM": "AB51CDE", "weed date": "2026-12-01", "Colour": null, "pnc_id": 26, "cad": true, "owner": {}}'],
        first=5,
    )
    assert as_fields(batch) == [{"vrm": "AB51CDE", "weed_date": "2026-12-01", "pnc_id": "26", "cad": "true"}]
    assert (batch.numbers, batch.recoded) == ([5], 2)


def test_mapping_takes_only_what_it_names() -> None:
    batch = read(['{"vrm": "no", "Kenn_zeichen": "AB51CDE", "make": "FORD"}'], {"vrm": "kenn zeichen"})
    assert as_fields(batch) == [{"vrm": "AB51CDE"}]


def test_the_better_name_of_two_is_taken_whichever_comes_first() -> None:
    for line in ('{"number": 5, "VRM": "AB51CDE", "plate": "no"}', '{"plate": "no", "VRM": "AB51CDE", "number": 5}'):
        assert as_fields(read([line])) == [{"vrm": "AB51CDE"}]
    (row,) = as_fields(read(['{"number": "AB51CDE", "vrm": "no", "make": "VW"}'], named={"vrm": "Number"}))
    assert row == {"vrm": "AB51CDE", "make": "VW"}


def test_lines_that_are_no_row_have_their_number_and_reason() -> None:
    batch = read(
        ["", "  ", "{", "[1]", '{"vrm": "A", "make": [1]}', '{"vrm": "A\\u0000"}', "[" * 100_000, '{"vrm": "B1"}']
    )
    assert as_fields(batch) == [{"vrm": "B1"}]
    assert batch.numbers == [8]
    assert [(r.line, r.reason) for r in batch.rejects] == [
        (99, "the line is longer than 100,000 characters"),
        (3, "the line is not valid JSON"),
        (4, "the line is JSON but no object"),
        (5, "the value of make is an object or a list"),
        (6, "the row holds a NUL byte"),
        (7, "the line is not valid JSON"),
    ]


def test_half_of_a_character_does_not_reach_the_store() -> None:
    (row,) = read(['{"vrm": "A1", "reason": "\\ud83d stolen \\ud83d\\ude00"}']).rows
    reason = row[POLICE_COLUMNS.index("reason")]
    assert reason.encode("utf-8").decode("utf-8") == reason
    assert reason.endswith(" stolen 😀")
