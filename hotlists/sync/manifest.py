"""What the back office offers: lists, their revisions, and the files that hold them, as the signed targets name them."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final

from anpr.errors import ConfigError, SyncError
from hotlists.store.settings import ListSettings

LARGEST_FILE_BYTES: Final = 20_000_000_000
MOST_ENTRIES: Final = 1 << 31
"""Entries of a list and numbers of its revisions are below this; rows are known by 32 bits."""

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
    """A step from one content to the next; contents are named as `PublishedList.content` is."""

    before: str
    after: str
    entries: int
    key_sum: str
    file: PublishedFile


@dataclass(frozen=True, slots=True)
class PublishedList:
    """A list as offered: newest revision, its snapshot, and steps that lead to it from older ones.

    `rolled_back_from` is 0, or the highest revision that the back office takes back with this one. `content` names what is in it,
    whatever file it comes in: the hash of the file with the rows, or of a list encrypted for cars a name that says nothing of them.
    """

    settings: ListSettings
    revision: int
    effective_utc: str
    entries: int
    key_sum: str
    snapshot: PublishedFile
    content: str
    deltas: tuple[PublishedDelta, ...] = ()
    rolled_back_from: int = 0

    def is_for(self, car_id: str) -> bool:
        """Return whether the list is allotted to a car."""
        return self.settings.is_for(car_id)

    def files(self) -> list[PublishedFile]:
        """Return every file from which the list can be made: its snapshot and its deltas."""
        return [self.snapshot, *(delta.file for delta in self.deltas)]

    def to_text(self) -> str:
        """Return what is offered of the list as one line of JSON."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> "PublishedList":
        """Return a list of what the back office offers; raises SyncError when it is damaged or of a newer form."""
        try:
            return _published_list(json.loads(text))
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError, ConfigError) as error:
            raise SyncError(
                f"what is offered of a list is damaged ({type(error).__name__}): publish it again"
            ) from error

    def steps_from(self, content: str) -> list[PublishedDelta] | None:
        """Return the deltas that lead from a content to this one, None when there is no way."""
        by_start = {delta.before: delta for delta in self.deltas}
        steps: list[PublishedDelta] = []
        while content != self.content:
            step = by_start.pop(content, None)
            if step is None:
                return None
            steps.append(step)
            content = step.after
        return steps


@dataclass(frozen=True, slots=True)
class Manifest:
    """All lists of a back office as it signed them; `sequence` is the version of the timestamp, and grows each time it signs.

    Until `expires_utc` a car that finds nothing newer may take its lists for the newest ones.
    """

    sequence: int
    created_utc: datetime
    lists: tuple[PublishedList, ...]
    expires_utc: datetime


def _published_list(one: dict[str, Any]) -> PublishedList:
    effective = datetime.fromisoformat(one["effective_utc"]).astimezone(UTC)
    revision, entries = int(one["revision"]), int(one["entries"])
    if not 0 < revision < MOST_ENTRIES or not 0 <= entries < MOST_ENTRIES:
        raise ValueError("a revision's number or its entries are out of range")
    return PublishedList(
        settings=ListSettings.from_values(one["settings"]),
        revision=revision,
        effective_utc=effective.isoformat(),
        entries=entries,
        key_sum=str(int(one["key_sum"])),
        snapshot=PublishedFile(**one["snapshot"]),
        content=_content(one["content"]),
        deltas=tuple(
            PublishedDelta(
                _content(d["before"]), _content(d["after"]), int(d["entries"]), str(int(d["key_sum"])),
                PublishedFile(**d["file"]),
            )
            for d in one["deltas"]
        ),
        rolled_back_from=int(one["rolled_back_from"]),
    )  # fmt: skip


def _content(name: Any) -> str:
    """Return the name of a content; raises ValueError for what is none."""
    if not isinstance(name, str) or len(name) != 64 or not set(name) <= _HEX:
        raise ValueError("a content is named by 64 hexadecimal digits")
    return name
