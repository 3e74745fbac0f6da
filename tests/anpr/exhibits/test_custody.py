import json
from contextlib import closing
from pathlib import Path

from anpr.exhibits.custody import custody_lines, follow
from anpr.records.seals import RECORDED
from anpr.trust.audit import AuditLog
from anpr.trust.chain import AuditHead
from tests.anpr.exhibits.made import CREW, exhibit, make_records


def lines_of(records: Path, number: str = "1") -> tuple[list[str], AuditHead]:
    one = exhibit(records, number)
    with closing(AuditLog(records)) as log:
        head = log.head()
        return list(custody_lines(log.entries, [one], head, lambda e: CREW.may_show_audit(e.detail))), head


def test_it_begins_where_the_alert_was_recorded_and_tells_of_nothing_else(tmp_path: Path) -> None:
    lines, head = lines_of(make_records(tmp_path))
    found, told, trouble = follow(lines)
    assert (found, trouble) == (head, "")
    assert [entry.action for entry in told] == [RECORDED, "decision", RECORDED, RECORDED]
    assert all(entry.detail["alert"] == "1" for entry in told)
    text = "".join(lines)
    for other in ("ZZ99ZZZ", "QQ11QQQ", "secret", "logged in"):
        assert other not in text


def test_entries_of_others_cannot_be_exchanged_either(tmp_path: Path) -> None:
    lines, _ = lines_of(make_records(tmp_path))
    for number, line in enumerate(lines):
        for name, other in (
            ("at_utc", "2020-01-01"),
            ("action", "nothing"),
            ("hash", "0" * 64),
            ("commitment", "1" * 64),
            ("seq", 99),
        ):
            changed = [*lines[:number], json.dumps({**json.loads(line), name: other}), *lines[number + 1 :]]
            assert follow(changed)[2], (number, name)
        if 0 < number < len(lines) - 1:
            assert follow([*lines[:number], *lines[number + 1 :]])[2]


def test_a_particular_cannot_be_exchanged(tmp_path: Path) -> None:
    lines, _ = lines_of(make_records(tmp_path))
    first = json.loads(lines[0])
    first["detail"]["plate_sha256"] = "0" * 64
    assert "particulars" in follow([json.dumps(first), *lines[1:]])[2]


def test_what_is_no_entry_is_said() -> None:
    for line in ("", "[]", "{}", "7", '{"seq": 1, "hash": 2, "previous_hash": 3, "action": []}', "[" * 100_000):
        assert follow([line])[2]


def test_an_older_alert_of_the_same_number_is_another(tmp_path: Path) -> None:
    with closing(AuditLog(tmp_path / "records.db")) as log:
        log.record("engine", RECORDED, {"alert": "1", "raised": "2020-01-01T00:00:00+00:00", "record_sha256": "1" * 64})
        log.record("9999 Z", "decision", {"alert": "1", "decision": "wrong_plate"})
    lines, _ = lines_of(make_records(tmp_path))
    assert "9999 Z" not in "".join(lines)
    assert len(follow(lines)[1]) == 4
