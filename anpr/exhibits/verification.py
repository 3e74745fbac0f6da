"""Whether a package of evidence is whole, unaltered and signed, without the car's data."""

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from anpr.exhibits.custody import follow
from anpr.exhibits.package import CUSTODY, FORMAT, MANIFEST, SIGNATURE, SIGNED_AS, zipped
from anpr.records.seals import PICTURE_KINDS, RECORDED, sealed_with_hits, sha256_of
from anpr.trust.chain import AuditEntry
from anpr.trust.tablet_key import fingerprint, is_signed, same_fingerprint

MOST_BYTES: Final = 500_000_000
"""A package larger than this when unpacked is none of ours: an alert has some hundred kilobytes."""

MOST_FILES: Final = 100_000

_DAMAGED: Final = "the file is no package of evidence, or it is damaged: compare it with another copy"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying found: `trouble` is empty when all is well, else one sentence.

    `key` is the signer's fingerprint, `manifest` what was signed, `notes` what the package lacks though nothing is wrong with it.
    """

    trouble: str
    key: str = ""
    manifest: Mapping[str, Any] | None = None
    notes: tuple[str, ...] = ()

    @property
    def intact(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.trouble


def verify(package: bytes, known_key: str = "") -> Verdict:
    """Check a package; with `known_key`, a fingerprint, also who signed it. Never raises for content of the package."""
    try:
        files = _unpacked(package)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        ValueError,
        OSError,
        MemoryError,
    ):
        return Verdict(_DAMAGED)
    if isinstance(files, str):
        return Verdict(files)
    try:
        return _verified(files, known_key)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return Verdict("what is in the package is not of the form that this program writes")


def _unpacked(package: bytes) -> dict[str, bytes] | str:
    """Return the files of a package, or what forbids to unpack it. Nothing may stand before, between or behind them."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        found = archive.infolist()
        if len(found) > MOST_FILES or sum(one.file_size for one in found) > MOST_BYTES:
            return "the package is far larger than any that this program makes"
        if len({one.filename for one in found}) != len(found):
            return "the package holds a file twice"
        files: dict[str, bytes] = {}
        for one in found:
            try:
                files[one.filename] = archive.read(one)
            except (zipfile.BadZipFile, zlib.error):
                return f"{_shown(one.filename)} was altered, or is damaged: compare the package with another copy"
    if zipped(files) != package:
        return "bytes of the package are not those with which it was made: compare it with another copy"
    return files


def _verified(files: Mapping[str, bytes], known_key: str) -> Verdict:
    if MANIFEST not in files or SIGNATURE not in files:
        return Verdict("the package has no manifest of this program, or no signature")
    manifest = json.loads(files[MANIFEST])
    if manifest["format"] != FORMAT:
        return Verdict(f"the package is of another format than {FORMAT}: verify it with the version that made it")
    signer = fingerprint(str(manifest["key"]))
    if not is_signed(SIGNED_AS + files[MANIFEST], files[SIGNATURE].decode("ascii"), str(manifest["key"])):
        return Verdict("the manifest does not fit its signature: it was altered, or signed by another key", signer)
    if known_key and not same_fingerprint(known_key, signer):
        return Verdict(f"the package was signed by another key than the one that was named: {signer}", signer, manifest)
    return Verdict(_trouble_of(files, manifest), signer, manifest, _notes(files, manifest))


def _trouble_of(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> str:
    return _altered(files, dict(manifest["files"])) or _broken_custody(files, manifest)


def _altered(files: Mapping[str, bytes], named: Mapping[str, Any]) -> str:
    there = set(files) - {MANIFEST, SIGNATURE}
    if missing := sorted(set(named) - there):
        return f"{_shown(missing[0])} is missing from the package"
    if added := sorted(there - set(named)):
        return f"{_shown(added[0])} was added to the package"
    for name, said in named.items():
        if hashlib.sha256(files[name]).hexdigest() != said["sha256"]:
            return f"{_shown(name)} was altered"
    return ""


def _broken_custody(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> str:
    head, entries, trouble = follow(files[CUSTODY].decode("ascii").splitlines())
    if trouble:
        return trouble
    if str(head) != manifest["audit_head"]:
        return "the chain of custody does not end at the head that the manifest names"
    for exhibit in manifest["exhibits"]:
        if trouble := _unsealed(files, str(exhibit), entries):
            return trouble
    return ""


def _unsealed(files: Mapping[str, bytes], exhibit: str, entries: Sequence[AuditEntry]) -> str:
    """Return what of an exhibit is not what went into the audit when it was recorded; empty too where nothing went in."""
    sealed = _sealed(exhibit, entries)
    if not sealed:
        return ""
    record = json.loads(files[f"{exhibit}/record.json"])
    told = [
        ("moment", record["moment"], record["hits"], record["hits_sha256"]),
        ("sighting", record["sighting"], record["sighting_hits"], record["sighting_hits_sha256"]),
    ]
    for what, kept, hits, hits_sha256 in told:
        is_sealed = what == "moment" or exhibit.startswith("sighting-")
        if kept is not None and is_sealed and sealed_with_hits(kept, hits_sha256) not in sealed:
            return f"the {what} of {exhibit} is not the one whose hash went into the audit when it was recorded"
        if any(sha256_of(hit) not in hits_sha256 for hit in hits):
            return f"a list's entry of {exhibit} is not the one that hit when it was recorded"
    for decision in record["decisions"]:
        if sha256_of(decision) not in sealed:
            return f"a decision of {exhibit} is not the one whose hash went into the audit when it was taken"
    moments = "-last" if exhibit.startswith("sighting-") else ""
    for name in (f"{exhibit}/{kind}{moments}.jpg" for kind in PICTURE_KINDS):
        if name in files and hashlib.sha256(files[name]).hexdigest() not in sealed:
            return f"{name} is not the picture whose hash went into the audit when it was recorded"
    return ""


def _sealed(exhibit: str, entries: Sequence[AuditEntry]) -> set[str]:
    """Return the hashes that entries with which this exhibit was recorded hold."""
    kind, _, number = exhibit.partition("-")
    about = [entry.detail for entry in entries if entry.action == RECORDED and entry.detail.get(kind) == number]
    return {value for detail in about for name, value in detail.items() if name.endswith("_sha256")}


def _shown(name: str) -> str:
    """Return a file's name as a terminal may be given it, whoever made it up."""
    return name if name.isprintable() else ascii(name)


def _notes(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> tuple[str, ...]:
    entries = follow(files[CUSTODY].decode("ascii").splitlines())[1] if CUSTODY in files else []
    notes = []
    for exhibit in map(str, manifest["exhibits"]):
        if not any(name.startswith(f"{exhibit}/") and name.endswith(".jpg") for name in files):
            notes.append(f"{exhibit} has no picture: none is kept any more")
        if not _sealed(exhibit, entries):
            notes.append(
                f"no hash of {exhibit} went into the audit when it was recorded, so that only the export vouches for it"
            )
    return tuple(notes)
