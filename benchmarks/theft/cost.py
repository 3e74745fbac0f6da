"""What locking costs, side by side in one run: `python -m benchmarks.theft.cost`.

The same list is imported, as users do it, into a locked and into a plain data folder by turns (a plain database that is there is opened as it
is), and look-ups are timed by turns in both, the plain one with an index whose values are the keys themselves. On a busy machine the
figures mean nothing: the load before it is said. Limits: import 1.5 times, look-up 1.3 times at p99.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final
from unittest import mock

from anpr import sqlite
from anpr.config.data_folder import hotlists_db
from benchmarks.hotlist_scale import imports, lookups
from hotlists.keys import Keys
from hotlists.store import store as store_module
from hotlists.store.index_key import IndexKey

IMPORT_LIMIT: Final = 1.5
LOOKUP_LIMIT: Final = 1.3


class PlainKey(IndexKey):
    """No key: keys stand for themselves, and the stream is as it is."""

    @property
    def name(self) -> bytes:
        """No key's name."""
        return b"no key at all   "

    def keyed(self, keys: Keys) -> Keys:
        """Return the keys."""
        return keys

    def stream(self, nonce: bytes, content: bytes | memoryview, at: int) -> bytes:  # noqa: ARG002 - as with a key
        """Return the content."""
        return bytes(content)


def measure(work: Path, rows: int, big_rows: int, rounds: int) -> dict[str, Any]:
    """Return seconds of each import, milliseconds of look-ups at p50 and p99 in each round, and the ratios of their medians."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    seconds: dict[str, list[float]] = {"plain": [], "locked": []}
    for number in range(rounds):
        for way in seconds if number % 2 == 0 else reversed(seconds):
            folder = _folder(work, f"{way}-{number}", way)
            seconds[way].append(round(imports.measure(folder, rows).seconds, 3))
    p99: dict[str, list[float]] = {"plain": [], "locked": []}
    p50: dict[str, list[float]] = {"plain": [], "locked": []}
    for way in p99:
        imports.measure(_folder(work, f"{way}-big", way), big_rows)
    for number in range(rounds):
        for way in p99 if number % 2 == 0 else reversed(p99):
            with _as_is() if way == "plain" else nullcontext():
                found = lookups.measure(hotlists_db(work / f"{way}-big" / "data"))
            p99[way].append(round(found.lookup_p99_ms, 4))
            p50[way].append(round(found.lookup_p50_ms, 4))
    return {
        "rows": rows, "big_rows": big_rows, "load_before": load, "import_s": seconds, "lookup_p50_ms": p50,
        "lookup_p99_ms": p99, "import_ratio": _ratio(seconds), "lookup_p99_ratio": _ratio(p99),
        "import_limit": IMPORT_LIMIT, "lookup_limit": LOOKUP_LIMIT,
    }  # fmt: skip


@contextmanager
def _as_is() -> Iterator[None]:
    """Have lists opened with an index without a key, made anew where it has one."""
    with mock.patch.object(store_module, "index_key", return_value=PlainKey(bytes(32))):
        yield


def _folder(work: Path, name: str, way: str) -> Path:
    folder = work / name
    (folder / "data").mkdir(parents=True)
    if way == "plain":
        with closing(sqlite.connect_with(hotlists_db(folder / "data"), None)) as made:
            made.execute("PRAGMA user_version = 1")  # writes the header, by which it is opened as it is from now on
            made.execute("PRAGMA user_version = 0")
    return folder


def _ratio(measured: dict[str, list[float]]) -> float:
    return round(statistics.median(measured["locked"]) / statistics.median(measured["plain"]), 3)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.theft.cost")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--big-rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="Where to work; default: a temporary folder.")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder, ignore_cleanup_errors=True) as work:
        told = measure(Path(work), chosen.rows, chosen.big_rows, chosen.rounds)
    print(json.dumps(told))
    sys.exit(told["import_ratio"] > IMPORT_LIMIT or told["lookup_p99_ratio"] > LOOKUP_LIMIT)


if __name__ == "__main__":
    main()
