from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr import sqlite
from anpr.trust.audit import PARTICULARS_ERASED, AuditLog
from anpr.trust.chain import FIRST_PREVIOUS, AuditWriter, commitment, make_tables, seal

AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def opened(path: Path | None = None) -> sqlite.Connection:
    connection = sqlite.in_memory() if path is None else sqlite.connect(path)
    make_tables(connection)
    return connection


@given(
    st.text(max_size=30), st.text(max_size=30), st.dictionaries(st.text(max_size=10), st.text(max_size=30), max_size=4)
)
def test_any_entry_fits_itself_and_none_fits_another(actor: str, action: str, detail: dict[str, str]) -> None:
    with closing(opened()) as connection:
        entry = AuditWriter(lambda: AT).enter(connection, actor, action, detail)
    assert entry.trouble() == ""
    assert replace(entry, actor=f"{actor}x").trouble()
    assert replace(entry, action=f"{action}x").trouble()
    assert replace(entry, detail={**detail, "further": ""}).trouble()
    bare = replace(entry, actor="", detail={}, salt="")
    assert (bare.is_bare, bare.trouble()) == (True, "")
    assert replace(bare, commitment="0" * 64).trouble()


def test_a_mark_cannot_be_found_by_trying_them_all() -> None:
    assert commitment(b"1" * 16, "PC", '{"vrm": "A1"}') != commitment(b"2" * 16, "PC", '{"vrm": "A1"}')
    with closing(opened()) as connection:
        first, second = (AuditWriter(lambda: AT).enter(connection, "PC", "search", {"vrm": "A1"}) for _ in range(2))
    assert first.salt != second.salt
    assert first.commitment != second.commitment


def test_an_entry_and_what_it_tells_of_are_there_together_or_not_at_all(tmp_path: Path) -> None:
    with closing(opened(tmp_path / "a.db")) as connection:
        connection.execute("CREATE TABLE deeds (what TEXT)")
        for end, left in (("ROLLBACK", 0), ("COMMIT", 1)):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO deeds VALUES ('done')")
            AuditWriter(lambda: AT).enter(connection, "PC", "did", {})
            connection.execute(end)
            for table in ("deeds", "audit", "audit_particulars"):
                assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (left,)  # noqa: S608 - names are ours


def old_entries(path: Path, count: int) -> None:
    """Write entries as earlier versions did: their particulars in the chain itself."""
    with closing(opened(path)) as connection:
        previous = FIRST_PREVIOUS
        for seq in range(1, count + 1):
            content = (seq, "2026-01-01T00:00:00.000+00:00", "PC 1", "search", f'{{"vrm": "AB{seq}"}}', previous)
            previous = seal(*content)
            connection.execute("INSERT INTO audit VALUES (?,?,?,?,?,?,?)", (*content, previous))


def test_a_chain_of_an_earlier_version_goes_on_and_stays_verifiable(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    old_entries(path, 3)
    with closing(AuditLog(path)) as log:
        log.record("PC 2", "search", {"vrm": "CD4"})
        assert log.verify().intact
        found = list(log.entries())
    assert [one.detail["vrm"] for one in found] == ["AB1", "AB2", "AB3", "CD4"]
    assert [one.actor for one in found] == ["PC 1"] * 3 + ["PC 2"]
    assert all(one.trouble() == "" for one in found)


def erase(path: Path, *numbers: int) -> None:
    with closing(sqlite.connect(path)) as connection:
        connection.executemany("DELETE FROM audit_particulars WHERE seq = ?", [(n,) for n in numbers])
        connection.commit()


def test_particulars_that_were_erased_for_their_age_leave_the_chain_whole(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    with closing(AuditLog(path)) as log:
        for n in range(4):
            log.record("PC 1", "search", {"vrm": f"AB{n}"})
        erase(path, 1, 2)
        log.record("engine", PARTICULARS_ERASED, {"through": "2", "entries": "2"})
        verdict = log.verify()
        assert (verdict.intact, verdict.erased) == (True, 2)
        assert [(one.actor, one.action, one.detail) for one in log.entries()][:2] == [("", "search", {})] * 2


@pytest.mark.parametrize("through", ["1", "99", "x", ""])
def test_particulars_that_somebody_took_away_are_missed(tmp_path: Path, through: str) -> None:
    path = tmp_path / "records.db"
    with closing(AuditLog(path)) as log:
        for n in range(4):
            log.record("PC 1", "search", {"vrm": f"AB{n}"})
        log.record("engine", PARTICULARS_ERASED, {"through": through})
        log.record("PC 1", "search", {"vrm": "LAST"})
        erase(path, 6)
        assert "the particulars of entry 6 are gone" in log.verify().trouble


def test_particulars_that_were_exchanged_are_found(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    with closing(AuditLog(path)) as log:
        log.record("PC 1", "search", {"vrm": "AB1"})
        with closing(sqlite.connect(path)) as connection:
            with pytest.raises(sqlite.IntegrityError, match="append-only"):
                connection.execute("UPDATE audit_particulars SET actor = 'PC 2'")
            connection.execute("DROP TRIGGER audit_particulars_no_update")
            for change in ("actor = 'PC 2'", "detail = '{}'", "salt = x'00'", "salt = 'text'", "detail = 7"):
                connection.execute("SAVEPOINT before")
                connection.execute(f"UPDATE audit_particulars SET {change}")  # noqa: S608 - ours
                connection.commit()
                assert "entry 1 was altered: its particulars" in log.verify().trouble, change
