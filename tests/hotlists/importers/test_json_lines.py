from pathlib import Path

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
