import itertools
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from anpr import sqlite
from anpr.cli.audit import audit
from anpr.errors import InputError, StoreError
from anpr.trust.audit import FIRST_PREVIOUS, AuditHead, AuditLog


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.db"


def filled(path: Path, count: int = 5) -> AuditLog:
    log = AuditLog(path, lambda: datetime(2026, 11, 22, 2, 0, tzinfo=UTC))
    for n in range(count):
        log.record("PC 1234", "look up", {"vrm": f"AB{n:02d} CDE"})
    return log


def tamper(path: Path, statement: str) -> None:
    connection = sqlite.connect(path)
    connection.execute("DROP TRIGGER audit_no_update")
    connection.execute("DROP TRIGGER audit_no_delete")
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_an_empty_log_is_whole(path: Path) -> None:
    verdict = AuditLog(path).verify()
    assert verdict.intact
    assert verdict.head == AuditHead(0, FIRST_PREVIOUS)


def test_entries_chain_and_come_back_in_order(path: Path) -> None:
    log = filled(path)
    entries = list(log.entries())
    assert [e.seq for e in entries] == [1, 2, 3, 4, 5]
    assert entries[0].previous_hash == FIRST_PREVIOUS
    assert all(b.previous_hash == a.hash for a, b in itertools.pairwise(entries))
    assert entries[2].detail == {"vrm": "AB02 CDE"}
    assert entries[2].at_utc == "2026-11-22T02:00:00.000+00:00"
    assert log.verify().intact
    assert [e.seq for e in log.entries(after_seq=3)] == [4, 5]


def test_an_entry_of_a_time_in_doubt_says_so(path: Path) -> None:
    doubt = ["the clock is 13 years ahead"]
    log = AuditLog(path, doubt=lambda: doubt[0])
    log.record("PC 1234", "search", {"vrm": "AB12CDE"})
    doubt[0] = ""
    log.record("PC 1234", "search")
    assert [one.detail for one in log.entries()] == [{"vrm": "AB12CDE", "clock": "the clock is 13 years ahead"}, {}]
    assert log.verify().intact
    log.close()


def test_more_entries_than_one_batch(path: Path) -> None:
    log = AuditLog(path)
    log._connection.execute("PRAGMA synchronous = OFF")
    for n in range(2100):
        log.record("a", "b", {"n": str(n)})
    assert log.verify().entries == 2100
    assert sum(1 for _ in log.entries()) == 2100


@pytest.mark.parametrize(
    ("statement", "trouble"),
    [
        ("UPDATE audit SET actor = 'nobody' WHERE seq = 3", "entry 3 was altered"),
        ("UPDATE audit SET detail = '{}' WHERE seq = 3", "entry 3 was altered"),
        ("UPDATE audit SET at_utc = '2020' WHERE seq = 1", "entry 1 was altered"),
        ("DELETE FROM audit WHERE seq = 2", "entry 2 is missing"),
        ("UPDATE audit SET hash = 'x', detail = '{}' WHERE seq = 5", "entry 5 was altered"),
        ("UPDATE audit SET previous_hash = 'x' WHERE seq = 4", "entry 4 does not follow entry 3"),
    ],
)
def test_tampering_is_found_and_named(path: Path, statement: str, trouble: str) -> None:
    filled(path).close()
    tamper(path, statement)
    verdict = AuditLog(path).verify()
    assert not verdict.intact
    assert trouble in verdict.trouble


def test_a_cut_end_is_found_with_a_known_head_only(path: Path) -> None:
    log = filled(path)
    known = log.head()
    log.close()
    tamper(path, "DELETE FROM audit WHERE seq > 3")
    log = AuditLog(path)
    assert log.verify().intact
    assert "known head (entry 5)" in log.verify(known).trouble


def test_a_known_head_stays_known_while_the_log_grows(path: Path) -> None:
    log = filled(path)
    known = log.head()
    log.record("a", "b")
    assert log.verify(known).intact


@pytest.mark.parametrize(
    "statement", ["UPDATE audit SET actor = ''", "DELETE FROM audit", "DELETE FROM audit WHERE seq=1"]
)
def test_the_table_refuses_changes(path: Path, statement: str) -> None:
    filled(path)
    with pytest.raises(sqlite.IntegrityError, match="append-only"):
        sqlite.connect(path).execute(statement)


def test_many_threads_and_two_connections_make_one_chain(path: Path) -> None:
    logs = [AuditLog(path), AuditLog(path)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: logs[n % 2].record(f"PC {n}", "look up", {}), range(80)))
    verdict = logs[0].verify()
    assert verdict.intact
    assert verdict.entries == 80


def test_any_text_can_be_recorded(path: Path) -> None:
    log = AuditLog(path)
    detail = {"note": "<script>\x00\u202e\ud800 \U0001f693", "long": "x" * 10_000}
    log.record("PC \ud800", "search", detail)
    assert next(iter(log.entries())).detail == detail
    assert log.verify().intact


def test_a_file_that_is_no_database_is_one_sentence(path: Path) -> None:
    path.write_bytes(b"not a database, not a database, not a database" * 50)
    with pytest.raises(StoreError, match=r"records\.db cannot be opened"):
        AuditLog(path)


def run(data: Path, *args: str) -> tuple[int, str, BaseException | None]:
    result = CliRunner().invoke(audit, list(args), obj=data)
    return result.exit_code, result.output, result.exception


def test_command_verify(tmp_path: Path, path: Path) -> None:
    head = filled(path).head()
    code, text, _ = run(tmp_path, "verify", "--head", f"{head.seq}:{head.hash}", "--json")
    assert code == 0
    assert json.loads(text) == {
        "type": "audit", "intact": True, "entries": 5, "head": f"5:{head.hash}", "trouble": "",
        "erased": 0, "set_back": "", "anchors": 0,
    }  # fmt: skip
    tamper(path, "DELETE FROM audit WHERE seq = 1")
    assert isinstance(run(tmp_path, "verify")[2], StoreError)


def test_command_verify_needs_a_records_file_and_a_proper_head(tmp_path: Path, path: Path) -> None:
    assert isinstance(run(tmp_path, "verify")[2], InputError)
    filled(path)
    assert isinstance(run(tmp_path, "verify", "--head", "five")[2], InputError)


def test_command_export_writes_lines_logs_itself_and_keeps_files(tmp_path: Path, path: Path) -> None:
    filled(path)
    target = tmp_path / "audit.jsonl"
    assert run(tmp_path, "export", str(target))[0] == 0
    lines = [json.loads(line) for line in target.read_text(encoding="ascii").splitlines()]
    assert [line["seq"] for line in lines] == [1, 2, 3, 4, 5, 6]
    assert lines[-1]["action"] == "audit exported"
    assert isinstance(run(tmp_path, "export", str(target))[2], InputError)
    code, text, _ = run(tmp_path, "export", "--after", "6")
    assert code == 0
    assert [json.loads(line)["seq"] for line in text.splitlines()] == [7]  # what was refused is not entered
