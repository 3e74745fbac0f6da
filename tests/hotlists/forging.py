"""Signed files as somebody with some of the keys could make them: each document changed, its versions and hashes put right or not."""

import json
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tuf.api.metadata import Metadata, MetaFile, Snapshot, Targets, Timestamp

from hotlists.sync.metadata import TIMESTAMP, path_of
from hotlists.sync.signing import signer

Change = Callable[[Any], object]


def unchanged(_: object) -> None:
    """Change nothing."""


def read(path: Path) -> "Metadata[Any]":
    return Metadata.from_bytes(path.read_bytes())


def signed(document: Any, keys: Sequence[Ed25519PrivateKey]) -> bytes:
    made = Metadata(document)
    for key in keys:
        made.sign(signer(key), append=True)
    return made.to_bytes()


def meta(version: int, content: bytes) -> MetaFile:
    return MetaFile(version, len(content), {"sha256": sha256(content).hexdigest()})


def newest(published: Path) -> tuple[Timestamp, Snapshot, Targets]:
    """What was published last."""
    timestamp = read(published / TIMESTAMP).signed
    snapshot = read(published / path_of("snapshot", timestamp.snapshot_meta.version)).signed
    return timestamp, snapshot, read(published / path_of("targets", snapshot.meta["targets.json"].version)).signed


def forge(
    published: Path,
    keys: Sequence[Ed25519PrivateKey],
    *,
    targets: Change = unchanged,
    snapshot: Change = unchanged,
    timestamp: Change = unchanged,
    rise: int = 1,
    timestamp_keys: Sequence[Ed25519PrivateKey] | None = None,
    snapshot_keys: Sequence[Ed25519PrivateKey] | None = None,
) -> None:
    """Sign everything anew with versions that rise by `rise`, each document changed before it is signed."""
    new_timestamp, new_snapshot, new_targets = newest(published)
    new_targets.version += rise
    targets(new_targets)
    content = signed(new_targets, keys)
    (published / path_of("targets", new_targets.version)).write_bytes(content)
    new_snapshot.version += rise
    new_snapshot.meta["targets.json"] = meta(new_targets.version, content)
    snapshot(new_snapshot)
    content = signed(new_snapshot, keys if snapshot_keys is None else snapshot_keys)
    (published / path_of("snapshot", new_snapshot.version)).write_bytes(content)
    new_timestamp.version += rise
    new_timestamp.snapshot_meta = meta(new_snapshot.version, content)
    timestamp(new_timestamp)
    (published / TIMESTAMP).write_bytes(signed(new_timestamp, keys if timestamp_keys is None else timestamp_keys))


def changed_lists(change: Callable[[dict[str, Any]], object]) -> Change:
    """A change of targets: what they say of each list that is not encrypted."""

    def apply(targets: Targets) -> None:
        for one in targets.targets.values():
            custom = one.unrecognized_fields["custom"]
            said = json.loads(custom["list"])
            change(said)
            custom["list"] = json.dumps(said)
            one.hashes["sha256"], one.length = said["snapshot"]["sha256"], said["snapshot"]["bytes"]

    return apply


def said_by(targets: Targets) -> list[dict[str, Any]]:
    """What targets say of lists that are not encrypted."""
    return [json.loads(one.unrecognized_fields["custom"]["list"]) for one in targets.targets.values()]
