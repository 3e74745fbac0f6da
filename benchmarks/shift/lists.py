"""The hotlists of a shift: two that the crew knows, a covert one, and the crew's own."""

import csv
from pathlib import Path
from typing import Final

from anpr.config.data_folder import hotlists_db, records_db
from anpr.trust.audit import AuditLog
from benchmarks.shift.script import COVERT_LIST, INTEREST_LIST, STOP_LIST, Script, Vehicle
from hotlists.importers.import_list import import_list
from hotlists.store.by_hand import HAND_LIST, HandEntry, add_entry
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore

HAND: Final = HAND_LIST
_MODELS: Final = {
    "hatch": ("FORD", "FIESTA"),
    "saloon": ("BMW", "3 SERIES"),
    "suv": ("NISSAN", "QASHQAI"),
    "van": ("FORD", "TRANSIT"),
}
_LISTS: Final = (
    # name, action, reason, priority
    (STOP_LIST, "STOP", "STOLEN", 90),
    (INTEREST_LIST, "SILENT", "INTELLIGENCE", 60),
    (COVERT_LIST, "SILENT", "OBSERVATION", 95),
)


def import_lists(folder: Path, script: Script) -> None:
    """Put the lists of a script into a car's data folder, as a force's files would come."""
    with HotlistStore(hotlists_db(folder)) as store:
        for name, action, reason, priority in _LISTS:
            path = folder.parent / f"{name}.csv"
            with path.open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows(_row(v, action, reason) for v in script.vehicles if v.list_name == name)
            if any(v.list_name == name for v in script.vehicles):
                import_list(store, path, ListSettings(name, priority=priority, covert=name == COVERT_LIST))
        audit = AuditLog(records_db(folder))
        try:
            add_entry(
                store, HAND_LIST, HandEntry("ZZ99ZZZ", "Nobody has this mark", None, {}), actor="shift", audit=audit
            )
        finally:
            audit.close()


def _row(vehicle: Vehicle, action: str, reason: str) -> tuple[str, ...]:
    make, model = _MODELS[vehicle.body]
    return (
        vehicle.words,
        make,
        model,
        vehicle.paint,
        action,
        "",
        reason,
        "",
        "",
        "FORCE",
        "31/12/2099",
        "",
        "OFFICIAL",
        "",
        "",
        "",
    )
