"""One signed, self-contained file of evidence: a zip of record, pictures, chain of custody and a page to read.

`manifest.json` names every other file with its SHA-256 and is signed by the tablet (`manifest.sig`), so nothing in the
package can be changed, added or left out without its showing. The same content gives the same bytes.
"""

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
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
    entries: Iterable[AuditEntry],
    head: AuditHead,
    about: Circumstances,
    key: TabletKey,
) -> bytes:
    """Return the package; `entries` is the audit from the first entry to `head`."""
    files: dict[str, bytes] = {}
    for exhibit in exhibits:
        folder = f"alert-{exhibit.alert_id}"
        files[f"{folder}/record.json"] = _json(exhibit.record)
        files |= {f"{folder}/{name}": jpeg for name, jpeg in exhibit.pictures.items()}
    files[CUSTODY] = "".join(f"{line}\n" for line in custody_lines(entries, exhibits)).encode("ascii")
    manifest = {
        "format": FORMAT,
        "made_utc": about.made_utc.astimezone(UTC).isoformat(timespec="seconds"),
        "made_by": about.made_by,
        "reason": about.reason,
        "car": about.car,
        "program": version_text().splitlines()[0],
        "alerts": [exhibit.alert_id for exhibit in exhibits],
        "audit_head": f"{head.seq}:{head.hash}",
        "key": key.public,
    }
    files[PAGE] = page(exhibits, manifest, _custody_of(files[CUSTODY])).encode()
    manifest["files"] = {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)} for name, content in files.items()
    }
    signed = _json(manifest)
    return _zipped({MANIFEST: signed, SIGNATURE: key.sign(signed).encode("ascii"), **files})


def _custody_of(lines: bytes) -> list[Mapping[str, Any]]:
    return [entry for line in lines.decode("ascii").splitlines() if "action" in (entry := json.loads(line))]


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=True, sort_keys=True, indent=1, default=_bytes).encode("ascii")


def _bytes(value: object) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    raise TypeError(f"{type(value).__name__} is not JSON")


def _zipped(files: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            packing = zipfile.ZIP_STORED if name.endswith(".jpg") else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, packing)
    return target.getvalue()
