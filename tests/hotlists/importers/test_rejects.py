from pathlib import Path
from typing import IO, Any

import pytest

from hotlists.importers import rejects as rejects_module
from hotlists.importers.rejects import RejectsFile
from hotlists.store.entries import Reject
from hotlists.store.store import HotlistStore
from tests.hotlists.made import imported, outcomes, police_row, vrms_of, write_rows


def test_every_rejected_row_is_named_with_its_reason(store: HotlistStore, tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "list.csv",
        [
            police_row("AB51CDE"),
            police_row(""),
            "a,b,c",
            police_row("CD52EFG") + ",17th",
            police_row("EF53GHJ", weed_date="31/02/2027"),
            police_row("GH54JKL", weed_date="soon"),
            police_row("JK55LM\0"),
            police_row("ЖЖ51"),
            police_row("AB51CDEFGHIJKLM"),
            police_row("?"),
            "",
            police_row("ab 51-cde", reason="again"),
            police_row("ab/51.CD(E)", make="VOLVO"),
            police_row("АВ52СОР"),
            police_row("MÜ1"),
        ],
    )
    report = imported(store, path, most_rejects=0.7)
    assert outcomes(report) == [
        ("3", "rejected", "3 columns where 16 are expected"),
        ("4", "rejected", "17 columns where 16 are expected"),
        ("7", "rejected", "the row holds a NUL byte"),
        ("2", "rejected", "the VRM is empty"),
        ("5", "rejected", "the weed date is a day that does not exist"),
        ("6", "rejected", "the weed date is a date in no known form (2026-11-22, 22/11/2026, 22-Nov-2026)"),
        ("8", "rejected", "the VRM holds a character that no plate has (U+0416)"),
        ("9", "rejected", "the VRM has more than 12 characters"),
        ("10", "rejected", "the VRM has wildcards and fewer than 2 fixed characters"),
        ("12", "merged", "same VRM as line 1, merged into it"),
        ("13", "merged", "same VRM as line 1, merged into it"),
    ]
    assert vrms_of(store) == ["AB51CDE", "AB52COP", "MU1"]
    assert report.converted == 2
    merged = next(iter(store.rows(report.revision)))
    assert merged[2] == "FORD / VOLVO"
    assert merged[7] == "again"


def test_rejects_go_elsewhere_when_the_stick_is_read_only(
    store: HotlistStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_rows(tmp_path / "list.csv", [police_row("AB51CDE"), police_row("CD52EFG"), "x"])
    real_open = Path.open

    def read_only(self: Path, mode: str = "r", *args: Any, **kwargs: Any) -> IO[Any]:
        if self.parent == tmp_path and "w" in mode:
            raise PermissionError(30, "Read-only file system")
        return real_open(self, mode, *args, **kwargs)

    monkeypatch.setattr(Path, "open", read_only)
    report = imported(store, path)
    assert report.rejects_file == store.path.parent / "rejects" / "list.csv.rejects.csv"
    assert len(outcomes(report)) == 1


def test_rejected_and_merged_rows_are_counted_apart(tmp_path: Path) -> None:
    rejects = RejectsFile(tmp_path / "list.csv", tmp_path / "elsewhere")
    rejects.reject([Reject(3, "the VRM is empty"), Reject(5, "the VRM is empty")])
    rejects.merge(7, 2)
    rejects.reject([Reject(9, "3 columns where 16 are expected")])
    rejects.reject([])
    rejects.close()
    assert (rejects.rejected, rejects.merged) == (3, 1)
    assert rejects.reasons == {"the VRM is empty": 2, "3 columns where 16 are expected": 1}
    assert rejects.path == tmp_path / "list.csv.rejects.csv"
    assert rejects.path.read_text("utf-8").splitlines() == [
        "line,outcome,reason",
        "3,rejected,the VRM is empty",
        "5,rejected,the VRM is empty",
        '7,merged,"same VRM as line 2, merged into it"',
        "9,rejected,3 columns where 16 are expected",
    ]
    assert not (tmp_path / "elsewhere").exists()


def test_clean_list_has_no_file_and_the_last_import_s_goes(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    old = [tmp_path / "list.csv.rejects.csv", tmp_path / "elsewhere" / "list.csv.rejects.csv"]
    for path in old:
        path.write_text("old")
    rejects = RejectsFile(tmp_path / "list.csv", tmp_path / "elsewhere")
    rejects.close()
    assert rejects.path is None
    assert not any(path.exists() for path in old)


def test_rows_beyond_the_limit_are_counted_but_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rejects_module, "MOST_WRITTEN", 4)
    rejects = RejectsFile(tmp_path / "list.csv", tmp_path)
    for line in range(1, 4):
        rejects.reject([Reject(line, "x")])
    for line in range(4, 9):
        rejects.merge(line, 1)
    rejects.close()
    assert (rejects.rejected, rejects.merged) == (3, 5)
    assert rejects.path is not None
    assert len(rejects.path.read_text("utf-8").splitlines()) == 1 + 4
