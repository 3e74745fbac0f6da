"""Checks of the ground: what the program runs on, its data folder, the disk, the log and the audit."""

import shutil
import tempfile
from contextlib import closing
from functools import partial
from pathlib import Path

from anpr.checks import Check, Finding, well, wrong
from anpr.clock import SystemClock
from anpr.config.data_folder import latest_date, log_file, records_db
from anpr.support.machine import machine_facts
from anpr.trust.audit import AuditLog
from anpr.trusted_time import TrustedTime, read_latest


def checks(folder: Path, least_free_mb: float) -> list[Check]:
    """Return the checks of the ground that everything stands on."""
    return [
        Check("versions", "the program and its libraries", _versions),
        Check("data_folder", "the data folder can be written", partial(_writable, folder)),
        Check("disk", "the disk has room", partial(_room, folder, least_free_mb)),
        Check("log", "the log can be written", partial(_writable, log_file(folder).parent)),
        Check("date", "the tablet's date is trusted", partial(_date, folder)),
        Check("audit", "the audit's chain is whole", partial(_chain, records_db(folder))),
    ]


def _versions() -> Finding:
    facts = machine_facts()
    lacking = [name for name, version in facts.items() if version == "not installed"]
    if lacking:
        return wrong(f"not installed: {', '.join(lacking)}", "Install the program again.")
    return well(", ".join(f"{name} {version}" for name, version in facts.items()))


def _writable(folder: Path) -> Finding:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix="doctor-") as tried:
            tried.write(b"written")
            tried.flush()
    except OSError as error:
        return wrong(f"{folder} cannot be written ({error.strerror})", "Give this account the right to write there.")
    return well(f"{folder} can be written")


def _room(folder: Path, least_mb: float) -> Finding:
    free_mb = shutil.disk_usage(folder).free / 1e6
    if free_mb < least_mb:
        return wrong(f"{free_mb:.0f} megabytes free, pictures need {least_mb:.0f}", "Free disk space.")
    return well(f"{free_mb / 1000:.1f} gigabytes free")


def _date(folder: Path) -> Finding:
    look = TrustedTime(SystemClock(), read_latest(latest_date(folder))).look()
    if not look.trusted:
        return wrong(look.why, "Set the clock; if it is right, confirm it: anpr clock --confirm COLLAR.")
    return well(f"{look.at_utc:%Y-%m-%d %H:%M} UTC")


def _chain(path: Path) -> Finding:
    if not path.exists():
        return well("there is no audit yet")
    with closing(AuditLog(path)) as log:
        verdict = log.verify()
    if not verdict.intact:
        return wrong(verdict.trouble, "Keep the file as it is and tell whoever is responsible for the audit.")
    return well(f"{verdict.entries} entries, whole")
