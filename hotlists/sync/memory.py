"""What a car remembers of a back office, in the hotlists file: what it believed last, when it tried, and how each list stands."""

import json
from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from hotlists.store.database import transaction
from hotlists.store.store import HotlistStore
from hotlists.sync.sealing import car_name
from hotlists.sync.trust import Kept
from hotlists.sync.withdrawal import noted, recent


@dataclass(frozen=True, slots=True)
class Known:
    """When a back office was asked last, and will be next."""

    failures: int = 0
    next_try_utc: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a list was last brought in line: by which target and version, signed by whom, and what it lost lately.

    `revoked` says that none of those who signed may publish any more; `version` is 0 for a list that never was.
    """

    target: str = ""
    version: int = 0
    signed_by: frozenset[str] = frozenset()
    revoked: bool = False
    losses: str = ""

    def recent_losses(self, now: datetime) -> list[tuple[datetime, int]]:
        """Return what the list lost within the last day without a second signature."""
        return recent(self.losses, now)


class SyncMemory:
    """The memory of one back office in a store; raises StoreError."""

    def __init__(self, store: HotlistStore, publisher: str) -> None:
        self.publisher = publisher
        self._store = store

    def kept(self) -> Kept:
        """Return the documents that were believed last."""
        for row in self._store.database.query("SELECT * FROM sync_trust WHERE publisher = ?", [self.publisher]):
            return Kept(*(row[name] or b"" for name in ("root", "timestamp", "snapshot", "targets")))
        return Kept()

    def keep(self, kept: Kept) -> None:
        """Keep what is believed now."""
        if kept != self.kept():
            self._upsert(
                "sync_trust", "publisher", self.publisher, root=kept.root, timestamp=kept.timestamp, snapshot=kept.snapshot,
                targets=kept.targets,
            )  # fmt: skip

    def known(self) -> Known:
        """Return when the back office was asked."""
        for row in self._store.database.query("SELECT * FROM sync_sources WHERE publisher = ?", [self.publisher]):
            return Known(row["failures"] or 0, row["next_try_utc"] or "")
        return Known()

    def note(self, **values: str | int) -> None:
        """Note something of the back office: columns of `sync_sources`."""
        self._upsert("sync_sources", "publisher", self.publisher, **values)

    def standing(self, name: str) -> Standing:
        """Return how a list of this back office stands."""
        for row in self._store.database.query(
            "SELECT * FROM sync_lists WHERE name = ? AND publisher = ?", [name, self.publisher]
        ):
            return Standing(
                row["target"] or "", row["version"] or 0, frozenset(json.loads(row["signed_by"] or "[]")),
                bool(row["revoked"]), row["lost"] or "",
            )  # fmt: skip
        return Standing()

    def in_line(
        self, name: str, target: str, version: int, signed_by: tuple[str, ...], lost: int, now: datetime
    ) -> None:
        """Note that a list is now as targets of that version offer it."""
        before = self.standing(name)
        losses = before.recent_losses(now)
        after = {
            "publisher": self.publisher, "target": target, "version": version, "signed_by": json.dumps(sorted(signed_by)),
            "revoked": 0, "lost": noted([*losses, (now, lost)]),
        }  # fmt: skip
        is_same = before == Standing(target, version, frozenset(signed_by), False, str(after["lost"]))
        if not is_same:
            self._upsert("sync_lists", "name", name, **after)

    def trouble(self, name: str, sentence: str) -> None:
        """Note what is wrong with a list, empty for nothing."""
        found = next(iter(self._store.database.query("SELECT trouble FROM sync_lists WHERE name = ?", [name])), None)
        if (found["trouble"] or "" if found is not None else "") != sentence:
            self._upsert("sync_lists", "name", name, trouble=sentence, publisher=self.publisher)

    def note_revoked(self, publishing: Set[str]) -> None:
        """Note which lists nobody signed who may publish now."""
        for row in list(self._store.database.query("SELECT * FROM sync_lists WHERE publisher = ?", [self.publisher])):
            signed_by = set(json.loads(row["signed_by"] or "[]"))
            revoked = int(bool(signed_by) and not signed_by & publishing)
            if revoked != (row["revoked"] or 0):
                self._upsert("sync_lists", "name", row["name"], revoked=revoked)

    def forget_lists(self, there: Set[str]) -> None:
        """Forget lists that are not there any more."""
        names = {row["name"] for row in self._store.database.query("SELECT name FROM sync_lists")}
        for name in names - there:
            with transaction(self._store.connection) as connection:
                connection.execute("DELETE FROM sync_lists WHERE name = ?", (name,))

    def ring_key(self, ring: str, car: X25519PublicKey) -> tuple[bool, bytes | None]:
        """Return whether a ring of keys was looked at with this car's key, and the list's key in it."""
        for row in self._store.database.query("SELECT * FROM sync_keys WHERE ring = ?", [ring]):
            if row["car"] == car_name(car):
                return True, row["list_key"] or None
        return False, None

    def keep_ring_key(self, ring: str, car: X25519PublicKey, key: bytes | None) -> None:
        """Keep what a ring held for this car; the last few hundred are kept."""
        self._upsert("sync_keys", "ring", ring, car=car_name(car), list_key=key or b"")
        with transaction(self._store.connection) as connection:
            connection.execute("DELETE FROM sync_keys WHERE rowid <= (SELECT max(rowid) FROM sync_keys) - 500")

    def _upsert(self, table: str, key: str, of: str, **values: Any) -> None:
        with transaction(self._store.connection):
            self._store.database.table(table).upsert({key: of, **values}, pk=key)
