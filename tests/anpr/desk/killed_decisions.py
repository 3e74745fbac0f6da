"""Decides on alerts in a records file, is killed at every statement in turn, and says after each kill what is in the file.

`python -m tests.anpr.desk.killed_decisions FILE` prints a JSON object for each kill: the alerts with a decision, and those of which
the audit says that they were decided.
"""

import json
import os
import signal
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from anpr import sqlite
from anpr.desk.records import DecisionMade, record_made
from anpr.records.store import RecordStore
from anpr.trust.audit import AuditLog
from anpr.trust.deed import Entry

NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)


def decide_and_be_killed(path: Path, alert_id: int) -> None:
    """Decide, and be killed before the statement of this number."""
    left = alert_id

    def count(_: str) -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    with closing(AuditLog(path)) as audit, closing(RecordStore(path, "screen")) as store:
        store.connection.set_trace_callback(count)
        entry = Entry(audit, "1234 A", "decision", {"alert": str(alert_id)})
        record_made(store, DecisionMade(alert_id, "front", "no_action", "1234 A", NOW), entry)
        assert entry.entered


def main() -> None:
    """Go on until a decision was taken that no kill came before."""
    path, alert_id, killed = Path(sys.argv[1]), 0, True
    RecordStore(path, "first").close()
    while killed:
        alert_id += 1
        child = os.fork()
        if not child:
            decide_and_be_killed(path, alert_id)
            os._exit(0)
        killed = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        with closing(sqlite.connect(path)) as file:
            decided = [row[0] for row in file.execute("SELECT alert_id FROM decisions ORDER BY id")]
        with closing(AuditLog(path)) as audit:
            entered = [int(entry.detail["alert"]) for entry in audit.entries() if entry.action == "decision"]
            sys.stdout.write(
                json.dumps({"decided": decided, "entered": entered, "intact": audit.verify().intact, "killed": killed})
                + "\n"
            )
            sys.stdout.flush()


if __name__ == "__main__":
    main()
