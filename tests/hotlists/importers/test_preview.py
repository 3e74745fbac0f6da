from pathlib import Path

import pytest

from anpr.errors import ImportRefused, UserError
from hotlists.importers.import_list import ImportOptions, import_list
from hotlists.importers.options import ReadOptions
from hotlists.importers.preview import Changes, preview
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore
from tests.hotlists.made import import_vrms, police_row, random_vrms, vrms_of, write_rows


def test_a_preview_says_what_the_import_then_does(store: HotlistStore, tmp_path: Path) -> None:
    before = [*random_vrms(30), "AB5*", "CD6?EFG"]
    import_vrms(store, tmp_path, before)
    rows = [police_row(vrm) for vrm in [*before[5:], "XY51ABC", "XY 51 ABC", "XZ5*", "XZ5*"]]
    path = write_rows(tmp_path / "new.csv", [*rows, police_row("")])
    found = preview(path, ImportOptions(), store, "stolen")
    assert found.changes == Changes(revision=1, added=2, removed=5, kept=27)
    assert (found.entries, found.merged, found.tally.rejected, found.refusal) == (29, 2, 1, None)
    assert sorted(vrms_of(store)) == sorted(before)
    report = import_list(store, path, ListSettings("stolen"))
    assert (report.entries, report.merged, report.rejected) == (found.entries, found.merged, found.tally.rejected)
    assert preview(path, ImportOptions(), store, "stolen").changes == Changes(2, 0, 0, 29)


def test_a_preview_says_with_what_sentence_an_import_would_be_refused(store: HotlistStore, tmp_path: Path) -> None:
    import_vrms(store, tmp_path, random_vrms(40))
    path = write_rows(tmp_path / "new.csv", [police_row("AB51CDE")])
    refusal = preview(path, ImportOptions(), store, "stolen").refusal
    assert refusal is not None
    assert "would have 1 entries instead of 40" in refusal
    with pytest.raises(ImportRefused) as refused:
        import_list(store, path, ListSettings("stolen"))
    assert str(refused.value) == refusal
    assert preview(path, ImportOptions(shorter=True), store, "stolen").refusal is None
    assert preview(path, ImportOptions()).refusal is None


def test_what_cannot_be_read_as_a_list_or_may_not_be_replaced_is_no_preview(
    store: HotlistStore, tmp_path: Path
) -> None:
    with pytest.raises(ImportRefused, match="no sheets: leave --sheet out"):
        preview(write_rows(tmp_path / "a.csv", ["VRM", "AB51CDE"]), ImportOptions(ReadOptions(sheet="x")))
    store.define(ListSettings("office"), origin="sync", source="x")
    with pytest.raises(UserError, match="comes from the back office"):
        preview(tmp_path / "a.csv", ImportOptions(), store, "office")
    assert not list(tmp_path.glob("*.rejects.csv"))
