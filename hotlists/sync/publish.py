"""Lists into a folder of static files that any web server, CDN or USB stick can offer to the cars.

Files are named by their content and never change; signed metadata (The Update Framework's targets, snapshot and timestamp, under a
root that was made elsewhere) says which belong to which list. The timestamp is replaced last, in one step. Files that the last few
targets do not name are removed.
"""

import os
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, T, TargetFile, Targets, Timestamp
from tuf.api.serialization import DeserializationError

from anpr.errors import ConfigError, StoreError, SyncError, UserError
from hotlists.store.revision import Revision, StoredList
from hotlists.store.store import HotlistStore
from hotlists.sync.bounded import read_whole
from hotlists.sync.manifest import Manifest, PublishedDelta, PublishedFile, PublishedList
from hotlists.sync.metadata import (
    FOLDER,
    LARGEST_SNAPSHOT_BYTES,
    LARGEST_TARGETS_BYTES,
    LARGEST_TIMESTAMP_BYTES,
    MOST_STEPS,
    TIMESTAMP,
    Approval,
    Offered,
    Sealed,
    approval_fields,
    approved_in,
    dated_fields,
    lists_of,
    named_files,
    path_of,
    same_lists,
    target_of,
)
from hotlists.sync.roots import chain, repository_of, root_files, withdrawals_of
from hotlists.sync.row_files import delta_lines, read_lines, row_line, write_lines, write_whole
from hotlists.sync.sealing import (
    LARGEST_RING_BYTES,
    ListKeys,
    key_in,
    list_keys,
    opened_text,
    publishers_own,
    ring_of,
    sealed_text,
)
from hotlists.sync.signing import key_name, public_key, signer
from hotlists.sync.withdrawal import MarksOf, WithdrawalRule

KEPT_STEPS: Final = 10
"""Deltas offered for a list; a car that is further behind fetches the snapshot."""

VALID_DAYS: Final = 7.0
"""So long a timestamp says, unless told otherwise, that its lists are the newest ones; publishing again, changed or not, renews it."""

TARGETS_DAYS: Final = 90.0
"""So long what says which lists there are is valid; it is signed anew when a third of that is left."""

KEPT_TARGETS: Final = 3
"""A car may be fetching files of the publication before, so files go only when so many newer ones exist."""

_UNTIL: Final = -1


@dataclass(frozen=True, slots=True)
class PublishedChange:
    """What publishing did for one list; `delta` is None when the list is new or unchanged."""

    list_name: str
    revision: int
    entries: int
    snapshot: PublishedFile
    delta: PublishedFile | None
    changed: bool


@dataclass(frozen=True, slots=True)
class PublishOptions:
    """What to publish, and how.

    `names`: those lists alone, by default all own ones; `rollbacks`: lists whose older revision is meant. For `valid_days` cars
    take unchanged lists for fresh. `roots`: the folder of the roots, by default those that the published folder has.
    `withdrawal_keys` agree to whatever lists lose. `cars`: keys by car id; with them each list is encrypted for the cars that may have it.
    """

    names: Collection[str] | None = None
    rollbacks: Collection[str] = ()
    valid_days: float = VALID_DAYS
    roots: Path | None = None
    withdrawal_keys: Sequence[Ed25519PrivateKey] = ()
    cars: Mapping[str, X25519PublicKey] | None = None


@dataclass(slots=True)
class _Last:
    """What was published last: versions, and what could be read of the lists by target."""

    timestamp: int = 0
    snapshot: int = 0
    targets: Metadata[Targets] | None = None
    lists: dict[str, PublishedList] = field(default_factory=dict)
    keys: dict[str, bytes] = field(default_factory=dict)
    """The list keys of encrypted ones, by target."""

    def named(self, name: str) -> tuple[PublishedList | None, bytes | None]:
        """Return a list by its name, and its key if it was encrypted."""
        for target, one in self.lists.items():
            if one.settings.name == name:
                return one, self.keys.get(target)
        return None, None


@dataclass(slots=True)
class _Making:
    """One publication on its way."""

    store: HotlistStore
    folder: Path
    keys: Sequence[Ed25519PrivateKey]
    options: PublishOptions
    root: Root
    last: _Last
    now: datetime
    needs: list[str] = field(default_factory=list)
    """Sentences on what a second signature is wanted for."""


def publish(
    store: HotlistStore, folder: Path, keys: Sequence[Ed25519PrivateKey], options: PublishOptions | None = None
) -> tuple[Manifest, list[PublishedChange]]:
    """Publish lists and return what is offered and what changed; a list that is no longer named is withdrawn from the cars.

    Raises UserError when a list's revision is lower than the published one and it is not among the `rollbacks`, or when more is
    withdrawn than the publishing keys alone may; ConfigError when the root does not name the keys, or the folder is another's.
    """
    options = options or PublishOptions()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        root = _current_root(folder, options.roots)
        _require_keys(root, keys)
        making = _Making(store, folder, keys, options, root, _last(folder, keys), store.clock())
        offers: dict[str, TargetFile] = {}
        lists: list[PublishedList] = []
        changes: list[PublishedChange] = []
        for stored, revision in _chosen(store, options.names):
            target, one, change = _offer(making, stored, revision)
            offers[target.path] = target
            lists.append(one)
            changes.append(change)
        _check_withdrawn(making, {one.settings.name for one in lists})
        if making.needs and not options.withdrawal_keys:
            raise UserError(
                f"{making.needs[0]}; cars refuse that without a second signature: have it agreed, and add --withdrawal-key for each"
                " key that signs"
            )
        sequence, expires = _sign(making, offers)
        _remove_unnamed(folder)
    except OSError as error:
        raise StoreError(f"the folder {folder} cannot be written ({error.strerror}): check it and its disk") from error
    return Manifest(sequence, making.now, tuple(lists), expires), changes


def renew(folder: Path, key: Ed25519PrivateKey, now: datetime, valid_days: float = VALID_DAYS) -> tuple[int, datetime]:
    """Sign a new timestamp for what is published already, and return its version and until when it holds.

    A key that the root names for renewing alone will do: whoever has it can change no list. Raises ConfigError, StoreError.
    """
    try:
        root = _current_root(folder, None)
        if public_key(key.public_key()).keyid not in root.roles[Timestamp.type].keyids:
            raise ConfigError(
                f"the root does not name the key {key_name(key.public_key())} for renewing: name another with --key"
            )
        last: Metadata[Timestamp] = Metadata.from_bytes(read_whole(folder / TIMESTAMP, LARGEST_TIMESTAMP_BYTES))
        root.verify_delegate(Timestamp.type, last.signed_bytes, last.signatures)
        timestamp = Timestamp(
            last.signed.version + 1,
            None,
            now + timedelta(days=valid_days),
            last.signed.snapshot_meta,
            dated_fields(now),
        )
        _write(folder / TIMESTAMP, _signed(timestamp, [key]))
    except OSError as error:
        raise StoreError(f"the folder {folder} cannot be renewed ({error.strerror}): publish into it first") from error
    except (RepositoryError, DeserializationError) as error:
        raise ConfigError(f"what {folder} holds is not signed by a key of its newest root: publish again") from error
    return timestamp.version, timestamp.expires


def _current_root(folder: Path, roots: Path | None) -> Root:
    """Bring the folder's roots in line with those that were named, and return the newest; raises ConfigError."""
    own = folder / FOLDER
    own.mkdir(parents=True, exist_ok=True)
    if roots is not None:
        theirs = chain(roots)
        for path in root_files(roots):
            if not (own / path.name).exists():
                _write(own / path.name, path.read_bytes())
            elif (own / path.name).read_bytes() != path.read_bytes():
                raise ConfigError(
                    f"the folder {folder} belongs to another root than {roots}: publish into an empty folder"
                )
        if not theirs:
            raise ConfigError(f"the folder {roots} holds no root: make one with `anpr hotlist root init`")
    found = chain(own)
    if not found:
        raise ConfigError(f"the folder {folder} has no root yet: name the folder of the roots with --root")
    return found[-1]


def _require_keys(root: Root, keys: Sequence[Ed25519PrivateKey]) -> None:
    role = root.roles[Targets.type]
    named = {public_key(key.public_key()).keyid for key in keys}
    for keyid in named - set(role.keyids):
        raise ConfigError(
            f"the newest root does not name the key {keyid[:16]} as a publishing key: it was revoked, or the root is not the newest;"
            " name another with --key, or the roots with --root"
        )
    if len(named) < role.threshold:
        raise ConfigError(f"{role.threshold} publishing keys must sign: name each with --key")


def _last(folder: Path, keys: Sequence[Ed25519PrivateKey]) -> _Last:
    """Return what was published last under any root of the folder; raises ConfigError when it is another's or damaged."""
    if not (folder / TIMESTAMP).exists():
        return _Last()
    roots = chain(folder / FOLDER)
    try:
        timestamp = _verified(folder / TIMESTAMP, LARGEST_TIMESTAMP_BYTES, roots)
        snapshot_path = folder / path_of(Snapshot.type, timestamp.signed.snapshot_meta.version)
        snapshot = _verified(snapshot_path, LARGEST_SNAPSHOT_BYTES, roots)
        version = snapshot.signed.meta["targets.json"].version
        targets = _verified(folder / path_of(Targets.type, version), LARGEST_TARGETS_BYTES, roots)
    except (OSError, RepositoryError, DeserializationError, KeyError, AttributeError) as error:
        raise ConfigError(
            f"the folder {folder} was published under another root or is damaged: publish into an empty folder"
        ) from error
    last = _Last(timestamp.signed.version, snapshot.signed.version, targets)
    if max(last.timestamp, last.snapshot, version) > _MOST_VERSION:  # a stolen key has used the numbers up: see roots
        last.timestamp = last.snapshot = 0
        targets.signed.version = 0

    def opened(offered: Offered) -> str | None:
        if offered.sealed is None:
            return offered.text
        for key in keys:
            found = key_in(read_whole(folder / offered.sealed.keys.path, LARGEST_RING_BYTES), publishers_own(key))
            if found is not None:
                last.keys[offered.target] = found
                return opened_text(offered.sealed.text, found)
        return None

    with suppress(SyncError, OSError):  # what cannot be read is published as if it were new
        last.lists, _ = lists_of(targets.signed, opened)
    return last


_MOST_VERSION: Final = 1000 * MOST_STEPS


def _verified(path: Path, most_bytes: int, roots: Sequence[Root]) -> "Metadata[Any]":
    document: Metadata[Any] = Metadata.from_bytes(read_whole(path, most_bytes))
    for root in reversed(roots):
        if root.get_verification_result(document.signed.type, document.signed_bytes, document.signatures):
            return document
    raise RepositoryError("not signed under any of the roots")


def _chosen(store: HotlistStore, names: Collection[str] | None) -> list[tuple[StoredList, Revision]]:
    lists = [store.get(name) for name in names] if names else [one for one in store.lists() if one.origin != "sync"]
    return [(one, one.current) for one in lists if one.current is not None]


def _check_order(
    stored: StoredList, revision: Revision, before: PublishedList | None, rollbacks: Collection[str]
) -> None:
    if before is not None and revision.number < before.revision and stored.name not in rollbacks:
        raise UserError(
            f"the hotlist {stored.name!r} is at revision {revision.number}, below the published {before.revision}:"
            f" publish with --rollback {stored.name!r} if that is meant"
        )


def _offer(
    making: _Making, stored: StoredList, revision: Revision
) -> tuple[TargetFile, PublishedList, PublishedChange]:
    """Write a list's files and return it as a target, as it is offered, and what changed."""
    folder = making.folder
    before, old_key = making.last.named(stored.name)
    _check_order(stored, revision, before, making.options.rollbacks)
    sealing = _sealing(making, stored)
    key = sealing.key if sealing is not None else None
    rows = (row_line(row[1:]) for row in making.store.rows(revision))
    snapshot = write_lines(rows, folder, small=False, key=key)
    content = sealing.content(snapshot.sha256) if sealing is not None else snapshot.sha256
    deltas = before.deltas if before is not None and old_key == key else ()
    made: PublishedFile | None = None
    changed = before is None or before.content != content
    if before is not None and changed and (folder / before.snapshot.path).exists():
        lines = delta_lines(
            read_lines(folder / before.snapshot.path, old_key), read_lines(folder / snapshot.file.path, key)
        )
        made = write_lines(lines, folder, small=True, key=key).file
        step = PublishedDelta(before.content, content, revision.entries, str(revision.key_sum), made)
        # A way back to a content that a step starts from would make a circle: the later step is the one that counts.
        deltas = (*(d for d in deltas if d.before not in (step.before, step.after)), step)[-KEPT_STEPS:]
        _check_lost(making, before, old_key, snapshot.file, key)
    one = PublishedList(
        settings=stored.settings,
        revision=revision.number,
        effective_utc=revision.effective_utc.isoformat(),
        entries=revision.entries,
        key_sum=str(revision.key_sum),
        snapshot=snapshot.file,
        content=content,
        deltas=deltas,
        rolled_back_from=_rolled_back_from(revision, before),
    )
    if before is not None:
        _check_quieter(making, before, one)
    return (
        _target(making, one, sealing), one,
        PublishedChange(stored.name, revision.number, revision.entries, snapshot.file, made, changed),
    )  # fmt: skip


def _rolled_back_from(revision: Revision, before: PublishedList | None) -> int:
    if before is None:
        return 0
    back = revision.number < before.revision
    found = max(before.revision, before.rolled_back_from) if back else before.rolled_back_from
    return found if found > revision.number else 0


def _sealing(making: _Making, stored: StoredList) -> ListKeys | None:
    cars = _cars(making, stored)
    return None if cars is None else list_keys(making.keys[0], stored.name, cars)


def _cars(making: _Making, stored: StoredList) -> list[X25519PublicKey] | None:
    """Return who may read a list, the publisher among them; None when lists are not encrypted."""
    if making.options.cars is None:
        return None
    allotted = [key for car, key in making.options.cars.items() if stored.settings.is_for(car)]
    return [*allotted, publishers_own(making.keys[0]).public_key()]


def _target(making: _Making, one: PublishedList, sealing: ListKeys | None) -> TargetFile:
    files = tuple(one.files())
    if sealing is None:
        name = plain_target(one.settings.name)
        return target_of(name, Offered(name, one.to_text(), None, files), one.snapshot)
    cars = _cars(making, making.store.get(one.settings.name)) or []
    ring = write_whole(ring_of(sealing.key, cars), making.folder)
    sealed = Sealed(sealed_text(one.to_text(), sealing.key), ring)
    return target_of(sealing.target, Offered(sealing.target, None, sealed, files), one.snapshot)


def plain_target(name: str) -> str:
    """Return by what targets know a list that is not encrypted."""
    return sha256(name.encode("utf-8")).hexdigest()[:32]


def _check_lost(
    making: _Making, before: PublishedList, old_key: bytes | None, after: PublishedFile, key: bytes | None
) -> None:
    """Note it when a list loses more than publishing keys alone may take from it."""
    then, now = MarksOf(making.now), MarksOf(making.now)
    for marks, path, key_of_it in ((then, before.snapshot.path, old_key), (now, after.path, key)):
        fields = (line.split("\x1f") for line in read_lines(making.folder / path, key_of_it))
        marks.add((row[0], int(row[_UNTIL]) if row[_UNTIL] else None) for row in fields)
    was = then.all()
    with _noting(making):
        _rule(making).check_share(before.settings.name, was.missing_in(now.all()), len(was))


def _check_quieter(making: _Making, before: PublishedList, after: PublishedList) -> None:
    with _noting(making):
        _rule(making).check_settings(before.settings, after.settings)
    if set(before.settings.cars) - set(after.settings.cars):
        making.needs.append(f"the hotlist {before.settings.name!r} is no longer for all cars that have it")


def _check_withdrawn(making: _Making, offered: set[str]) -> None:
    making.needs += [
        # one that is covert may be known here no more, and is named to nobody
        f"{'a covert hotlist' if one.settings.covert else f'the hotlist {one.settings.name!r}'} is withdrawn as a whole"
        for one in making.last.lists.values()
        if one.settings.name not in offered and one.entries > 0
    ]


def _rule(making: _Making) -> WithdrawalRule:
    return WithdrawalRule(withdrawals_of(making.root).percent, approved=False)


class _noting:  # noqa: N801 - reads as a statement
    """Notes what a rule refuses instead of raising it."""

    def __init__(self, making: _Making) -> None:
        self._making = making

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, _: object) -> bool:
        if isinstance(error, SyncError):
            self._making.needs.append(str(error).partition(":")[0])
            return True
        return False


def _sign(making: _Making, offers: dict[str, TargetFile]) -> tuple[int, datetime]:
    """Write targets, snapshot and timestamp; the first two only when they are others than before or run out soon."""
    last, now = making.last, making.now
    version = (last.targets.signed.version if last.targets is not None else 0) + 1
    approvals = _approvals(making, offers, version)
    targets = Targets(
        version, None, now + timedelta(days=TARGETS_DAYS), offers, None, dated_fields(now) | approval_fields(approvals)
    )
    folder, snapshot_version = making.folder, last.snapshot
    if not _stands(making, targets):
        content = _signed(targets, making.keys)
        _write(folder / path_of(Targets.type, version), content)
        snapshot_version += 1
        snapshot = Snapshot(
            snapshot_version, None, targets.expires, {"targets.json": _meta(version, content)}, dated_fields(now)
        )
        _write(folder / path_of(Snapshot.type, snapshot_version), _signed(snapshot, making.keys))
    content = read_whole(folder / path_of(Snapshot.type, snapshot_version), LARGEST_SNAPSHOT_BYTES)
    timestamp = Timestamp(
        last.timestamp + 1, None, now + timedelta(days=making.options.valid_days), _meta(snapshot_version, content),
        dated_fields(now),
    )  # fmt: skip
    _write(folder / TIMESTAMP, _signed(timestamp, making.keys[:1]))
    return timestamp.version, timestamp.expires


def _stands(making: _Making, targets: Targets) -> bool:
    """Return whether what was signed last says the same, under the newest root, and for long enough."""
    last, root = making.last.targets, making.root
    if last is None or making.last.snapshot == 0 or not same_lists(last.signed, targets):
        return False
    if last.signed.expires - making.now < timedelta(days=TARGETS_DAYS / 3):
        return False
    snapshot: Metadata[Any] = Metadata.from_bytes(
        read_whole(making.folder / path_of(Snapshot.type, making.last.snapshot), LARGEST_SNAPSHOT_BYTES)
    )
    return all(
        root.get_verification_result(one.signed.type, one.signed_bytes, one.signatures) for one in (last, snapshot)
    )


def _approvals(making: _Making, offers: Collection[str], version: int) -> dict[str, Approval]:
    """Return what withdrawal keys agreed to: what they sign now for every list, else what they signed before."""
    rule, repository, last = withdrawals_of(making.root), repository_of(making.root), making.last.targets
    kept = approved_in(last.signed, repository, rule) if last is not None else {}
    keys = making.options.withdrawal_keys
    if not keys:
        return kept
    named = {key.keyid for key in rule.keys}
    for key in keys:
        if public_key(key.public_key()).keyid not in named:
            raise ConfigError(
                f"the newest root does not name the key {key_name(key.public_key())} for withdrawals: name another"
                " with --withdrawal-key"
            )
    if len({public_key(key.public_key()).keyid for key in keys}) < rule.threshold:
        raise UserError(f"{rule.threshold} withdrawal keys must sign: name each with --withdrawal-key")
    before = set(last.signed.targets) if last is not None else set()
    for target in before | set(offers) | set(kept):
        payload = Approval.payload(repository, target, version)
        signatures = {one.keyid: one.signature for one in (signer(key).sign(payload) for key in keys)}
        kept[target] = Approval(version, signatures)
    return kept


def _meta(version: int, content: bytes) -> MetaFile:
    return MetaFile(version, len(content), {"sha256": sha256(content).hexdigest()})


def _signed(signed: T, keys: Sequence[Ed25519PrivateKey]) -> bytes:
    document = Metadata(signed)
    for key in keys:
        document.sign(signer(key), append=True)
    return document.to_bytes()


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _remove_unnamed(folder: Path) -> None:
    metadata = folder / FOLDER
    for role in (Targets.type, Snapshot.type):
        for old in _numbered(metadata, role)[:-KEPT_TARGETS]:
            old.unlink()
    documents: list[Metadata[Targets]] = []
    for path in _numbered(metadata, Targets.type):
        with suppress(DeserializationError):
            documents.append(Metadata.from_bytes(read_whole(path, LARGEST_TARGETS_BYTES)))
    named = named_files(documents)
    for path in (folder / "objects").glob("*/*.zst"):
        if path.stem not in named:
            path.unlink()


def _numbered(folder: Path, role: str) -> list[Path]:
    found = [(path.name.partition(".")[0], path) for path in folder.glob(f"*.{role}.json")]
    return [path for _, path in sorted((int(number), path) for number, path in found if number.isdecimal())]
