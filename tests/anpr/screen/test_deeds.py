from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from anpr.errors import InputError, StoreError
from anpr.screen.deeds import Deeds
from anpr.trust.audit import AuditEntry, AuditLog

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Shaky(AuditLog):
    """A real audit on a disk that can fail."""

    failing = False

    def record(self, *entry: object) -> AuditEntry:
        if self.failing:
            raise StoreError("the audit cannot be written: check the disk")
        return super().record(*entry)  # type: ignore[arg-type]


@pytest.fixture
def audit(tmp_path: Path) -> Iterator[Shaky]:
    with closing(Shaky(tmp_path / "records.db")) as opened:
        yield opened


def entries(audit: AuditLog) -> list[tuple[str, str, str]]:
    return [(one.actor, one.action, one.detail.get("alert", "")) for one in audit.entries()]


def do(deeds: Deeds, failure: Exception) -> None:
    """Add an entry, which fails while it is being done."""
    with deeds.doing("1234", "entry added", {"alert": "1"}) as enter:
        enter()
        raise failure


def test_what_is_refused_is_not_entered(audit: Shaky) -> None:
    deeds = Deeds(audit, lambda: NOW)
    with pytest.raises(InputError), deeds.doing("1234", "decision", {"alert": "1"}):
        raise InputError("it is decided already")
    assert entries(audit) == []
    with deeds.doing("1234", "decision", {"alert": "2"}) as enter:
        enter()
    assert entries(audit) == [("1234", "decision", "2")]


def test_what_fails_after_it_was_entered_is_entered_as_not_done(audit: Shaky) -> None:
    deeds = Deeds(audit, lambda: NOW)
    with pytest.raises(OSError, match="the disk is gone"):
        do(deeds, OSError("the disk is gone"))
    assert entries(audit) == [("1234", "entry added", "1"), ("1234", "not done", "1")]
    last = list(audit.entries())[-1]
    assert (last.detail["action"], last.detail["why"]) == ("entry added", "OSError")


def test_what_cannot_be_entered_is_not_done(audit: Shaky) -> None:
    audit.failing = True
    with pytest.raises(StoreError, match="check the disk"):
        do(Deeds(audit, lambda: NOW), OSError("it was done all the same"))
    audit.failing = False
    assert entries(audit) == []


def test_what_had_to_be_done_is_entered_as_soon_as_it_can_be_with_its_own_time(audit: Shaky) -> None:
    deeds = Deeds(audit, lambda: NOW)
    audit.failing = True
    deeds.owe("1234", "alert acknowledged", {"alert": "1"})
    deeds.owe("1234", "alert acknowledged", {"alert": "2"})
    assert "check the disk" in deeds.settle()
    audit.failing = False
    assert deeds.settle() == ""
    assert [one[2] for one in entries(audit)] == ["1", "2"]
    assert next(audit.entries()).detail["at"] == "2026-01-01T00:00:00.000+00:00"
    assert deeds.settle() == ""
    assert len(entries(audit)) == 2
