from pathlib import Path

import pytest

from anpr.errors import ImportRefused
from hotlists.store.store import HotlistStore
from tests.hotlists.made import imported, write_rows


def test_table_with_a_header_or_a_mapping(store: HotlistStore, tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "list.csv", ["Colour;Reg No;Weed_Date;other", "red;ab51cde;2026-12-01;x", '"blue";"CD52EFG";;y']
    )
    report = imported(store, path)
    assert [(row[1], row[4], row[11]) for row in store.rows(report.revision)] == [
        ("AB51CDE", "red", "2026-12-01"),
        ("CD52EFG", "blue", ""),
    ]
    report = imported(store, path, mapping={"vrm": "reg no", "information": "OTHER"})
    assert [(row[1], row[4], row[9]) for row in store.rows(report.revision)] == [
        ("AB51CDE", "", "x"),
        ("CD52EFG", "", "y"),
    ]
    with pytest.raises(ImportRefused, match="no column headed 'plate'"):
        imported(store, path, mapping={"vrm": "plate"})
