"""`kill -9` at random moments of import and sync: the list is the old one or the new one, and never anything else."""

import multiprocessing
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from anpr import sqlite
from anpr.address import Address
from anpr.config.car import SyncConfig
from benchmarks.hotlist_scale.made_up_lists import distinct_vrms, write_police_csv
from benchmarks.hotlist_scale.publisher import Publisher
from hotlists.importers.import_list import import_list
from hotlists.keys import fold_keys, pack
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore
from hotlists.sync.client import SyncClient

_NAME = "list"
# A server that has the modules loaded already forks each victim: most of a start would be loading them.
if sys.platform == "win32":
    _context = multiprocessing.get_context("spawn")
else:
    _context = multiprocessing.get_context("forkserver")
    _context.set_forkserver_preload(["benchmarks.hotlist_scale.kills"])


@dataclass(slots=True)
class KillReport:
    """What came of the kills: those that hit the work, the lists found whole, torn or lost, and sound databases."""

    kills: int = 0
    during_import: int = 0
    during_sync: int = 0
    new_in_force: int = 0
    torn: int = 0
    lost: int = 0
    database_sound: bool = True


def measure(folder: Path, kills: int, rows: int, seed: int, progress: Callable[[str], None]) -> KillReport:
    """Kill `kills` programs, half of them importing and half syncing a list of `rows`, and look at the list each time."""
    rng = random.Random(seed)
    marks = distinct_vrms(2 * rows, seed)
    # Overlapping halves, so that a mixture of both would have a size of its own.
    halves = [set(marks[: rows + rows // 3]), set(marks[rows - rows // 3 :])]
    files = [write_police_csv(folder / f"{i}.csv", sorted(half), seed + i) for i, half in enumerate(halves)]
    report = KillReport()
    imported, synced = folder / "imported.db", folder / "synced.db"
    duration_s = {"import": 0.5, "sync": 0.5}
    with HotlistStore(folder / "office.db") as office, HotlistStore(imported) as store:
        import_list(store, files[0], ListSettings(_NAME))
        _publish(office, folder, files[0])
        _sync(str(synced), str(folder))
        state = {"import": 0, "sync": 0}
        while report.kills < kills:
            kind = ("import", "sync")[report.kills % 2]
            wanted = 1 - state[kind]
            work: tuple[Callable[..., None], str, str]
            if kind == "import":
                work = (_import, str(imported), str(files[wanted]))
            else:
                _publish(office, folder, files[wanted])
                work = (_sync, str(synced), str(folder))
            killed, took_s = _kill(work, rng.uniform(0.0, duration_s[kind] * 1.1))
            duration_s[kind] = took_s if not killed else duration_s[kind] * 1.05
            if not killed and rng.random() < 0.9:
                state[kind] = wanted
                continue
            report.kills += 1
            report.during_import += killed and kind == "import"
            report.during_sync += killed and kind == "sync"
            state[kind] = _look(imported if kind == "import" else synced, halves, state[kind], wanted, report)
            progress(f"{report.kills} of {kills} killed")
    for path in (imported, synced):
        with sqlite.connect(path) as connection:
            report.database_sound &= connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()
    return report


def _kill(work: tuple[Callable[..., None], str, str], after_s: float) -> tuple[bool, float]:
    """Start the work and kill it after a time; return whether it was still at work, and how long it took if not."""
    here, there = _context.Pipe(duplex=False)
    process = _context.Process(target=_victim, args=(there, *work))
    process.start()
    there.close()
    here.recv()
    started = time.perf_counter()
    finished = here.poll(after_s)
    took_s = time.perf_counter() - started
    process.kill()
    process.join()
    here.close()
    process.close()
    return not finished, took_s


def _victim(there: Connection, work: Callable[..., None], *args: str) -> None:
    there.send("begin")
    work(*args)
    there.send("end")


def _import(database: str, file: str) -> None:
    with HotlistStore(Path(database)) as store:
        import_list(store, Path(file), ListSettings(_NAME))


def _sync(database: str, folder: str) -> None:
    with HotlistStore(Path(database)) as store:
        SyncClient(store, _config(Publisher(Path(folder)))).sync()


def _config(publisher: Publisher) -> SyncConfig:
    return SyncConfig(Address(str(publisher.published)), publisher.root)


def _publish(office: HotlistStore, folder: Path, file: Path) -> None:
    import_list(office, file, ListSettings(_NAME))
    Publisher(folder).publish(office)


def _look(path: Path, halves: list[set[str]], old: int, new: int, report: KillReport) -> int:
    """Check the list after a kill and count what is found; return which half is in force."""
    with HotlistStore(path) as store:
        stored = store.find(_NAME)
        if stored is None or stored.current is None:
            report.lost += 1
            return old
        found = {row[1] for row in store.rows(stored.current)}
        keys = sorted(store.index(stored.current).marks()[0].tolist())
    for which in (old, new):
        if found == halves[which] and keys == sorted(fold_keys(pack(sorted(found))[0]).tolist()):
            report.new_in_force += which == new
            return which
    report.torn += 1
    return old
