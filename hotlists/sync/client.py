"""Follows a back office: its lists allotted to this car, in the revisions it signed under the car's root, and no others."""

import random
import time
from collections.abc import Callable, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from anpr.config.car import SyncConfig
from anpr.erasure import erase_file
from anpr.errors import AnprError, ConfigError, StoreError, SyncError
from anpr.trusted_time import Dated
from hotlists.store.changes import RevisionFacts, apply_changes, combined
from hotlists.store.leftovers import sync_folder
from hotlists.store.revision import StoredList
from hotlists.store.staging import new_revision
from hotlists.store.store import HotlistStore
from hotlists.sync.download import Wait, download, jittered_wait_s
from hotlists.sync.manifest import PublishedDelta, PublishedFile, PublishedList
from hotlists.sync.memory import Standing, SyncMemory
from hotlists.sync.metadata import Offered, lists_of
from hotlists.sync.row_files import read_delta, snapshot_batches
from hotlists.sync.sealed_file import Sealed
from hotlists.sync.sealing import LARGEST_RING_BYTES, car_key, key_in, opened_text
from hotlists.sync.sources import Offer, open_offer
from hotlists.sync.trust import FUTURE, Believed, Following, publishing_keys, read_root, repository_in
from hotlists.sync.withdrawal import MarksOf, WithdrawalRule, lost_by, marks_in_force

CAR_KEY: Final = "car-key.pem"
"""This car's key for encrypted lists, beside the hotlists file."""

OLD_KIND: Final = "ed25519:"
"""So begins the source of a list that came from a back office with a single key, as earlier versions knew it."""

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
    """When the back office signed what it offers."""


@dataclass(slots=True)
class SyncClient:
    """Brings the store in line with a back office, once for each call of `sync`; for use by one thread.

    `dated` tells what is known of the date, by default that the store's clock is right; `bear_out` takes in a signed time that
    agrees with the tablet's clock.
    """

    store: HotlistStore
    config: SyncConfig
    wait: Wait = time.sleep
    rng: random.Random = field(default_factory=random.Random)
    progress: Callable[[str], None] | None = None
    dated: Callable[[], Dated] | None = None
    bear_out: Callable[[datetime], object] = lambda _: None
    _fetched: int = 0
    _keys: dict[str, bytes] = field(default_factory=dict)
    """The keys of encrypted lists, by target."""

    def sync(self, offer: Offer | None = None) -> SyncReport:
        """Fetch and put in force what is new. What fails leaves the lists as they are.

        Raises SyncError when the back office cannot be reached or what it signed is not believed; a failure of single
        lists is in the report. When to try next is kept in the store.
        """
        root = read_root(self.config.root_file)
        publisher = repository_in(root)
        memory = SyncMemory(self.store, publisher)
        place = offer or open_offer(self.config)
        self._fetched = 0
        self._keys = {}
        try:
            believed = self._believed(memory, place, root)
            report = self._follow(memory, place, believed)
        except AnprError as error:
            self._failed(memory, place.place, error)
            raise
        finally:
            if offer is None:
                place.close()
        self._succeeded(memory, place.place, report)
        return report

    def due(self, now: datetime) -> bool:
        """Return whether it is time for the next try.

        A next try further ahead than any pause was planned under a clock that was wrong: then it is time, too.
        """
        known = SyncMemory(self.store, repository_in(read_root(self.config.root_file))).known()
        if not known.next_try_utc:
            return True
        ahead = datetime.fromisoformat(known.next_try_utc) - now
        return not timedelta() < ahead <= timedelta(seconds=self.config.every_s * _MOST_SPREAD)

    def _believed(self, memory: SyncMemory, place: Offer, root: bytes) -> Believed:
        """Return what the back office says now; the newest root counts at once, whatever becomes of the rest."""
        following = Following(place, root, memory.kept())
        kept = following.roots()
        memory.keep(kept)
        memory.note_revoked(publishing_keys(kept.root))
        believed = following.lists(self._date, self.store.clock(), self.bear_out)
        memory.keep(believed.kept)
        memory.note(
            sequence=believed.sequence, created_utc=believed.made_utc.isoformat(),
            expires_utc=believed.expires_utc.isoformat(),
        )  # fmt: skip
        return believed

    def _date(self) -> Dated:
        return self.dated() if self.dated is not None else Dated(self.store.clock(), trusted=True)

    def _follow(self, memory: SyncMemory, place: Offer, believed: Believed) -> SyncReport:
        lists, unread = lists_of(believed.targets, lambda offered: self._opened(memory, place, offered))
        allotted = {
            target: one for target, one in lists.items() if target in self._keys or one.is_for(self.config.car_id)
        }
        done: dict[str, list[str]] = {"unchanged": [], "updated": [], "by_delta": [], "withdrawn": []}
        troubles = list(unread)
        # Withdrawing first: it needs no link, and must not wait for one. What could not be read may be any of them.
        names = {one.settings.name for one in allotted.values()}
        for stored in self.store.lists() if not unread else []:
            if stored.origin != "sync" or stored.name in names:
                continue
            try:
                if self._withdraw(memory, stored, believed):
                    done["withdrawn"].append(stored.name)
            except (SyncError, StoreError) as error:
                memory.trouble(stored.name, str(error))
                troubles.append(str(error))
        # Their files and those of older revisions go now, whatever becomes of the other lists.
        self._tidy({file.sha256 for one in allotted.values() for file in one.files()})
        for target, one in sorted(allotted.items(), key=lambda item: -item[1].settings.priority):
            name = one.settings.name
            if self.progress is not None:
                self.progress(name)
            try:
                done[_Update(self, memory, place, believed, target, one).bring_in_line()].append(name)
                memory.trouble(name, "")
            except (SyncError, StoreError) as error:
                memory.trouble(name, str(error))
                troubles.append(str(error))
        if not troubles:
            self._tidy()
        memory.forget_lists({stored.name for stored in self.store.lists()})
        return SyncReport(
            believed.sequence, tuple(done["unchanged"]), tuple(done["updated"]), tuple(done["by_delta"]),
            tuple(done["withdrawn"]), tuple(troubles), self._fetched, believed.made_utc,
        )  # fmt: skip

    def _withdraw(self, memory: SyncMemory, stored: StoredList, believed: Believed) -> bool:
        """Erase a list that is no longer offered; return whether it was this back office's to withdraw. Raises SyncError."""
        if stored.source.startswith(OLD_KIND):
            raise SyncError(
                f"the hotlist {stored.name!r} came from a back office of the old kind, signed with a single key, and is not offered under"
                " this car's root: ask for it to be published again, or erase it (anpr hotlist erase)"
            )
        if stored.source != memory.publisher:
            return False
        standing = memory.standing(stored.name)
        self.rule(believed, standing.target, standing).check_whole(stored)
        self.store.erase(stored.name)
        return True

    def rule(self, believed: Believed, target: str, standing: Standing) -> WithdrawalRule:
        """Return what a list may lose: anything when withdrawal keys agreed to it since this car last had the list in line."""
        approval = believed.approvals.get(target)
        return WithdrawalRule(believed.withdraw_percent, approval is not None and approval.version > standing.version)

    def known_until(self, believed: Believed) -> datetime:
        """Return until when lists are known to be the newest that were just found to be what was signed.

        That is now, within what the signature says: nobody can keep a car from newer lists for longer by showing it old ones, and a
        clock that is wrong makes no list fresher.
        """
        return max(believed.made_utc, min(believed.dated.at_utc, believed.expires_utc))

    def fetched(self, place: Offer, file: PublishedFile) -> Path:
        """Return where a published file lies in this car, fetched if need be and closed: `sealed` opens it."""
        path = download(place, file, sync_folder(self.store.path), self.wait, self.rng)
        self._fetched += file.bytes
        return path

    def sealed(self, file: PublishedFile) -> Sealed:
        """Return what opens a published file that lies in this car, encrypted for cars or not."""
        return Sealed(self.store.path.parent, file.sha256)

    def list_key(self, target: str) -> bytes | None:
        """Return the key of an encrypted list, None for one that is not encrypted."""
        return self._keys.get(target)

    def _opened(self, memory: SyncMemory, place: Offer, offered: Offered) -> str | None:
        """Return the text of an encrypted list, None when it is not for this car."""
        sealed = offered.sealed
        if sealed is None:
            return offered.text
        mine = car_key(self.store.path.with_name(CAR_KEY))
        if mine is None:
            raise ConfigError(
                "the lists are encrypted and this car has no key yet: export one (anpr hotlist car-key FILE) and give it to the"
                " back office"
            )
        is_known, key = memory.ring_key(sealed.keys.sha256, mine.public_key())
        if not is_known:
            if sealed.keys.bytes > LARGEST_RING_BYTES:
                raise SyncError("the keys of an encrypted list are larger than any can be: publish the lists again")
            path = self.fetched(place, sealed.keys)
            key = key_in(self.sealed(sealed.keys).content(path), mine)
            memory.keep_ring_key(sealed.keys.sha256, mine.public_key(), key)
        if key is None:
            return None
        self._keys[offered.target] = key
        return opened_text(sealed.text, key)

    def _tidy(self, kept: Set[str] = frozenset()) -> None:
        """Erase the downloaded files but those whose hash is to be kept."""
        folder = sync_folder(self.store.path)
        for path in folder.iterdir() if folder.is_dir() else ():
            if path.stem not in kept:
                erase_file(path)

    def _failed(self, memory: SyncMemory, place: str, error: AnprError) -> None:
        failures = memory.known().failures + 1
        now = self.store.clock()
        wait_s = min(self.config.every_s, jittered_wait_s(failures - 1, _FIRST_RETRY_S, self.rng))
        memory.note(
            place=place, failures=failures, error=str(error), last_try_utc=now.isoformat(),
            next_try_utc=(now + timedelta(seconds=wait_s)).isoformat(),
        )  # fmt: skip

    def _succeeded(self, memory: SyncMemory, place: str, report: SyncReport) -> None:
        if report.troubles:
            self._failed(memory, place, SyncError(report.troubles[0]))
            return
        now = self.store.clock()
        wait_s = self.config.every_s * self.rng.uniform(0.8, _MOST_SPREAD)
        memory.note(
            place=place, failures=0, error="", last_try_utc=now.isoformat(), last_success_utc=now.isoformat(),
            next_try_utc=(now + timedelta(seconds=wait_s)).isoformat(),
        )  # fmt: skip


@dataclass(slots=True)
class _Update:
    """One list on its way into this car."""

    client: SyncClient
    memory: SyncMemory
    place: Offer
    believed: Believed
    target: str
    one: PublishedList
    _lost: int = 0

    def bring_in_line(self) -> str:
        """Put the list in force as it is offered; return what was done. Raises SyncError, StoreError."""
        one, store, publisher = self.one, self.client.store, self.memory.publisher
        name = one.settings.name
        stored = store.find(name)
        if stored is not None and (
            stored.origin != "sync" or (stored.source != publisher and not stored.source.startswith(OLD_KIND))
        ):
            raise SyncError(
                f"the back office offers a hotlist {name!r}, but this car has another of that name: rename one of them, or erase that"
                " of the car (anpr hotlist erase)"
            )
        standing = self.memory.standing(name)
        current = stored.current if stored is not None else None
        self._check_number(stored, standing)
        rule = self.client.rule(self.believed, self.target, standing)
        if stored is None:
            stored = store.define(one.settings, origin="sync", source=publisher)
        elif current is not None:
            rule.check_settings(stored.settings, one.settings)
        how = "unchanged"
        if current is None or current.content != one.content or current.number != one.revision:
            how = self._fetch(stored, rule, standing)
        if stored.settings != one.settings or stored.source != publisher:
            store.define(one.settings, origin="sync", source=publisher)
        store.confirm_current(name, self.client.known_until(self.believed))
        self.memory.in_line(
            name, self.target, self.believed.targets.version, self.believed.signed_by, self._lost, store.clock()
        )
        return how

    def _check_number(self, stored: StoredList | None, standing: Standing) -> None:
        one = self.one
        effective = datetime.fromisoformat(one.effective_utc)
        if effective > self.believed.dated.at_utc + FUTURE:
            raise SyncError(
                f"revision {one.revision} of the hotlist {one.settings.name!r} is dated {effective:%d %B %Y %H:%M UTC}, which is in the"
                " future: it is refused; the back office has to import and publish it again"
            )
        current = stored.current if stored is not None else None
        if current is None or standing.revoked:  # whoever numbered it is not believed any more
            return
        if one.revision < current.number and one.rolled_back_from < current.number:
            raise SyncError(
                f"revision {one.revision} of the hotlist {one.settings.name!r} is older than revision {current.number} on this car"
                " and not signed as a rollback: it is refused; publish it with --rollback if it is meant"
            )

    def _fetch(self, stored: StoredList, rule: WithdrawalRule, standing: Standing) -> str:
        one, current = self.one, stored.current
        steps = one.steps_from(current.content) if current is not None else None
        if current is not None and steps is not None and sum(step.file.bytes for step in steps) < one.snapshot.bytes:
            try:
                self._apply(stored, steps, rule, standing)
            except StoreError:
                # The base is not what the delta expects: the snapshot does not need one.
                pass
            else:
                return "by_delta"
        store, key = self.client.store, self.client.list_key(self.target)
        path = self.client.fetched(self.place, one.snapshot)
        now = self.believed.dated.at_utc
        with new_revision(
            store, store.get(stored.name), by="sync",
            source=self.place.place, number=one.revision,
            effective_utc=datetime.fromisoformat(one.effective_utc), content=one.content,
        ) as staged:  # fmt: skip
            marks = MarksOf(now)
            for batch in snapshot_batches(path, one.entries, key, self.client.sealed(one.snapshot)):
                staged.add(batch)
                marks.add((str(row[0]), until) for row in batch.rows if not isinstance(until := row[-1], str))
            if current is not None:
                was = marks_in_force(store, current, now)
                self._check_lost(was.missing_in(marks.all()), len(was), rule, standing)
            staged.activate(expected=(one.entries, int(one.key_sum)))
        return "updated"

    def _apply(self, stored: StoredList, steps: list[PublishedDelta], rule: WithdrawalRule, standing: Standing) -> None:
        one, store, current = self.one, self.client.store, stored.current
        if current is None:
            raise StoreError(f"the hotlist {stored.name!r} has no revision to change")
        most = 2 * max(current.entries, one.entries, *(step.entries for step in steps), 1)
        key = self.client.list_key(self.target)
        # Applied as one: what stands between them was never in use here, and must not be what is put back.
        changes = combined(
            [
                read_delta(self.client.fetched(self.place, step.file), most, key, self.client.sealed(step.file))
                for step in steps
            ]
        )
        self._check_lost(lost_by(store, current, changes, self.believed.dated.at_utc), current.entries, rule, standing)
        facts = RevisionFacts(
            self.place.place, one.revision, datetime.fromisoformat(one.effective_utc), (one.entries, int(one.key_sum)),
            one.content,
        )  # fmt: skip
        with store.lock(stored, wait_s=5.0):
            apply_changes(store, store.get(stored.name), changes, facts, by="sync")

    def _check_lost(self, gone: int, of: int, rule: WithdrawalRule, standing: Standing) -> None:
        before = sum(lost for _, lost in standing.recent_losses(self.client.store.clock()))
        rule.check_share(self.one.settings.name, gone, of, before)
        self._lost = 0 if rule.approved else gone
