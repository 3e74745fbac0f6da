"""Lists into a folder of static files that any web server, CDN or USB stick can offer to the cars.

Files are named by their content and never change; the manifest, signed and replaced in one step, says which belong to
which list. Files that the last few manifests do not name are removed.
"""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from anpr.errors import ConfigError, StoreError, SyncError, UserError
from hotlists.store.revision import Revision, StoredList
from hotlists.store.store import HotlistStore
from hotlists.sync.manifest import MANIFEST_NAME, Manifest, PublishedDelta, PublishedFile, PublishedList
from hotlists.sync.row_files import delta_lines, read_lines, row_line, write_lines
from hotlists.sync.signing import sign, verified

KEPT_STEPS: Final = 10
"""Deltas offered for a list; a car that is further behind fetches the snapshot."""

VALID_DAYS: Final = 7.0
"""So long a manifest says, unless told otherwise, that its lists are the newest ones; publishing again, changed or not, renews it."""

KEPT_MANIFESTS: Final = 3
"""A car may be fetching files of the manifest before, so files go only when so many newer manifests exist."""


@dataclass(frozen=True, slots=True)
class PublishedChange:
    """What publishing did for one list; `delta` is None when the list is new or unchanged."""

    list_name: str
    revision: int
    entries: int
    snapshot: PublishedFile
    delta: PublishedFile | None
    changed: bool


def publish(
    store: HotlistStore,
    folder: Path,
    key: Ed25519PrivateKey,
    *,
    names: Collection[str] | None = None,
    rollbacks: Collection[str] = (),
    valid_days: float = VALID_DAYS,
) -> tuple[Manifest, list[PublishedChange]]:
    """Publish the named lists (all own ones by default) and return the manifest and what changed.

    A list that is no longer named is withdrawn from the cars. For `valid_days` cars that check take unchanged lists for fresh. Raises UserError when a list's revision is lower than
    the published one and it is not among the `rollbacks`; ConfigError when the folder belongs to another key.
    """
    last = _last_manifest(folder, key)
    known = {one.settings.name: one for one in last.lists} if last is not None else {}
    chosen = _chosen(store, names)
    offered: list[PublishedList] = []
    changes: list[PublishedChange] = []
    try:
        for stored, revision in chosen:
            before = known.get(stored.name)
            _check_order(stored, revision, before, rollbacks)
            one, change = _offer(store, folder, stored, revision, before)
            offered.append(one)
            changes.append(change)
        sequence = last.sequence + 1 if last is not None else 1
        now = store.clock()
        manifest = Manifest(sequence, now, tuple(offered), now + timedelta(days=valid_days))
        _write(folder, manifest, key)
    except OSError as error:
        raise StoreError(f"the folder {folder} cannot be written ({error.strerror}): check it and its disk") from error
    return manifest, changes


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
    store: HotlistStore, folder: Path, stored: StoredList, revision: Revision, before: PublishedList | None
) -> tuple[PublishedList, PublishedChange]:
    snapshot = write_lines((row_line(row[1:]) for row in store.rows(revision)), folder, small=False)
    deltas: tuple[PublishedDelta, ...] = before.deltas if before is not None else ()
    made: PublishedFile | None = None
    changed = before is None or before.snapshot.sha256 != snapshot.sha256
    if before is not None and changed and (folder / before.snapshot.path).exists():
        made = _delta(folder, before.snapshot, snapshot)
        step = PublishedDelta(before.snapshot.sha256, snapshot.sha256, revision.entries, str(revision.key_sum), made)
        # A way back to a content that a step starts from would make a circle: the later step is the one that counts.
        deltas = (*(d for d in deltas if d.before not in (step.before, step.after)), step)[-KEPT_STEPS:]
    rolled_back_from = 0
    if before is not None:
        back = revision.number < before.revision
        rolled_back_from = max(before.revision, before.rolled_back_from) if back else before.rolled_back_from
    one = PublishedList(
        settings=stored.settings,
        revision=revision.number,
        effective_utc=revision.effective_utc.isoformat(),
        entries=revision.entries,
        key_sum=str(revision.key_sum),
        snapshot=snapshot,
        deltas=deltas,
        rolled_back_from=rolled_back_from if rolled_back_from > revision.number else 0,
    )
    return one, PublishedChange(stored.name, revision.number, revision.entries, snapshot, made, changed)


def _delta(folder: Path, before: PublishedFile, after: PublishedFile) -> PublishedFile:
    lines = delta_lines(read_lines(folder / before.path), read_lines(folder / after.path))
    return write_lines(lines, folder, small=True)


def _last_manifest(folder: Path, key: Ed25519PrivateKey) -> Manifest | None:
    path = folder / MANIFEST_NAME
    if not path.exists():
        return None
    try:
        return Manifest.from_text(verified(path.read_bytes(), key.public_key()))
    except SyncError as error:
        raise ConfigError(
            f"the folder {folder} was published with another key or is damaged: publish into an empty folder"
        ) from error


def _write(folder: Path, manifest: Manifest, key: Ed25519PrivateKey) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    document = sign(manifest.to_text(), key)
    kept = folder / "manifests"
    kept.mkdir(exist_ok=True)
    (kept / f"{manifest.sequence:09d}.json").write_bytes(document)
    temporary = folder / "manifest.part"
    temporary.write_bytes(document)
    temporary.replace(folder / MANIFEST_NAME)
    _remove_unnamed(folder, key)


def _remove_unnamed(folder: Path, key: Ed25519PrivateKey) -> None:
    manifests = sorted((folder / "manifests").glob("*.json"))
    for old in manifests[:-KEPT_MANIFESTS]:
        old.unlink()
    named: set[str] = set()
    for path in manifests[-KEPT_MANIFESTS:]:
        with suppress(SyncError):
            for one in Manifest.from_text(verified(path.read_bytes(), key.public_key())).lists:
                named.add(one.snapshot.sha256)
                named.update(delta.file.sha256 for delta in one.deltas)
    for path in (folder / "objects").glob("*/*.zst"):
        if path.stem not in named:
            path.unlink()
