"""The checks of every room, as `anpr doctor` goes through them; a room with new ones is a line here."""

import time
from collections.abc import Iterator
from pathlib import Path

from anpr.alerting.disclosure import may_show
from anpr.checks import Check, Finding
from anpr.clock import utc_now
from anpr.config.car import PatrolConfig
from anpr.config.data_folder import hotlists_db, records_db
from anpr.patrol import lock_checks, machine_checks, places
from anpr.perception import checks as perception_checks
from anpr.records import checks as records_checks
from anpr.screen import checks as screen_checks
from camera import checks as camera_checks
from hotlists.store import checks as hotlists_checks


def checks(folder: Path, config: PatrolConfig) -> list[Check]:
    """Return the checks of the car whose data is in `folder`, in the order in which parts stand on each other."""
    return [
        *machine_checks.checks(folder, config.records.least_free_mb),
        *places.checks(folder, time.time),
        *lock_checks.checks(folder),
        *perception_checks.checks(config.perception.reader),
        *hotlists_checks.checks(hotlists_db(folder), utc_now(), may_show),
        *records_checks.checks(records_db(folder), utc_now()),
        *camera_checks.checks(config.camera, config.gps),
        *screen_checks.checks(config.screen, records_db(folder)),
    ]


def examine(folder: Path, config: PatrolConfig) -> Iterator[tuple[Check, Finding]]:
    """Yield every check with what it found, one after the other."""
    for check in checks(folder, config):
        yield check, check.run()
