"""What the back office offers, as one signed document: lists, their revisions, and the files that hold them."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any, Final

from anpr.errors import ConfigError, SyncError
from hotlists.store.settings import ListSettings

MANIFEST_NAME: Final = "manifest.json"
FORM: Final = 1
LARGEST_FILE_BYTES: Final = 20_000_000_000
_HEX: Final = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """A file named by the SHA-256 of its bytes."""

    sha256: str
    bytes: int

    def __post_init__(self) -> None:
        """Raise ValueError unless the name is a hash: it becomes part of a path."""
        if not isinstance(self.sha256, str) or len(self.sha256) != 64 or not set(self.sha256) <= _HEX:
            raise ValueError("a file is named by 64 hexadecimal digits")
        if not isinstance(self.bytes, int) or not 0 <= self.bytes <= LARGEST_FILE_BYTES:
            raise ValueError("a file has a size")

    @property
    def path(self) -> str:
        """Where the file stands below the published folder."""
        return f"objects/{self.sha256[:2]}/{self.sha256}.zst"


@dataclass(frozen=True, slots=True)
class PublishedDelta:
    """A step from one content to the next; contents are named by the hash of their snapshots."""

    before: str
    after: str
    entries: int
    key_sum: str
    file: PublishedFile


@dataclass(frozen=True, slots=True)
class PublishedList:
    """A list as offered: newest revision, its snapshot, and steps that lead to it from older ones.

    `rolled_back_from` is 0, or the highest revision that the back office takes back with this one.
    """

    settings: ListSettings
    revision: int
    effective_utc: str
    entries: int
    key_sum: str
    snapshot: PublishedFile
    deltas: tuple[PublishedDelta, ...] = ()
    rolled_back_from: int = 0

    def is_for(self, car_id: str) -> bool:
        """Return whether the list is allotted to a car."""
        return any(fnmatchcase(car_id, pattern) for pattern in self.settings.cars)

    def files(self) -> list[PublishedFile]:
        """Return every file from which the list can be made: its snapshot and its deltas."""
        return [self.snapshot, *(delta.file for delta in self.deltas)]

    def steps_from(self, content: str) -> list[PublishedDelta] | None:
        """Return the deltas that lead from a content to this one, None when there is no way."""
        by_start = {delta.before: delta for delta in self.deltas}
        steps: list[PublishedDelta] = []
        while content != self.snapshot.sha256:
            step = by_start.pop(content, None)
            if step is None:
                return None
            steps.append(step)
            content = step.after
        return steps


@dataclass(frozen=True, slots=True)
class Manifest:
    """All lists of a back office; `sequence` grows with each manifest, and a car never goes back to a lower one.

    Until `expires_utc` a car that finds this manifest unchanged may take its lists for the newest ones; one of earlier versions has
    none, and says so of the moment alone at which it was signed.
    """

    sequence: int
    created_utc: datetime
    lists: tuple[PublishedList, ...]
    expires_utc: datetime | None = None

    def to_text(self) -> str:
        """Return the manifest as JSON."""
        lists = [asdict(one) for one in self.lists]
        document = {
            "form": FORM,
            "sequence": self.sequence,
            "created_utc": self.created_utc.isoformat(),
            "lists": lists,
        }
        if self.expires_utc is not None:
            document["expires_utc"] = self.expires_utc.isoformat()
        return json.dumps(document, sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> "Manifest":
        """Return the manifest of a JSON text; raises SyncError when it is none that this program knows."""
        try:
            document = json.loads(text)
            if document["form"] != FORM:
                raise SyncError("the manifest is of a newer form than this program knows: update the program")
            created = datetime.fromisoformat(document["created_utc"]).astimezone(UTC)
            lists = tuple(_published_list(one) for one in document["lists"])
            until = document.get("expires_utc")
            expires = datetime.fromisoformat(until).astimezone(UTC) if until is not None else None
            return cls(int(document["sequence"]), created, lists, expires)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, ConfigError) as error:
            raise SyncError(f"the manifest is damaged ({type(error).__name__}): publish it again") from error


def _published_list(one: dict[str, Any]) -> PublishedList:
    datetime.fromisoformat(one["effective_utc"])
    return PublishedList(
        settings=ListSettings.from_values(one["settings"]),
        revision=int(one["revision"]),
        effective_utc=one["effective_utc"],
        entries=int(one["entries"]),
        key_sum=str(int(one["key_sum"])),
        snapshot=PublishedFile(**one["snapshot"]),
        deltas=tuple(
            PublishedDelta(
                str(d["before"]), str(d["after"]), int(d["entries"]), str(int(d["key_sum"])), PublishedFile(**d["file"])
            )
            for d in one["deltas"]
        ),
        rolled_back_from=int(one["rolled_back_from"]),
    )
