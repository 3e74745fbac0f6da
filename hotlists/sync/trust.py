"""What a car believes of a back office: The Update Framework's client workflow, on what the car knew before.

The specification's steps (5.3 to 5.6) are those of `tuf.ngclient`'s TrustedMetadataSet; fetching is ours, and so is what the framework
leaves open: bounds of versions, two documents of one version, dates from the future, and a date that the car is not sure of.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Protocol

from tuf.api.exceptions import (
    BadVersionNumberError,
    EqualVersionNumberError,
    ExpiredMetadataError,
    LengthOrHashMismatchError,
    RepositoryError,
    UnsignedMetadataError,
)
from tuf.api.metadata import Metadata, MetaFile, Root, Targets
from tuf.api.serialization import DeserializationError
from tuf.ngclient._internal.trusted_metadata_set import TrustedMetadataSet
from tuf.ngclient.config import EnvelopeType

from anpr.errors import ConfigError, SyncError
from anpr.trusted_time import Dated
from hotlists.sync.bounded import read_whole
from hotlists.sync.metadata import (
    FIRST_AT_MOST,
    LARGEST_SNAPSHOT_BYTES,
    LARGEST_TARGETS_BYTES,
    LARGEST_TIMESTAMP_BYTES,
    MOST_STEPS,
    TIMESTAMP,
    Approval,
    approved_in,
    made_utc_of,
    path_of,
)
from hotlists.sync.roots import LARGEST_ROOT_BYTES, MOST_ROOTS, check_root, repository_of, withdrawals_of

FUTURE: Final = timedelta(minutes=10)
"""So far ahead of this car's time the back office's clock may be."""

_LOG: Final = logging.getLogger("hotlists.sync")
_DAY: Final = "%d %B %Y %H:%M UTC"


class MetadataSource(Protocol):
    """Where signed files are fetched from; `place` names it without secrets."""

    place: str

    def metadata(self, path: str, most_bytes: int) -> bytes | None:
        """Return the bytes of a file of at most so many bytes, None when the place has none of that name. Raises SyncError."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a car keeps of a back office: the last documents that it believed, as they came; empty for none."""

    root: bytes = b""
    timestamp: bytes = b""
    snapshot: bytes = b""
    targets: bytes = b""


@dataclass(frozen=True, slots=True)
class Believed:
    """What a back office says now, verified: its targets, who signed them, and from when until when it holds."""

    kept: Kept
    sequence: int
    made_utc: datetime
    expires_utc: datetime
    targets: Targets
    signed_by: tuple[str, ...]
    approvals: dict[str, Approval]
    withdraw_percent: int
    dated: Dated


def read_root(path: Path) -> bytes:
    """Return the root file that a configuration names; raises ConfigError when it is none."""
    try:
        content = read_whole(path, LARGEST_ROOT_BYTES)
        repository_in(content)
    except (OSError, RepositoryError, DeserializationError, SyncError, ValueError) as error:
        raise ConfigError(
            f"the root {path} cannot be used ({error}): name the file N.root.json that the back office gave for its lists"
        ) from error
    return content


@lru_cache(maxsize=8)
def repository_in(root: bytes) -> str:
    """Return by what the lists under a root are known in the store."""
    return repository_of(_trusted(root).root)


def publishing_keys(root: bytes) -> frozenset[str]:
    """Return the ids of the keys that may publish lists under a root."""
    return frozenset(_trusted(root).root.roles[Targets.type].keyids)


class Following:
    """One look at a back office: `roots` first, whose outcome is to be kept at once, then `lists`."""

    def __init__(self, source: MetadataSource, configured: bytes, kept: Kept) -> None:
        self._source = source
        self._place = source.place
        self._trusted, self._root, self._keys_before = _newest(configured, kept)
        self._known = kept

    def roots(self) -> Kept:
        """Follow the roots to the newest one and return what is to be kept; raises SyncError.

        What a key signed that the newest root does not name any more counts no longer, its version numbers neither
        (specification 5.3.11): so a key that used them up is got over.
        """
        for _ in range(MOST_ROOTS):
            version = self._trusted.root.version + 1
            content = self._source.metadata(path_of("root", version), LARGEST_ROOT_BYTES)
            if content is None:
                break
            with self._judged(f"root {version}"):
                self._trusted.update_root(content)
                check_root(self._trusted.root)
            self._root = content
        else:
            raise SyncError(f"the back office at {self._place} offers more roots than one sync follows: sync again")
        is_lost = bool(self._keys_before - _signing_keys(self._trusted.root))
        self._known = Kept(self._root) if is_lost else replace(self._known, root=self._root)
        return self._known

    def lists(self, dated: Callable[[], Dated], wall_utc: datetime, bear_out: Callable[[datetime], object]) -> Believed:
        """Return what the back office says now, and what is to be kept of it; raises SyncError for what is not believed.

        `dated` tells the car's date, `wall_utc` is the tablet's clock, and `bear_out` takes in a signed time that agrees with it.
        """
        trusted, look = self._trusted, dated()
        trusted.reference_time = look.at_utc
        timestamp = self._timestamp()
        made, expires = made_utc_of(trusted.timestamp), trusted.timestamp.expires
        if not look.trusted and made <= wall_utc + FUTURE and wall_utc < expires:
            bear_out(made)
            look = dated()
        if made > look.at_utc + FUTURE and look.trusted:
            raise SyncError(
                f"what the back office at {self._place} signed is dated {made:{_DAY}}, which is in the future: nothing of it is taken;"
                " check the tablet's clock, else tell the back office"
            )
        if not look.trusted:
            raise SyncError(
                f"the date is not sure ({look.why}), so that it cannot be told whether what the back office signed is new: nothing of"
                " it is taken until the clock is right; set the tablet's clock, or wait for a GPS fix"
            )
        trusted.reference_time = look.at_utc
        snapshot = self._document(
            "snapshot", trusted.timestamp.snapshot_meta, self._known.snapshot, LARGEST_SNAPSHOT_BYTES
        )
        meta = trusted.snapshot.meta.get("targets.json")
        if meta is None:
            raise SyncError(f"the snapshot at {self._place} names no lists: publish them again")
        targets = self._document("targets", meta, self._known.targets, LARGEST_TARGETS_BYTES)
        document: Metadata[Targets] = Metadata.from_bytes(targets)
        result = trusted.root.get_verification_result(Targets.type, document.signed_bytes, document.signatures)
        rule = withdrawals_of(trusted.root)
        return Believed(
            Kept(self._known.root, timestamp, snapshot, targets), trusted.timestamp.version, made, expires,
            trusted.targets, tuple(sorted(result.signed)),
            approved_in(trusted.targets, repository_of(trusted.root), rule), rule.percent, look,
        )  # fmt: skip

    def _timestamp(self) -> bytes:
        """Take in the newest timestamp and return its bytes: those that are known when it is the same."""
        known, trusted = self._known.timestamp, self._trusted
        if known:
            with suppress(RepositoryError, DeserializationError):
                trusted.update_timestamp(known)
        content = self._source.metadata(TIMESTAMP, LARGEST_TIMESTAMP_BYTES)
        if content is None:
            raise SyncError(
                f"{self._place} holds no signed lists ({TIMESTAMP} is not there): check the address or the stick; lists that earlier"
                " versions published, signed with a single key, are not taken: publish them again with a root"
            )
        last = trusted.timestamp.version if "timestamp" in {one.type for one in trusted} else None
        with self._judged("timestamp"):
            try:
                offered: Metadata[Any] = Metadata.from_bytes(content)
                self._bound("timestamp", offered.signed.version, last)
                trusted.update_timestamp(content)
            except EqualVersionNumberError:
                if offered.signed_bytes != Metadata[Any].from_bytes(known).signed_bytes:
                    raise self._two_of("timestamp", offered.signed.version) from None
                if trusted.timestamp.is_expired(trusted.reference_time):
                    raise ExpiredMetadataError from None
                return known
        return content

    def _document(self, role: str, meta: MetaFile, known: bytes, most_bytes: int) -> bytes:
        """Take in the snapshot or the targets that `meta` names, and return the bytes: those that are known if it names them."""
        update = self._trusted.update_snapshot if role == "snapshot" else self._trusted.update_targets
        last = _version(known)
        with self._judged(role):
            self._bound(role, meta.version, last)
            if last == meta.version:
                try:
                    meta.verify_length_and_hashes(known)
                    update(known)
                except LengthOrHashMismatchError:
                    raise self._two_of(role, meta.version) from None
                return known
            if known and role == "snapshot":
                # What is known keeps versions from going back, and is no snapshot to use: it is an older one.
                with suppress(RepositoryError, DeserializationError):
                    self._trusted.update_snapshot(known, trusted=True)
            content = self._source.metadata(path_of(role, meta.version), min(meta.length or most_bytes, most_bytes))
            if content is None:
                raise SyncError(
                    f"{self._place} lacks the {role} {meta.version} that its timestamp names: try again, or copy the stick again"
                )
            update(content)
        return content

    def _bound(self, role: str, version: int, last: int | None) -> None:
        most = FIRST_AT_MOST if last is None else last + MOST_STEPS
        if version > most:
            raise SyncError(
                f"the {role} at {self._place} has the version {version}, too far ahead of {last or 'the first ones'} to be right: nothing"
                " of it is taken; tell the back office that one of its keys may be stolen"
            )

    def _two_of(self, role: str, version: int) -> SyncError:
        return SyncError(
            f"two different documents were signed as {role} {version}, and {self._place} offers the other than this car has: nothing"
            " of it is taken; tell the back office that one of its keys may be stolen"
        )

    @contextmanager
    def _judged(self, role: str) -> Iterator[None]:
        """Say in a sentence why a document is not believed, and what to do."""
        try:
            yield
        except ExpiredMetadataError:
            raise SyncError(self._ran_out()) from None
        except UnsignedMetadataError:
            raise SyncError(
                f"the {role} at {self._place} is not signed by those whom the root names: it was altered, or signed with a key that was"
                " revoked; ask the back office to publish again, and check the root file"
            ) from None
        except BadVersionNumberError:
            raise SyncError(
                f"the {role} at {self._place} is older than what this car has: it is refused; fetch the newest, or copy the stick again"
            ) from None
        except LengthOrHashMismatchError:
            raise SyncError(
                f"the {role} at {self._place} is not the one that was signed together with the rest: it is refused; publish the"
                " lists again, or copy the stick again"
            ) from None
        except (RepositoryError, DeserializationError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise SyncError(
                f"the {role} at {self._place} is damaged ({type(error).__name__}): publish the lists again, or check the address"
            ) from None

    def _ran_out(self) -> str:
        signed = {one.type: one for one in self._trusted}
        ended = [one for one in signed.values() if one.is_expired(self._trusted.reference_time)]
        what, when = (ended[0].type, ended[0].expires) if ended else ("targets", self._trusted.reference_time)
        remedy = (
            "make the next root (anpr hotlist root renew)" if what == "root" else "publish again (anpr hotlist publish)"
        )
        return (
            f"the {what} that the back office signed at {self._place} ran out on {when:{_DAY}}: nothing new is taken;"
            f" the back office has to {remedy}"
        )


def _trusted(root: bytes) -> TrustedMetadataSet:
    """Return a set that trusts a root; raises what the framework raises, or SyncError."""
    trusted = TrustedMetadataSet(root, EnvelopeType.METADATA)
    check_root(trusted.root)
    return trusted


def _newest(configured: bytes, kept: Kept) -> tuple[TrustedMetadataSet, bytes, set[tuple[str, str]]]:
    """Return a set that trusts the newer of the root that was configured and the one that the car followed to.

    With it that root's bytes, and the keys that signed for the car until now.
    """
    trusted = _trusted(configured)
    if not kept.root:
        return trusted, configured, _signing_keys(trusted.root)
    try:
        followed = _trusted(kept.root)
    except (RepositoryError, DeserializationError, SyncError, ValueError):
        _LOG.error("the root that was kept is damaged: the configured one counts")
        return trusted, configured, _signing_keys(trusted.root)
    keys = _signing_keys(followed.root)
    is_newer = trusted.root.version > followed.root.version
    return (trusted, configured, keys) if is_newer else (followed, kept.root, keys)


def _signing_keys(root: Root) -> set[tuple[str, str]]:
    return {(role, keyid) for role in ("timestamp", "snapshot", "targets") for keyid in root.roles[role].keyids}


def _version(document: bytes) -> int | None:
    if not document:
        return None
    with suppress(DeserializationError):
        version: int = Metadata[Any].from_bytes(document).signed.version
        return version
    return None
