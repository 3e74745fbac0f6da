"""Anchors: heads of the audit, signed with the tablet's key and kept outside the car.

Inside the car nothing shows that a chain was cut at its end, made anew or exchanged for another: an anchor does. A file of anchors
holds a JSON object a line and only grows, so that one stick or one folder of the back office keeps those of years.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from anpr.errors import InputError, StoreError
from anpr.trust.chain import CLOCK_DOUBT, AuditEntry, AuditHead
from anpr.trust.tablet_key import TabletKey, fingerprint, is_signed, same_fingerprint

FORMAT: Final = "patrol-anpr-anchor/1"

STICK_FOLDER: Final = "anchors"
"""Where a stick with lists takes the anchors back."""

_SIGNED_AS: Final = "patrol-anpr anchor\n"

SET_BACK: Final = timedelta(minutes=5)
"""A clock may be put right by so much without its being told; asked for, not measured."""

_MOST_BYTES: Final = 50_000_000


@dataclass(frozen=True, slots=True)
class Anchor:
    """One signed head: `seq` and `hash` of the last entry at `made_utc` (ISO 8601), with the public key that signed it."""

    seq: int
    hash: str
    made_utc: str
    key: str
    signature: str = ""

    @property
    def head(self) -> AuditHead:
        """The head that was signed."""
        return AuditHead(self.seq, self.hash)

    def is_signed(self) -> bool:
        """Return whether the owner of `key` signed it."""
        return is_signed(self.signed_bytes(), self.signature, self.key)

    def signed_bytes(self) -> bytes:
        """Return what is signed."""
        return (_SIGNED_AS + json.dumps([FORMAT, self.seq, self.hash, self.made_utc, self.key])).encode("ascii")


def anchor_of(head: AuditHead, made_utc: datetime, key: TabletKey) -> Anchor:
    """Return the signed anchor of a head."""
    bare = Anchor(head.seq, head.hash, made_utc.astimezone(UTC).isoformat(timespec="seconds"), key.public)
    return Anchor(bare.seq, bare.hash, bare.made_utc, bare.key, key.sign(bare.signed_bytes()))


def append_anchor(path: Path, anchor: Anchor) -> None:
    """Add an anchor to a file, made if there is none; on disk when this returns. Raises InputError when it cannot be written."""
    try:
        with path.open("a", encoding="ascii", newline="\n") as file:
            file.write(json.dumps({"format": FORMAT, **asdict(anchor)}, ensure_ascii=True) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise InputError(f"the anchor cannot be written to {path} ({error.strerror}): name another file") from error


def leave_on_stick(folder: Path, anchor: Anchor) -> Path:
    """Add an anchor to this tablet's file in the folder `anchors` of a stick and return it. Raises InputError."""
    target = folder / STICK_FOLDER / f"{fingerprint(anchor.key).replace(' ', '')}.anchor"
    try:
        target.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise InputError(
            f"the anchor cannot be written to {target.parent} ({error.strerror}): check the stick"
        ) from error
    append_anchor(target, anchor)
    return target


def read_anchors(path: Path, known_key: str = "") -> list[Anchor]:
    """Return the anchors of a file; with `known_key`, a fingerprint, all must be signed by that key.

    Raises InputError for a file that holds none or something else, StoreError for a signature that does not fit.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(f"{path} is far larger than any file of anchors")
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as anchors: name the file that `anpr audit anchor` wrote") from error
    found = [_anchor(line, path, number) for number, line in enumerate(lines, start=1) if line.strip()]
    if not found:
        raise InputError(f"{path} holds no anchor: name the file that `anpr audit anchor` wrote")
    for number, anchor in enumerate(found, start=1):
        if not anchor.is_signed():
            raise StoreError(f"anchor {number} of {path} was altered: its signature does not fit")
        if known_key and not same_fingerprint(known_key, fingerprint(anchor.key)):
            raise StoreError(f"anchor {number} of {path} was signed by another key: {fingerprint(anchor.key)}")
    return found


class AnchorWatch:
    """Holds a chain, given entry by entry, against anchors."""

    def __init__(self, anchors: Iterable[Anchor]) -> None:
        self._anchors = sorted(anchors, key=lambda one: one.seq)
        self._missing = [one for one in self._anchors if one.seq > 0]
        self._latest: tuple[str, datetime] | None = None
        self.set_back = ""
        """The first place where the chain's time goes back, empty when there is none."""

    def look(self, entry: AuditEntry) -> None:
        """Take in the next entry."""
        self._look_at_time(entry)
        while self._missing and self._missing[0].seq == entry.seq and self._missing[0].hash == entry.hash:
            anchor = self._missing.pop(0)
            self._be_later_than(f"an anchor after entry {entry.seq} was made", _time(anchor.made_utc))

    def trouble(self) -> str:
        """Return what the anchors show to be wrong, empty when nothing is."""
        if self._missing:
            first = self._missing[0]
            return f"entry {first.seq} as it was anchored at {first.made_utc} is not in this audit: it was cut, made anew or replaced"
        return self.set_back if self._anchors else ""

    def _look_at_time(self, entry: AuditEntry) -> None:
        at = _time(entry.at_utc)
        if at is None or entry.is_bare or CLOCK_DOUBT in entry.detail:
            return  # what says itself that its time is in doubt proves nothing
        if self._latest is not None and at < self._latest[1] - SET_BACK and not self.set_back:
            told = self._latest[1].isoformat(timespec="seconds")
            self.set_back = (
                f"the clock was set back: entry {entry.seq} is dated {entry.at_utc}, after {self._latest[0]} at {told}"
            )
        self._be_later_than(f"entry {entry.seq} was made", at)

    def _be_later_than(self, what: str, at: datetime | None) -> None:
        if at is not None and (self._latest is None or at > self._latest[1]):
            self._latest = (what, at)


def _anchor(line: str, path: Path, number: int) -> Anchor:
    try:
        told = json.loads(line)
        if told.pop("format") != FORMAT:
            raise ValueError("another format")  # noqa: TRY301
        anchor = Anchor(**told)
        if not isinstance(anchor.seq, int) or not all(isinstance(v, str) for v in list(asdict(anchor).values())[1:]):
            raise TypeError("another type")  # noqa: TRY301
        if anchor.seq < 0 or not anchor.signed_bytes() or _time(anchor.made_utc) is None:
            raise ValueError("another value")  # noqa: TRY301
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InputError(f"line {number} of {path} is no anchor of this program") from error
    return anchor


def _time(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
