"""The root of trust: which keys may publish lists, renew them, and sign for large withdrawals, signed by the root keys themselves.

A root is the root metadata of The Update Framework (specification 1.0.33, section 4.3). Publishing keys sign targets and snapshots,
publishing and renewing keys the timestamp. Withdrawal keys are no role that the framework knows: the root names them in a field of
its own, with the share of a list that may be withdrawn without them. Roots are kept as `N.root.json`, each signed by the one before.
"""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import Key, Signature, SSlibKey
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Role, Root
from tuf.api.serialization import DeserializationError, SerializationError

from anpr.errors import ConfigError, SyncError, UserError
from hotlists.sync.bounded import read_whole
from hotlists.sync.signing import key_name, public_key, signer

LARGEST_ROOT_BYTES: Final = 512_000
MOST_ROOTS: Final = 256
"""Roots that one sync follows, one after the other."""

ROOT_DAYS: Final = 730.0
"""So long a root is valid unless told otherwise; `root renew` makes the next one."""

WITHDRAW_PERCENT: Final = 20
"""So much of a list may be withdrawn within a day without a second signature, unless the root says otherwise."""

_REPOSITORY: Final = "x-repository"
_WITHDRAWALS: Final = "x-withdrawals"
ROLES: Final = ("root", "publishing", "renewing", "withdrawal")


@dataclass(frozen=True, slots=True)
class Signers:
    """Keys of one role, and how many of them must sign."""

    keys: tuple[SSlibKey, ...] = ()
    threshold: int = 1

    def changed(self, add: Iterable[SSlibKey] = (), remove: Iterable[str] = ()) -> "Signers":
        """Return the role with keys added and those of the ids removed."""
        gone = set(remove)
        kept = [key for key in self.keys if key.keyid not in gone]
        kept += [key for key in add if key.keyid not in {one.keyid for one in kept}]
        return replace(self, keys=tuple(kept))

    @property
    def role(self) -> Role:
        """The role as roots hold it."""
        return Role([key.keyid for key in self.keys], self.threshold)


@dataclass(frozen=True, slots=True)
class RootPlan:
    """What a root says. `renewing` keys may sign timestamps alone; without `withdrawal` keys those of the root sign for withdrawals."""

    repository: str
    version: int
    expires_utc: datetime
    root: Signers
    publishing: Signers
    renewing: Signers = Signers()
    withdrawal: Signers = Signers()
    withdraw_percent: int = WITHDRAW_PERCENT

    def signers(self, role: str) -> Signers:
        """Return the keys of a role by its name (`ROLES`)."""
        found: Signers = getattr(self, role)
        return found

    def with_signers(self, role: str, signers: Signers) -> "RootPlan":
        """Return the plan with other keys for a role."""
        changes: dict[str, Any] = {role: signers}
        return replace(self, **changes)

    def made(self) -> Metadata[Root]:
        """Return the root, not signed yet; raises UserError when a role has fewer keys than must sign."""
        for name in ("root", "publishing", *(["withdrawal"] if self.withdrawal.keys else [])):
            signers = self.signers(name)
            if len(signers.keys) < signers.threshold:
                raise UserError(
                    f"{signers.threshold} {name} keys must sign, and the root would name {len(signers.keys)}: add one with --add"
                )
        countersigners = self.withdrawal if self.withdrawal.keys else self.root
        timestamp = Signers(self.publishing.keys).changed(add=self.renewing.keys)
        named = (*self.root.keys, *timestamp.keys, *countersigners.keys)
        fields: dict[str, Any] = {
            _REPOSITORY: self.repository,
            _WITHDRAWALS: countersigners.role.to_dict() | {"percent": self.withdraw_percent},
        }
        keys: dict[str, Key] = {key.keyid: key for key in named}
        roles = {
            "root": self.root.role, "targets": self.publishing.role, "snapshot": self.publishing.role,
            "timestamp": timestamp.role,
        }  # fmt: skip
        return Metadata(
            Root(
                self.version, None, self.expires_utc, keys, roles, consistent_snapshot=True, unrecognized_fields=fields
            )
        )


@dataclass(frozen=True, slots=True)
class Withdrawals:
    """The rule for withdrawals that a root sets: keys, how many must sign, and the share in per cent that needs none of them."""

    keys: tuple[Key, ...]
    threshold: int
    percent: int

    def approve(self, payload: bytes, signatures: Mapping[str, str]) -> bool:
        """Return whether enough of the keys signed, each counted once; `signatures` are hexadecimal, by the id of the key."""
        return sum(_has_signed(key, signatures.get(key.keyid), payload) for key in self.keys) >= self.threshold


def _has_signed(key: Key, signature: str | None, payload: bytes) -> bool:
    if not isinstance(signature, str):
        return False
    try:
        key.verify_signature(Signature(key.keyid, signature), payload)
    except UnverifiedSignatureError:
        return False
    return True


def repository_of(root: Root) -> str:
    """Return by what the lists under a root are known, the same for every root of a chain; raises SyncError."""
    found = root.unrecognized_fields.get(_REPOSITORY)
    if not isinstance(found, str) or not found.isascii() or not found.isalnum() or len(found) > 64:
        raise SyncError("the root is none of published hotlists: name a file that `anpr hotlist root init` made")
    return f"root:{found}"


def withdrawals_of(root: Root) -> Withdrawals:
    """Return the rule for withdrawals that a root sets; raises SyncError when it sets none that can be."""
    try:
        found = root.unrecognized_fields[_WITHDRAWALS]
        role, percent = Role(found["keyids"], found["threshold"]), int(found["percent"])
        return Withdrawals(tuple(root.keys[keyid] for keyid in role.keyids), role.threshold, min(max(percent, 0), 100))
    except (KeyError, TypeError, ValueError) as error:
        raise SyncError(
            "the root does not say who signs for withdrawals: ask the back office for a new root"
        ) from error


def check_root(root: Root) -> None:
    """Raise SyncError for a root that cannot be trusted whoever signed it: one key under two names would count twice."""
    repository_of(root)
    values = [json.dumps(key.keyval, sort_keys=True) for key in root.keys.values()]
    if len(set(values)) < len(values):
        raise SyncError("the root names one key twice, which would let one signature count as two: ask for a new root")
    withdrawals_of(root)


def plan_of(root: Root) -> RootPlan:
    """Return what a root says, for the next one to be made from; raises SyncError."""
    check_root(root)

    def signers(keyids: Iterable[str], threshold: int) -> Signers:
        keys = tuple(key for keyid in keyids if isinstance(key := root.keys[keyid], SSlibKey))
        return Signers(keys, threshold)

    publishing, timestamp, rootrole = root.roles["targets"], root.roles["timestamp"], root.roles["root"]
    rule = withdrawals_of(root)
    own = [key.keyid for key in rule.keys]
    separate = set(own) != set(rootrole.keyids)
    return RootPlan(
        repository=repository_of(root).removeprefix("root:"),
        version=root.version,
        expires_utc=root.expires,
        root=signers(rootrole.keyids, rootrole.threshold),
        publishing=signers(publishing.keyids, publishing.threshold),
        renewing=signers([one for one in timestamp.keyids if one not in publishing.keyids], 1),
        withdrawal=signers(own, rule.threshold) if separate else Signers(),
        withdraw_percent=rule.percent,
    )


def first_root(folder: Path, plan: RootPlan, keys: Sequence[Ed25519PrivateKey]) -> Path:
    """Make the first root in a folder and return its file; raises UserError when there is one, or keys are missing."""
    if newest_root(folder) is not None:
        raise UserError(f"the folder {folder} holds a root already: change that one, or name another folder")
    return _write(folder, plan.made(), keys, None)


def new_plan(
    now_utc: datetime, *, root: Signers, publishing: Signers, renewing: Signers = Signers(),
    withdrawal: Signers = Signers(), withdraw_percent: int = WITHDRAW_PERCENT, valid_days: float = ROOT_DAYS,
) -> RootPlan:  # fmt: skip
    """Return the plan of a first root."""
    expires = now_utc + timedelta(days=valid_days)
    return RootPlan(uuid.uuid4().hex, 1, expires, root, publishing, renewing, withdrawal, withdraw_percent)


def next_root(folder: Path, plan: RootPlan, keys: Sequence[Ed25519PrivateKey]) -> Path:
    """Sign the plan as the root after the newest in a folder and return its file.

    Raises UserError unless the keys are enough both for the newest root and for the new one.
    """
    newest = newest_root(folder)
    if newest is None:
        raise UserError(f"the folder {folder} holds no root: make one with `anpr hotlist root init`")
    return _write(folder, replace(plan, version=newest.version + 1).made(), keys, newest)


def newest_root(folder: Path) -> Root | None:
    """Return the newest root of a folder, each checked against the one before; None when it holds none. Raises ConfigError."""
    newest = None
    for root in chain(folder):
        newest = root
    return newest


def chain(folder: Path) -> list[Root]:
    """Return the roots of a folder from the oldest to the newest, each signed by the one before; raises ConfigError."""
    found: list[Root] = []
    for path in root_files(folder):
        try:
            document: Metadata[Root] = Metadata.from_bytes(read_whole(path, LARGEST_ROOT_BYTES))
            root = _root(document)
            for by in (*found[-1:], root):
                by.verify_delegate(Root.type, document.signed_bytes, document.signatures)
            check_root(root)
        except (OSError, RepositoryError, DeserializationError, SyncError, ValueError) as error:
            raise ConfigError(
                f"the root {path} cannot be used ({error}): copy it again from where the roots are kept"
            ) from error
        found.append(root)
    return found


def _root(document: Metadata[Root]) -> Root:
    if document.signed.type != Root.type:
        raise SyncError("it is no root")
    return document.signed


def root_files(folder: Path) -> list[Path]:
    """Return the files of roots in a folder, oldest first."""
    numbered = [(path.name.partition(".")[0], path) for path in folder.glob("*.root.json")]
    return [path for _, path in sorted((int(number), path) for number, path in numbered if number.isdecimal())]


def _write(folder: Path, document: Metadata[Root], keys: Sequence[Ed25519PrivateKey], before: Root | None) -> Path:
    for key in keys:
        if key_of(document.signed, key.public_key()) is None and (
            before is None or key_of(before, key.public_key()) is None
        ):
            raise UserError(f"the key {key_name(key.public_key())} is no root key: name the root's own with --key")
        document.sign(signer(key), append=True)
    for by, which in ((before, "the root in force"), (document.signed, "the new root")):
        if by is not None and not by.get_verification_result(Root.type, document.signed_bytes, document.signatures):
            threshold = by.roles[Root.type].threshold
            raise UserError(f"{which} wants {threshold} of its root keys to sign: name each with --key")
    check_root(document.signed)
    path = folder / f"{document.signed.version}.root.json"
    try:
        content = document.to_bytes()
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(content)
    except (OSError, SerializationError) as error:
        raise ConfigError(f"the root {path} cannot be written ({error}): name a writable folder") from error
    return path


def key_of(root: Root, key: Ed25519PublicKey) -> str | None:
    """Return the id of a key among the root keys of a root, None when it is none of them."""
    keyid = public_key(key).keyid
    return keyid if keyid in root.roles[Root.type].keyids else None
