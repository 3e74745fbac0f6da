"""What a day's changes cost: bytes of the delta beside the snapshot, and the time until a car has put it in force."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from anpr.address import Address
from anpr.config.car import SyncConfig
from benchmarks.hotlist_scale.made_up_lists import distinct_vrms, write_police_csv
from benchmarks.hotlist_scale.publisher import Publisher
from hotlists.importers.import_list import import_list
from hotlists.store.revision import Revision
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore
from hotlists.sync.client import SyncClient


@dataclass(frozen=True, slots=True)
class DeltaMeasure:
    """`share` is the delta's bytes by the snapshot's; times in seconds, of a whole sync from a folder."""

    rows: int
    changed: int
    snapshot_bytes: int
    delta_bytes: int
    share: float
    snapshot_apply_s: float
    delta_apply_s: float


def measure(folder: Path, rows: int, progress: Callable[[str], None]) -> DeltaMeasure:
    """Publish a list, change 1 % of it (a third each gone, new and altered), publish again, and let a car follow."""
    changed = max(rows // 100, 3)  # one each gone, new and altered
    marks = distinct_vrms(rows + changed, 21)
    third = changed // 3
    publisher = Publisher(folder)
    file = folder / "list.csv"
    with HotlistStore(folder / "office.db") as office, HotlistStore(folder / "car.db") as car:
        client = SyncClient(car, SyncConfig(Address(str(publisher.published)), publisher.root))
        progress("publishing the snapshot")
        import_list(office, write_police_csv(file, marks[:rows], 4), ListSettings("list"))
        publisher.publish(office)
        progress("a car fetches it whole")
        whole_s = _timed(client)
        progress("publishing the changes")
        _change(file, marks[rows : rows + third], third)
        import_list(office, file, ListSettings("list"))
        _, (change,) = publisher.publish(office)
        progress("a car follows by delta")
        delta_s = _timed(client)
        if change.delta is None:
            raise RuntimeError("no delta was published")
        if [row[1:] for row in car.rows(_current(car))] != [row[1:] for row in office.rows(_current(office))]:
            raise RuntimeError("the car's list is not the back office's")
    share = change.delta.bytes / change.snapshot.bytes
    return DeltaMeasure(rows, 3 * third, change.snapshot.bytes, change.delta.bytes, share, whole_s, delta_s)


def _current(store: HotlistStore) -> Revision:
    current = store.get("list").current
    if current is None:
        raise RuntimeError("the list has no revision")
    return current


def _timed(client: SyncClient) -> float:
    started = time.perf_counter()
    report = client.sync()
    if report.troubles:
        raise RuntimeError(report.troubles[0])
    return time.perf_counter() - started


def _change(file: Path, new: list[str], third: int) -> None:
    """Drop a third from the list's lines, alter a third of them, and add new ones."""
    lines = file.read_text(encoding="utf-8").splitlines()
    step = len(lines) // (2 * third)
    gone = set(range(0, step * 2 * third, 2 * step))
    altered = set(range(step, step * 2 * third, 2 * step))
    with file.open("w", encoding="utf-8") as target:
        for number, line in enumerate(lines):
            if number not in gone:
                target.write((line.replace("E41", "B21", 1) if number in altered else line) + "\n")
    extra = write_police_csv(file.with_suffix(".new"), new, 6)
    with file.open("a", encoding="utf-8") as target:
        target.write(extra.read_text(encoding="utf-8"))
