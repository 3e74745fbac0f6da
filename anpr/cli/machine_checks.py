"""Checks of the ground: what the program runs on, its data folder, the disk and the log."""

import shutil
import tempfile
from functools import partial
from pathlib import Path

from anpr.data_folder import log_file
from anpr.support.checks import CarUnderCheck, Check, Finding, well, wrong
from anpr.support.machine import machine_facts


def checks(car: CarUnderCheck) -> list[Check]:
    """Return the checks of the ground that everything stands on."""
    return [
        Check("versions", "the program and its libraries", _versions),
        Check("data_folder", "the data folder can be written", partial(_writable, car.folder)),
        Check("disk", "the disk has room", partial(_room, car)),
        Check("log", "the log can be written", partial(_writable, log_file(car.folder).parent)),
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


def _room(car: CarUnderCheck) -> Finding:
    free_mb = shutil.disk_usage(car.folder).free / 1e6
    least_mb = car.config.records.least_free_mb
    if free_mb < least_mb:
        return wrong(f"{free_mb:.0f} megabytes free, pictures need {least_mb:.0f}", "Free disk space.")
    return well(f"{free_mb / 1000:.1f} gigabytes free")
