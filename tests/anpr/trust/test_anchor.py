"""Eight attacks on the audit: which are found without an anchor, and that all are found with one."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anpr import sqlite
from anpr.errors import InputError, StoreError
from anpr.trust.anchor import SET_BACK, Anchor, anchor_of, append_anchor, leave_on_stick, read_anchors
from anpr.trust.audit import AuditLog
from anpr.trust.chain import FIRST_PREVIOUS, AuditWriter, seal
from anpr.trust.tablet_key import TabletKey, fingerprint

START = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture
def key(tmp_path: Path) -> TabletKey:
    return TabletKey.open(tmp_path / "key.pem")


class Hand:
    """A clock that goes on a second with each look, and by hand."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


def filled(path: Path, clock: Callable[[], datetime], count: int = 50) -> None:
    with closing(AuditLog(path, clock)) as log:
        for n in range(count):
            log.record("1111 Alice", "search", {"vrm": f"AB12CD{n}"})


def sql(*statements: str) -> Callable[[Path], None]:
    def attack(path: Path) -> None:
        with closing(sqlite.connect(path)) as file:
            for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                file.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                file.execute(statement)
            file.commit()

    return attack


def rebuild(path: Path) -> None:
    """Take entry 7 away, give entry 10 to Bob, and make the chain anew with all that it takes."""
    sql()(path)
    with closing(sqlite.connect(path)) as file:
        rows = file.execute(
            "SELECT a.seq, a.at_utc, a.action, p.actor, p.detail FROM audit a JOIN audit_particulars p USING (seq) WHERE a.seq <> 7"
        ).fetchall()
        file.execute("DELETE FROM audit")
        file.execute("DELETE FROM audit_particulars")
        for seq, at_utc, action, actor, detail in rows:
            who = "2222 Bob" if seq == 10 else actor
            AuditWriter(lambda at=at_utc: datetime.fromisoformat(at)).enter(file, who, action, {"was": detail})  # type: ignore[misc]


def rebuild_as_earlier_versions_did(path: Path) -> None:
    sql()(path)
    with closing(sqlite.connect(path)) as file:
        rows = file.execute("SELECT at_utc, action FROM audit WHERE seq <> 7 ORDER BY seq").fetchall()
        file.execute("DELETE FROM audit")
        file.execute("DELETE FROM audit_particulars")
        previous = FIRST_PREVIOUS
        for seq, (at_utc, action) in enumerate(rows, start=1):
            content = (seq, at_utc, "2222 Bob", action, "{}", previous)
            previous = seal(*content)
            file.execute("INSERT INTO audit VALUES (?,?,?,?,?,?,?)", (*content, previous))


def replace_file(path: Path) -> None:
    for one in path.parent.glob("records.db*"):
        one.unlink()
    filled(path, Hand(), 60)


ATTACKS = {
    "one entry changed": (sql("UPDATE audit SET action = 'other' WHERE seq = 7"), True),
    "particulars changed": (sql("UPDATE audit_particulars SET actor = '2222 Bob' WHERE seq = 7"), True),
    "particulars removed": (sql("DELETE FROM audit_particulars WHERE seq = 7"), True),
    "one entry removed": (sql("DELETE FROM audit WHERE seq = 7"), True),
    "tail of 20 cut": (sql("DELETE FROM audit WHERE seq > 31", "DELETE FROM audit_particulars WHERE seq > 31"), False),
    "all removed": (sql("DELETE FROM audit", "DELETE FROM audit_particulars"), False),
    "table dropped": (sql("DROP TABLE audit", "DROP TABLE audit_particulars"), False),
    "chain rebuilt": (rebuild, False),
    "chain rebuilt in the old form": (rebuild_as_earlier_versions_did, False),
    "file replaced": (replace_file, False),
}
"""What is done, and whether it is found without an anchor."""


@pytest.mark.parametrize("name", ATTACKS)
def test_every_attack_is_found_with_an_anchor(name: str, tmp_path: Path, key: TabletKey) -> None:
    attack, found_without = ATTACKS[name]
    path, kept = tmp_path / "records.db", tmp_path / "outside" / "anchors"
    kept.parent.mkdir()
    clock = Hand()
    for _ in range(2):
        filled(path, clock, 25)
        with closing(AuditLog(path)) as log:
            append_anchor(kept, anchor_of(log.head(), clock(), key))
    anchors = read_anchors(kept, fingerprint(key.public))
    with closing(AuditLog(path)) as log:
        assert log.verify(anchors=anchors).intact
    attack(path)
    with closing(AuditLog(path)) as log:
        assert log.verify().intact is not found_without
        assert not log.verify(anchors=anchors).intact


def test_a_clock_that_was_set_back_is_told_and_with_an_anchor_trouble(tmp_path: Path, key: TabletKey) -> None:
    path, clock = tmp_path / "records.db", Hand()
    filled(path, clock)
    with closing(AuditLog(path)) as log:
        before = anchor_of(log.head(), clock(), key)
    clock.at -= timedelta(days=365)
    filled(path, clock, 1)
    with closing(AuditLog(path)) as log:
        verdict = log.verify()
        assert verdict.intact
        assert "the clock was set back: entry 51" in verdict.set_back
        for anchor in (before, anchor_of(log.head(), clock(), key)):  # whether made before or after it
            assert "set back" in log.verify(anchors=[anchor]).trouble


def test_entries_dated_before_an_anchor_that_precedes_them_are_found(tmp_path: Path, key: TabletKey) -> None:
    path = tmp_path / "records.db"
    filled(path, Hand(), 3)
    with closing(AuditLog(path)) as log:
        anchor = anchor_of(log.head(), START + timedelta(days=30), key)
    filled(path, Hand(), 1)
    with closing(AuditLog(path)) as log:
        assert "an anchor after entry 3" in log.verify(anchors=[anchor]).trouble


def test_a_clock_put_right_a_little_or_known_to_be_wrong_is_no_attack(tmp_path: Path, key: TabletKey) -> None:
    path, clock = tmp_path / "records.db", Hand()
    filled(path, clock, 3)
    clock.at -= SET_BACK - timedelta(seconds=10)
    filled(path, clock, 3)
    doubt = ["ahead"]
    with closing(AuditLog(path, clock, doubt=lambda: doubt[0])) as log:
        clock.at += timedelta(days=4000)
        log.record("engine", "x", {})
        clock.at -= timedelta(days=4000)
        doubt[0] = ""
        log.record("engine", "x", {})
        verdict = log.verify(anchors=[anchor_of(log.head(), clock(), key)])
    assert (verdict.trouble, verdict.set_back) == ("", "")


def test_anchors_before_and_after_an_entry_all_hold(tmp_path: Path, key: TabletKey) -> None:
    path, clock = tmp_path / "records.db", Hand()
    anchors = []
    with closing(AuditLog(path, clock)) as log:
        for _ in range(5):
            anchors += [anchor_of(log.head(), clock(), key)] * 2
            log.record("PC", "x", {})
        assert log.verify(anchors=anchors[::-1]).intact


def test_an_anchor_that_was_altered_or_signed_by_another_is_refused(tmp_path: Path, key: TabletKey) -> None:
    path = tmp_path / "anchors"
    filled(tmp_path / "records.db", Hand(), 3)
    with closing(AuditLog(tmp_path / "records.db")) as log:
        anchor = anchor_of(log.head(), START, key)
    append_anchor(path, anchor)
    whole = path.read_text()
    path.write_text(whole.replace('"seq": 3', '"seq": 2'))
    with pytest.raises(StoreError, match="altered"):
        read_anchors(path)
    other = TabletKey.open(tmp_path / "other.pem")
    path.write_text(whole)
    append_anchor(path, anchor_of(anchor.head, START, other))
    assert len(read_anchors(path)) == 2
    with pytest.raises(StoreError, match=r"anchor 2 of .* another key"):
        read_anchors(path, fingerprint(key.public))


@pytest.mark.parametrize("content", ["", "\n\n", "{}", "[]", "7", "nothing", "\u20ac", '{"format": "patrol-anpr-anchor/1"}', "[" * 50_000,
    '{"format": "patrol-anpr-anchor/1", "seq": "1", "hash": "", "made_utc": "2026-01-01", "key": ""}'])  # fmt: skip
def test_what_holds_no_anchor_is_one_sentence(tmp_path: Path, content: str) -> None:
    path = tmp_path / "anchors"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="anchor"):
        read_anchors(path)


def test_an_anchor_is_added_and_what_cannot_be_written_is_said(tmp_path: Path, key: TabletKey) -> None:
    path = tmp_path / "anchors"
    one = anchor_of(AuditLog(tmp_path / "records.db").head(), START, key)
    append_anchor(path, one)
    append_anchor(path, one)
    assert read_anchors(path) == [one, one]
    assert isinstance(one, Anchor)
    with pytest.raises(InputError, match="name another file"):
        append_anchor(tmp_path / "no" / "where", one)


def test_a_stick_takes_the_anchors_of_each_tablet_in_a_file_of_its_own(tmp_path: Path, key: TabletKey) -> None:
    head = AuditLog(tmp_path / "records.db").head()
    one = anchor_of(head, START, key)
    targets = [
        leave_on_stick(tmp_path, each)
        for each in (one, one, anchor_of(head, START, TabletKey.open(tmp_path / "other.pem")))
    ]
    assert targets[0] == targets[1] != targets[2]
    assert read_anchors(targets[0], fingerprint(key.public)) == [one, one]
    with pytest.raises(InputError, match="check the stick"):
        leave_on_stick(tmp_path / "pulled", one)
