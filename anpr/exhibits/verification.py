"""Whether a package of evidence is whole, unaltered and signed, without the car's data."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from anpr.exhibits.custody import follow
from anpr.exhibits.package import CUSTODY, FORMAT, MANIFEST, SIGNATURE
from anpr.trust.tablet_key import fingerprint, is_signed

MOST_BYTES: Final = 500_000_000
"""A package larger than this when unpacked is none of ours: an alert has some hundred kilobytes."""

MOST_FILES: Final = 100_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying found: `trouble` is empty when all is well. `key` is the signer's fingerprint, `manifest` what was signed."""

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
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            names = [one.filename for one in archive.infolist()]
            if len(names) > MOST_FILES or sum(one.file_size for one in archive.infolist()) > MOST_BYTES:
                return Verdict("the package is far larger than any that this program makes")
            if len(set(names)) != len(names):
                return Verdict("the package holds a file twice")
            files = {name: archive.read(name) for name in names}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        return Verdict(f"the file is no package of evidence, or damaged ({type(error).__name__})")
    except Exception as error:  # noqa: BLE001 - zlib and others raise kinds of their own for hostile content
        return Verdict(f"the file is no package of evidence, or damaged ({type(error).__name__})")
    return _verified(files, known_key)


def _verified(files: Mapping[str, bytes], known_key: str) -> Verdict:
    try:
        manifest = json.loads(files[MANIFEST])
        public, named = str(manifest["key"]), dict(manifest["files"])
        signature = files[SIGNATURE].decode("ascii")
        is_ours = manifest["format"] == FORMAT
    except (KeyError, ValueError, TypeError):
        return Verdict("the package has no manifest of this program")
    if not is_ours:
        return Verdict(f"the package is of another format than {FORMAT}: verify it with the version that made it")
    signer = fingerprint(public)
    if not is_signed(files[MANIFEST], signature, public):
        return Verdict("the manifest does not fit its signature: it was altered, or signed by somebody else", signer)
    if known_key and _digits(known_key) != _digits(signer):
        return Verdict("the package was signed by another key than the one that was named", signer, manifest)
    return Verdict(_trouble_of(files, named, manifest), signer, manifest, _notes(files, manifest))


def _trouble_of(files: Mapping[str, bytes], named: Mapping[str, Any], manifest: Mapping[str, Any]) -> str:
    there = set(files) - {MANIFEST, SIGNATURE}
    if missing := sorted(set(named) - there):
        return f"{missing[0]} is missing from the package"
    if added := sorted(there - set(named)):
        return f"{added[0]} was added to the package"
    for name, said in named.items():
        if not isinstance(said, dict) or hashlib.sha256(files[name]).hexdigest() != said.get("sha256"):
            return f"{name} was altered"
    head, entries, trouble = follow(files.get(CUSTODY, b"").decode("ascii", "replace").splitlines())
    if trouble:
        return trouble
    if f"{head.seq}:{head.hash}" != manifest.get("audit_head"):
        return "the chain of custody does not end at the head that the manifest names"
    return _unsealed_picture(files, entries)


def _unsealed_picture(files: Mapping[str, bytes], entries: list[dict[str, Any]]) -> str:
    """Return what is wrong with pictures whose hashes went into the audit when they were taken."""
    sealed = {value for entry in entries for name, value in entry["detail"].items() if name.endswith("_sha256")}
    if not sealed:
        return ""
    for name, content in files.items():
        if name.endswith((f"/{kind}.jpg" for kind in ("plate", "overview")) if False else ("/plate.jpg", "/overview.jpg")):
            if hashlib.sha256(content).hexdigest() not in sealed:
                return f"{name} is not the picture whose hash went into the audit when it was taken"
    return ""


def _notes(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> tuple[str, ...]:
    alerts = manifest.get("alerts")
    notes = []
    for alert in alerts if isinstance(alerts, list) else ():
        if f"alert-{alert}/plate.jpg" not in files and f"alert-{alert}/overview.jpg" not in files:
            notes.append(f"alert {alert} has no picture of its moment")
    return tuple(notes)


def _digits(text: str) -> str:
    return "".join(c for c in text.lower() if c in "0123456789abcdef")
