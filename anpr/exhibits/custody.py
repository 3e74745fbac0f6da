"""The chain of custody: the audit from where an exhibit was recorded to its head, whole where it speaks of the exhibits.

Of all other entries it holds when they were made, what kind they are, and the commitment to their particulars: enough to follow the
chain through them, and not enough to learn of whom they speak.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any

from anpr.exhibits.gathering import Exhibit
from anpr.trust.chain import FIRST_PREVIOUS, AuditEntry, AuditHead


def custody_lines(
    entries: Callable[[], Iterable[AuditEntry]],
    exhibits: Sequence[Exhibit],
    head: AuditHead,
    may_show: Callable[[AuditEntry], bool],
) -> Iterator[str]:
    """Yield the chain up to `head`, a JSON object for each entry, from the first that concerns an exhibit on.

    `entries` gives the whole audit each time it is called.
    """
    since: dict[str, int] = {}
    for entry in entries():
        for exhibit in exhibits:
            if str(exhibit.id) not in since and exhibit.begins(entry):
                since[str(exhibit.id)] = entry.seq
    begun = False
    for entry in entries():
        if entry.seq > head.seq:
            return
        about = any(entry.seq >= since.get(str(exhibit.id), 1) and exhibit.is_about(entry) for exhibit in exhibits)
        begun = begun or about
        if begun:
            yield json.dumps(_told(entry, whole=about and may_show(entry)), ensure_ascii=True, sort_keys=True)


def _told(entry: AuditEntry, *, whole: bool) -> dict[str, Any]:
    if whole:
        return asdict(entry)
    if entry.commitment:
        return asdict(replace(entry, actor="", detail={}, salt=""))
    return {
        "seq": entry.seq,
        "previous_hash": entry.previous_hash,
        "hash": entry.hash,
    }  # its content stands in the chain


def follow(lines: Iterable[str]) -> tuple[AuditHead, list[AuditEntry], str]:
    """Return the head that a chain ends with, its whole entries, and what is wrong with it (empty: nothing)."""
    head: AuditHead | None = None
    told: list[AuditEntry] = []
    for number, line in enumerate(lines, start=1):
        try:
            content: dict[str, Any] = json.loads(line)
            entry = AuditEntry(**{"at_utc": "", "actor": "", "action": "", "detail": {}, **content})
            hidden = "action" not in content
            trouble = "" if hidden else entry.trouble()
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return head or AuditHead(0, FIRST_PREVIOUS), told, f"line {number} of the chain of custody is no entry"
        if head is not None and (entry.seq != head.seq + 1 or entry.previous_hash != head.hash):
            return head, told, f"entry {entry.seq} of the chain of custody does not follow entry {head.seq}"
        if trouble:
            return head or AuditHead(0, FIRST_PREVIOUS), told, f"{trouble} (chain of custody)"
        if not hidden and not entry.is_bare:
            told.append(entry)
        head = AuditHead(entry.seq, entry.hash)
    return head or AuditHead(0, FIRST_PREVIOUS), told, ""
