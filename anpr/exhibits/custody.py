"""The chain of custody: the audit from its first entry to its head, whole where it speaks of the exhibits.

Entries about others stand by number and hashes alone: they tell nothing, and the chain can be followed through them.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from anpr.exhibits.gathering import Exhibit
from anpr.trust.audit import FIRST_PREVIOUS, AuditEntry, AuditHead, seal


def custody_lines(entries: Iterable[AuditEntry], exhibits: Sequence[Exhibit]) -> Iterator[str]:
    """Yield the chain, a JSON object for each entry."""
    for entry in entries:
        whole = any(exhibit.is_about(entry) for exhibit in exhibits)
        told = asdict(entry) if whole else {"seq": entry.seq, "previous_hash": entry.previous_hash, "hash": entry.hash}
        yield json.dumps(told, ensure_ascii=True, sort_keys=True)


def follow(lines: Iterable[str]) -> tuple[AuditHead, list[dict[str, Any]], str]:
    """Return the head that a chain ends with, its whole entries, and what is wrong with it (empty: nothing)."""
    head = AuditHead(0, FIRST_PREVIOUS)
    told: list[dict[str, Any]] = []
    for number, line in enumerate(lines, start=1):
        try:
            entry = json.loads(line)
            seq, previous, hash_ = int(entry["seq"]), str(entry["previous_hash"]), str(entry["hash"])
        except (ValueError, TypeError, KeyError):
            return head, told, f"line {number} of the chain of custody is no entry"
        if seq != head.seq + 1 or previous != head.hash:
            return head, told, f"entry {seq} of the chain of custody does not follow entry {head.seq}"
        if "action" in entry:
            if not _is_sealed(entry, hash_):
                return head, told, f"entry {seq} of the chain of custody was altered"
            told.append(entry)
        head = AuditHead(seq, hash_)
    return head, told, ""


def _is_sealed(entry: dict[str, Any], hash_: str) -> bool:
    try:
        detail = json.dumps(entry["detail"], ensure_ascii=True, sort_keys=True)
        return hash_ == seal(entry["seq"], entry["at_utc"], entry["actor"], entry["action"], detail, entry["previous_hash"])
    except (KeyError, TypeError, ValueError):
        return False
