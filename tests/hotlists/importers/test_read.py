from pathlib import Path

from hotlists.importers.read import FileKind
from hotlists.store.store import HotlistStore
from tests.hotlists.made import imported, vrms_of, write_rows


def test_bare_vrms_and_parts_of_vrms(store: HotlistStore, tmp_path: Path) -> None:
    path = write_rows(tmp_path / "list.txt", ["ab51 cde", "B51", "A?51*"])
    imported(store, path, kind=FileKind.VRMS)
    assert vrms_of(store) == ["A?51*", "AB51CDE", "B51"]
    imported(store, path, kind=FileKind.VRMS, partial=True)
    assert vrms_of(store) == ["*AB51CDE*", "*B51*", "A?51*"]
