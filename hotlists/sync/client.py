"""Follows a back office: its lists allotted to this car, in the revisions it signed, and no others."""

import random
import time
from collections.abc import Callable, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from anpr.config.car import SyncConfig
from anpr.erasure import erase_file
from anpr.errors import AnprError, StoreError, SyncError
from hotlists.store.changes import RevisionFacts, apply_changes, combined
from hotlists.store.database import transaction
from hotlists.store.leftovers import sync_folder
from hotlists.store.revision import StoredList
from hotlists.store.staging import new_revision
from hotlists.store.store import HotlistStore
from hotlists.sync.download import Wait, download, jittered_wait_s
from hotlists.sync.manifest import Manifest, PublishedFile, PublishedList
from hotlists.sync.row_files import read_delta, snapshot_batches
from hotlists.sync.sealed_file import Sealed
from hotlists.sync.signing import load_public_key, publisher_name, verified
from hotlists.sync.sources import Offer, open_offer

_FIRST_RETRY_S: Final = 10.0

_MOST_SPREAD: Final = 1.2
"""The longest pause after a sync, as a multiple of the configured one."""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did: names of lists by what became of them; `troubles` are sentences, one for each list that failed."""

    sequence: int
    unchanged: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    by_delta: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()
    fetched_bytes: int = 0
    signed_utc: datetime | None = None
    """When the back office signed the manifest; None for one that was unchanged."""


@dataclass(slots=True)
class SyncClient:
    """Brings the store in line with a back office, once for each call of `sync`; for use by one thread."""

    store: HotlistStore
    config: SyncConfig
    wait: Wait = time.sleep
    rng: random.Random = field(default_factory=random.Random)
    progress: Callable[[str], None] | None = None
    _fetched: int = 0

    def sync(self, offer: Offer | None = None) -> SyncReport:
        """Fetch and put in force what is new. What fails leaves the lists as they are.

        Raises SyncError when the back office cannot be reached or its manifest is not accepted; a failure of single
        lists is in the report. When to try next is kept in the store.
        """
        key = load_public_key(self.config.key_file)
        publisher = publisher_name(key)
        place = offer or open_offer(self.config)
        self._fetched = 0
        try:
            known = self._known(publisher)
            got = place.manifest(known.etag)
            if got is None:
                report = self._nothing_new(publisher, known)
                etag = known.etag
            else:
                manifest = Manifest.from_text(verified(got[0], key))
                if manifest.sequence < known.sequence:
                    raise SyncError(
                        f"the manifest {manifest.sequence} at {place.place} is older than manifest {known.sequence},"
                        " which this car has: it is refused"
                    )
                self._note(
                    publisher, sequence=manifest.sequence, created_utc=manifest.created_utc.isoformat(),
                    expires_utc=manifest.expires_utc.isoformat() if manifest.expires_utc is not None else "",
                )  # fmt: skip
                report = self._follow(publisher, place, manifest)
                # Without a noted ETag the next try gets the manifest again, and with it the lists that failed.
                etag = "" if report.troubles else got[1]
        except AnprError as error:
            self._failed(publisher, place.place, error)
            raise
        finally:
            if offer is None:
                place.close()
        self._succeeded(publisher, place.place, etag, report)
        return report

    def due(self, now: datetime) -> bool:
        """Return whether it is time for the next try.

        A next try further ahead than any pause was planned under a clock that was wrong: then it is time, too.
        """
        known = self._known(publisher_name(load_public_key(self.config.key_file)))
        if not known.next_try_utc:
            return True
        ahead = datetime.fromisoformat(known.next_try_utc) - now
        return not timedelta() < ahead <= timedelta(seconds=self.config.every_s * _MOST_SPREAD)

    def _follow(self, publisher: str, place: Offer, manifest: Manifest) -> SyncReport:
        allotted = [one for one in manifest.lists if one.is_for(self.config.car_id)]
        done: dict[str, list[str]] = {"unchanged": [], "updated": [], "by_delta": [], "withdrawn": []}
        troubles: list[str] = []
        # Withdrawing first: it needs no link, and must not wait for one.
        names = {one.settings.name for one in allotted}
        for stored in self.store.lists():
            if stored.origin == "sync" and stored.source == publisher and stored.name not in names:
                self.store.erase(stored.name)
                done["withdrawn"].append(stored.name)
        # Their files and those of older revisions go now, whatever becomes of the other lists.
        self._tidy({file.sha256 for one in allotted for file in one.files()})
        for one in sorted(allotted, key=lambda o: -o.settings.priority):
            if self.progress is not None:
                self.progress(one.settings.name)
            try:
                done[self._update(publisher, place, one, manifest)].append(one.settings.name)
            except (SyncError, StoreError) as error:
                troubles.append(str(error))
        if not troubles:
            self._tidy()
        return SyncReport(
            manifest.sequence,
            tuple(done["unchanged"]),
            tuple(done["updated"]),
            tuple(done["by_delta"]),
            tuple(done["withdrawn"]),
            tuple(troubles),
            self._fetched,
            manifest.created_utc,
        )

    def _update(self, publisher: str, place: Offer, one: PublishedList, manifest: Manifest) -> str:
        name = one.settings.name
        stored = self.store.find(name)
        if stored is not None and (stored.origin != "sync" or stored.source != publisher):
            raise SyncError(f"the back office offers a hotlist {name!r}, but this car has another of that name")
        current = stored.current if stored is not None else None
        if current is not None and one.revision < current.number and one.rolled_back_from < current.number:
            raise SyncError(
                f"revision {one.revision} of the hotlist {name!r} is older than revision {current.number} on this car"
                " and not signed as a rollback: it is refused"
            )
        if stored is None:
            stored = self.store.define(one.settings, origin="sync", source=publisher)
        how = "unchanged"
        if current is None or current.content != one.snapshot.sha256 or current.number != one.revision:
            how = self._fetch(place, stored, one)
        if stored.settings != one.settings:
            self.store.define(one.settings, origin="sync", source=publisher)
        self.store.confirm_current(name, self._known_until(manifest.created_utc, manifest.expires_utc))
        return how

    def _known_until(self, signed_utc: datetime, expires_utc: datetime | None) -> datetime:
        """Return until when lists are known to be the newest that were just found to be what was signed then.

        That is now, within what the signature says: nobody can keep a car from newer lists for longer by showing it old ones, and a
        clock that is wrong makes no list fresher.
        """
        if expires_utc is None:
            return signed_utc
        return max(signed_utc, min(self.store.clock(), expires_utc))

    def _fetch(self, place: Offer, stored: StoredList, one: PublishedList) -> str:
        steps = one.steps_from(stored.current.content) if stored.current is not None else None
        if steps is not None and sum(step.file.bytes for step in steps) < one.snapshot.bytes:
            try:
                # Applied as one: what stands between them was never in use here, and must not be what is put back.
                changes = combined(
                    [read_delta(self._download(place, step.file), self._sealed(step.file)) for step in steps]
                )
                facts = RevisionFacts(
                    place.place,
                    one.revision,
                    datetime.fromisoformat(one.effective_utc),
                    (one.entries, int(one.key_sum)),
                    one.snapshot.sha256,
                )
                with self.store.lock(stored, wait_s=5.0):
                    apply_changes(self.store, self.store.get(stored.name), changes, facts, by="sync")
            except StoreError:
                # The base is not what the delta expects: the snapshot does not need one.
                pass
            else:
                return "by_delta"
        path = self._download(place, one.snapshot)
        with new_revision(
            self.store, self.store.get(stored.name), by="sync",
            source=place.place, number=one.revision,
            effective_utc=datetime.fromisoformat(one.effective_utc), content=one.snapshot.sha256,
        ) as staged:  # fmt: skip
            for batch in snapshot_batches(path, self._sealed(one.snapshot)):
                staged.add(batch)
            staged.activate(expected=(one.entries, int(one.key_sum)))
        return "updated"

    def _sealed(self, file: PublishedFile) -> Sealed:
        return Sealed(self.store.path.parent, file.sha256)

    def _download(self, place: Offer, file: PublishedFile) -> Path:
        path = download(place, file, self._folder(), self.wait, self.rng)
        self._fetched += file.bytes
        return path

    def _nothing_new(self, publisher: str, known: "_Known") -> SyncReport:
        """The manifest is the one that was followed already: its lists stand as they are, and were checked now."""
        lists = [one for one in self.store.lists() if one.origin == "sync" and one.source == publisher]
        signed_utc = known.signed_utc
        for one in lists:
            # one that was put back by hand is not what was signed: it was up to date before that alone
            if signed_utc is not None and one.current is not None and one.current.current_utc >= signed_utc:
                self.store.confirm_current(one.name, self._known_until(signed_utc, known.expires_utc))
        return SyncReport(known.sequence, unchanged=tuple(one.name for one in lists))

    def _folder(self) -> Path:
        return sync_folder(self.store.path)

    def _tidy(self, kept: Set[str] = frozenset()) -> None:
        """Erase the downloaded files but those whose hash is to be kept."""
        folder = self._folder()
        for path in folder.iterdir() if folder.is_dir() else ():
            if path.stem not in kept:
                erase_file(path)

    def _known(self, publisher: str) -> "_Known":
        for row in self.store.database.query("SELECT * FROM sync_sources WHERE publisher = ?", [publisher]):
            return _Known(
                row["sequence"] or 0, row["etag"] or "", row["failures"] or 0, row["next_try_utc"] or "",
                _time(row["created_utc"]), _time(row["expires_utc"]),
            )  # fmt: skip
        return _Known(0, "", 0, "")

    def _note(self, publisher: str, **values: str | int) -> None:
        with transaction(self.store.connection):
            self.store.database.table("sync_sources").upsert({"publisher": publisher, **values}, pk="publisher")

    def _failed(self, publisher: str, place: str, error: AnprError) -> None:
        failures = self._known(publisher).failures + 1
        now = self.store.clock()
        wait_s = min(self.config.every_s, jittered_wait_s(failures - 1, _FIRST_RETRY_S, self.rng))
        self._note(
            publisher, place=place, failures=failures, error=str(error), last_try_utc=now.isoformat(),
            next_try_utc=(now + timedelta(seconds=wait_s)).isoformat(),
        )  # fmt: skip

    def _succeeded(self, publisher: str, place: str, etag: str, report: SyncReport) -> None:
        if report.troubles:
            self._failed(publisher, place, SyncError(report.troubles[0]))
            self._note(publisher, etag="")
            return
        now = self.store.clock()
        wait_s = self.config.every_s * self.rng.uniform(0.8, _MOST_SPREAD)
        self._note(
            publisher, place=place, etag=etag, failures=0, error="", last_try_utc=now.isoformat(),
            last_success_utc=now.isoformat(), next_try_utc=(now + timedelta(seconds=wait_s)).isoformat(),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Known:
    """What is remembered of a back office."""

    sequence: int
    etag: str
    failures: int
    next_try_utc: str
    signed_utc: datetime | None = None
    expires_utc: datetime | None = None


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
