"""The checks of the records file, as `anpr doctor` runs them."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anpr.checks import Finding
from anpr.records.checks import checks
from anpr.records.store import RecordStore
from anpr.trust.audit import AuditLog
from anpr.values import Level
from tests.anpr.records.test_store import made_sighting

NOW = datetime(2026, 11, 22, 2, 14, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A records file with two sightings, the latest of a minute ago; its folder's name is none for an address."""
    folder = tmp_path / "car #1 100%25"
    folder.mkdir()
    made = folder / "records.db"
    with closing(AuditLog(made)):
        pass
    with closing(RecordStore(made, "run-1")) as store:
        store.record_sighting(made_sighting(1, at=NOW - timedelta(hours=1), final=True))
        store.record_sighting(made_sighting(2, at=NOW - timedelta(minutes=1), final=True))
    return made


def found(path: Path, now_utc: datetime = NOW) -> dict[str, Finding]:
    return {check.name: check.run() for check in checks(path, now_utc)}


def test_a_whole_file_is_well_and_looking_at_it_writes_nothing(path: Path) -> None:
    before = path.read_bytes()
    seen = found(path)
    assert {name: finding.level for name, finding in seen.items()} == {
        "records": Level.OK, "set_aside": Level.OK, "clock": Level.OK,
    }  # fmt: skip
    assert seen["records"].words.startswith("2 sightings, ")
    assert seen["records"].words.endswith(" megabytes, whole")
    assert seen["clock"].words == "2026-11-22T02:14:00+00:00, after everything recorded"
    assert path.read_bytes() == before


def test_without_a_file_there_is_nothing_to_compare_and_none_is_made(tmp_path: Path) -> None:
    seen = found(tmp_path / "records.db")
    assert [(finding.level, finding.words) for finding in seen.values()] == [
        (Level.OK, "there are no records yet"),
        (Level.OK, "none were set aside"),
        (Level.OK, "2026-11-22T02:14:00+00:00, with nothing recorded to compare it with"),
    ]
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_said_with_what_to_do(path: Path) -> None:
    path.write_bytes(b"this is a letter" * 500)
    seen = found(path)
    assert (seen["records"].level, seen["records"].words) == (
        Level.FAULT, "the records file is damaged or cannot be read (SQLITE_NOTADB)",
    )  # fmt: skip
    assert f'anpr --data "{path.parent}" records set-aside' in seen["records"].remedy
    assert seen["clock"].words.endswith("with nothing recorded to compare it with")


def test_a_damaged_file_is_a_fault(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    whole[8192:] = b"\xff" * (len(whole) - 8192)
    path.write_bytes(whole)
    assert found(path)["records"].level is Level.FAULT


@pytest.mark.parametrize(
    ("ahead", "level"), [(timedelta(minutes=5), Level.OK), (timedelta(minutes=5, seconds=1), Level.FAULT)]
)
def test_a_clock_behind_what_was_recorded_is_a_fault(path: Path, ahead: timedelta, level: Level) -> None:
    assert found(path, NOW - timedelta(minutes=1) - ahead)["clock"].level is level


def test_a_clock_behind_the_audit_is_a_fault_too(path: Path) -> None:
    with closing(AuditLog(path, lambda: NOW + timedelta(days=1))) as audit:
        audit.record("1234", "log in")
    assert found(path)["clock"].level is Level.FAULT


def test_a_clock_that_was_never_set_is_a_fault(path: Path) -> None:
    clock = found(path, datetime(1970, 1, 1, tzinfo=UTC))["clock"]
    assert (clock.level, clock.words) == (Level.FAULT, "the clock says 1970-01-01")
