"""One signed, self-contained file of evidence: a zip of record, pictures, chain of custody and a page to read.

`manifest.json` names every other file with its SHA-256 and is signed by the tablet (`manifest.sig`), so nothing in the
package can be changed, added or left out without its showing. The same content gives the same bytes.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from anpr.exhibits.custody import custody_lines
from anpr.exhibits.gathering import Exhibit
from anpr.exhibits.page import page
from anpr.support.version import version_text
from anpr.trust.audit import AuditEntry, AuditHead
from anpr.trust.tablet_key import TabletKey

FORMAT: Final = "patrol-anpr-exhibit/1"
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
CUSTODY: Final = "custody.jsonl"
PAGE: Final = "index.html"

SIGNED_AS: Final = b"patrol-anpr exhibit\n"
"""What stands before the manifest when it is signed: a signature of something else never passes for one of a package."""

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every file in a package: when it was made stands in the manifest."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Who makes a package, when, why and in which car."""

    made_utc: datetime
    made_by: str
    reason: str
    car: str


def pack(
    exhibits: Sequence[Exhibit],
    entries: Callable[[], Iterable[AuditEntry]],
    head: AuditHead,
    about: Circumstances,
    key: TabletKey,
    may_show: Callable[[AuditEntry], bool],
) -> bytes:
    """Return the package; `entries` gives the audit, of which those up to `head` are told and those that may be shown are whole."""
    files: dict[str, bytes] = {}
    for exhibit in exhibits:
        files[f"{exhibit.id}/record.json"] = _json(exhibit.record)
        files |= {f"{exhibit.id}/{name}": jpeg for name, jpeg in exhibit.pictures.items()}
    lines = list(custody_lines(entries, exhibits, head, may_show))
    files[CUSTODY] = "".join(f"{line}\n" for line in lines).encode("ascii")
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "made_utc": about.made_utc.astimezone(UTC).isoformat(timespec="seconds"),
        "made_by": about.made_by,
        "reason": about.reason,
        "car": about.car,
        "program": version_text().splitlines()[0],
        "exhibits": [str(exhibit.id) for exhibit in exhibits],
        "audit_head": str(head),
        "key": key.public,
    }
    files[PAGE] = page(
        exhibits, manifest, [entry for line in lines if (entry := json.loads(line)).get("detail")]
    ).encode()
    manifest["files"] = {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)} for name, content in files.items()
    }
    signed = _json(manifest)
    return zipped({MANIFEST: signed, SIGNATURE: key.sign(SIGNED_AS + signed).encode("ascii"), **files})


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=True, sort_keys=True, indent=1).encode("ascii")


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return these files as a zip, in their order: always the same bytes, so that not one of them can be another unnoticed."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system = 3  # whatever the system on which it is made
            info.external_attr = 0o600 << 16
            archive.writestr(info, content)
    return target.getvalue()
