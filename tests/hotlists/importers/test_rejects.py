from pathlib import Path
from typing import IO, Any

import pytest

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
