from pathlib import Path

import pytest

from hotlists.store.store import HotlistStore
from tests.hotlists.made import imported, police_row


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8", ","), ("utf-8-sig", "\t"), ("utf-16", ";"), ("utf-16-le", "|"), ("utf-16-be", ","), ("cp1252", ";")],
)
def test_encodings_and_delimiters(store: HotlistStore, tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "list.csv"
    rows = [police_row("AB51CDE", model="Citroën"), police_row("CD52EFG", reason="£ fraud")]
    path.write_bytes("\r\n".join(row.replace(",", delimiter) for row in rows).encode(encoding))
    report = imported(store, path)
    assert report.rejected == 0
    kept = list(store.rows(report.revision))
    assert [row[1] for row in kept] == ["AB51CDE", "CD52EFG"]
    assert kept[0][3] == "Citroën"
    assert kept[1][7] == "£ fraud"
