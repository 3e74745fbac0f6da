"""Which places `anpr doctor` names, and what it finds left over or strange in them."""

from pathlib import Path

from anpr.patrol.places import checks
from anpr.values import Level
from hotlists.store.leftovers import PARTIAL_KEPT_S

NOW_S = 2e9


def test_it_says_what_is_where_and_what_is_left_over(tmp_path: Path) -> None:
    (check,) = checks(tmp_path / "none", lambda: NOW_S)
    assert check.run().words == "nothing is kept yet"
    (check,) = checks(tmp_path, lambda: NOW_S)
    (tmp_path / "hotlists.db").write_bytes(bytes(1_500_000))
    (tmp_path / "records.db-wal").write_bytes(b"")
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "anpr.log").write_bytes(bytes(300_000))
    found = check.run()
    assert (found.level, found.words) == (Level.OK, "hotlists.db 1.5 MB, logs 0.3 MB, records.db-wal 0.0 MB")
    (tmp_path / "export of all.csv").write_bytes(b"rows")
    assert "not made by this program: export of all.csv" in check.run().words
    (tmp_path / "hotlists.index").mkdir()
    (tmp_path / "hotlists.index" / "3.part").write_bytes(b"keys")
    found = check.run()
    assert found.level is Level.WARNING
    assert "left over by a program that was killed: hotlists.index/3.part" in found.words.replace("\\", "/")
    assert PARTIAL_KEPT_S == 86_400


def test_what_was_set_aside_is_ours(tmp_path: Path) -> None:
    for name in ("records-damaged-20261129T024500Z.db", "hotlists-damaged-20261129T024500Z-2.db"):
        for end in ("", "-wal", "-shm", ".settled"):
            (tmp_path / f"{name}{end}").write_bytes(b"")
    (check,) = checks(tmp_path, lambda: NOW_S)
    assert check.run().level is Level.OK
    (tmp_path / "records-damaged-on Sunday.db").write_bytes(b"")
    assert "not made by this program: records-damaged-on Sunday.db" in check.run().words
