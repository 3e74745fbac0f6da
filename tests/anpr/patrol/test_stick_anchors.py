from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from anpr.patrol.stick_anchors import EVERY, StickAnchors
from anpr.trust.anchor import STICK_FOLDER, read_anchors
from anpr.trust.audit import AuditLog

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def left_on(stick: Path) -> int:
    return sum(len(read_anchors(one)) for one in (stick / STICK_FOLDER).glob("*"))


def test_a_stick_takes_the_head_at_a_sync_and_then_by_the_hour(tmp_path: Path) -> None:
    stick, at = tmp_path / "stick", [NOW]
    stick.mkdir()
    with closing(AuditLog(tmp_path / "records.db")) as audit:
        anchors = StickAnchors(audit, tmp_path / "key.pem", stick, lambda: at[0])
        for later, count in ((timedelta(0), 1), (timedelta(minutes=5), 1), (EVERY, 2), (-3 * EVERY, 3)):
            audit.record("PC", "search", {})
            at[0] += later
            anchors.synced()
            assert left_on(stick) == count


def test_a_stick_that_was_pulled_out_keeps_nobody_from_the_lists_and_gets_its_anchor_later(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    with closing(AuditLog(tmp_path / "records.db")) as audit:
        anchors = StickAnchors(audit, tmp_path / "key.pem", stick, lambda: NOW)
        anchors.synced()
        stick.mkdir()
        anchors.synced()
        assert left_on(stick) == 1
        StickAnchors(
            audit, tmp_path / "key.pem", None, lambda: NOW
        ).synced()  # lists over a network: nowhere to leave one
