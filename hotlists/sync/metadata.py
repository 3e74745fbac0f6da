"""The signed files of a published folder: where they stand, how large they may be, and what targets say of lists."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from tuf.api.metadata import Metadata, Signed, TargetFile, Targets

from anpr.errors import SyncError
from hotlists.sync.manifest import PublishedFile, PublishedList
from hotlists.sync.roots import Withdrawals

FOLDER: Final = "metadata"
TIMESTAMP: Final = f"{FOLDER}/timestamp.json"

LARGEST_TIMESTAMP_BYTES: Final = 64_000
LARGEST_SNAPSHOT_BYTES: Final = 512_000
LARGEST_TARGETS_BYTES: Final = 20_000_000

MOST_STEPS: Final = 1_000_000
"""A version may be so far ahead of the last one that a car knows: a publication a minute for two years. A stolen key cannot use
the numbers up at a stroke, and root rotation takes back what it used."""

FIRST_AT_MOST: Final = 1_000_000_000
"""The same for a car that knows none yet."""

_MADE: Final = "x-made"
_APPROVED: Final = "x-approved"


def path_of(role: str, version: int) -> str:
    """Return where the metadata of a role stands in a published folder; the timestamp alone has no version in its name."""
    return f"{FOLDER}/{version:d}.{role}.json"


def dated_fields(made_utc: datetime) -> dict[str, Any]:
    """Return the field that says when metadata was made; the framework itself has only when it ends."""
    return {_MADE: made_utc.astimezone(UTC).isoformat()}


def made_utc_of(signed: Signed) -> datetime:
    """Return when metadata was made; raises SyncError when it does not say."""
    try:
        made = datetime.fromisoformat(signed.unrecognized_fields[_MADE])
        return _whole(made).astimezone(UTC)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise SyncError("what the back office signed does not say when: publish the lists again") from error


def _whole(made: datetime) -> datetime:
    if made.tzinfo is None:
        raise ValueError("a time has its offset")
    return made


@dataclass(frozen=True, slots=True)
class Sealed:
    """What targets say of a list that is encrypted for its cars: the sealed text (base64), and the file with the cars' keys."""

    text: str
    keys: PublishedFile


@dataclass(frozen=True, slots=True)
class Offered:
    """What targets say of one list, readable or sealed; `files` are those it may be made from."""

    target: str
    text: str | None
    sealed: Sealed | None
    files: tuple[PublishedFile, ...]


def target_of(name: str, offered: Offered, snapshot: PublishedFile) -> TargetFile:
    """Return a list as a target; its hash is that of the file with all its entries."""
    custom: dict[str, Any] = {"files": [[one.sha256, one.bytes] for one in offered.files]}
    if offered.sealed is not None:
        keys = offered.sealed.keys
        custom |= {"sealed": offered.sealed.text, "keys": [keys.sha256, keys.bytes]}
    else:
        custom["list"] = offered.text
    return TargetFile(snapshot.bytes, {"sha256": snapshot.sha256}, name, {"custom": custom})


def offered_by(targets: Targets) -> list[Offered]:
    """Return what targets say of lists; raises SyncError when a target is none that this program knows."""
    return [_offered(path, one) for path, one in sorted(targets.targets.items())]


def _offered(path: str, one: TargetFile) -> Offered:
    try:
        custom = one.unrecognized_fields["custom"]
        files = tuple(PublishedFile(*file) for file in custom["files"])
        sealed = None
        if "sealed" in custom:
            sealed = Sealed(str(custom["sealed"]), PublishedFile(*custom["keys"]))
        return Offered(path, None if sealed is not None else _text(custom["list"]), sealed, files)
    except (KeyError, TypeError, ValueError) as error:
        raise SyncError(f"a published list is damaged ({type(error).__name__}): publish the lists again") from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a list is said in a text")
    return value


def lists_of(targets: Targets, opened: Callable[[Offered], str | None]) -> tuple[dict[str, PublishedList], list[str]]:
    """Return the lists that targets offer, by target, and a sentence for each that cannot be read.

    `opened` gives the text of a sealed one, None when it is not for whoever asks; raises SyncError.
    """
    lists: dict[str, PublishedList] = {}
    troubles: list[str] = []
    for offered in offered_by(targets):
        try:
            text = offered.text if offered.sealed is None else opened(offered)
            if text is None:
                continue
            lists[offered.target] = _signed_list(text, targets.targets[offered.target])
        except SyncError as error:
            troubles.append(str(error))
    names = [one.settings.name for one in lists.values()]
    if len(set(names)) < len(names):
        raise SyncError("two published lists have one name: publish the lists again")
    return lists, troubles


def _signed_list(text: str, target: TargetFile) -> PublishedList:
    one = PublishedList.from_text(text)
    if one.snapshot.sha256 != target.hashes.get("sha256"):
        raise SyncError("a published list names another file than was signed: publish the lists again")
    return one


def named_files(documents: Iterable["Metadata[Targets]"]) -> set[str]:
    """Return the hashes of all files that targets name, sealed or not."""
    named: set[str] = set()
    for document in documents:
        for offered in offered_by(document.signed):
            named.update(file.sha256 for file in offered.files)
            if offered.sealed is not None:
                named.add(offered.sealed.keys.sha256)
    return named


@dataclass(frozen=True, slots=True)
class Approval:
    """That withdrawal keys agreed to whatever a list lost up to a version of the targets; signatures in hexadecimal by key id.

    It stays with the lists, so that a car which was away may follow as well.
    """

    version: int
    signatures: dict[str, str]

    @staticmethod
    def payload(repository: str, target: str, version: int) -> bytes:
        """Return what the keys sign."""
        return json.dumps(["patrol-anpr withdrawal", repository, target, version]).encode("ascii")


def approved_in(targets: Targets, repository: str, rule: Withdrawals) -> dict[str, Approval]:
    """Return the approvals of targets, by target, that enough withdrawal keys signed; what is none is passed over."""
    found = targets.unrecognized_fields.get(_APPROVED)
    approvals: dict[str, Approval] = {}
    for target, one in found.items() if isinstance(found, dict) else ():
        version, signatures = (one.get("version"), one.get("signatures")) if isinstance(one, dict) else (None, None)
        if not isinstance(version, int) or version > targets.version or not isinstance(signatures, dict):
            continue
        if rule.approve(Approval.payload(repository, str(target), version), signatures):
            approvals[str(target)] = Approval(version, signatures)
    return approvals


def approval_fields(approvals: Mapping[str, Approval]) -> dict[str, Any]:
    """Return the field of targets that holds approvals."""
    return {_APPROVED: {one: {"version": a.version, "signatures": a.signatures} for one, a in approvals.items()}}


def same_lists(one: Targets, other: Targets) -> bool:
    """Return whether two targets offer the same."""

    def said(targets: Targets) -> str:
        lists = {path: target.to_dict() for path, target in targets.targets.items()}
        return json.dumps([lists, targets.unrecognized_fields.get(_APPROVED)], sort_keys=True)

    return said(one) == said(other)
