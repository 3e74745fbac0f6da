"""The record of a finished stop, and of what is added to it: texts that are signed, and checked wherever they are.

A record is JSON in ASCII with sorted keys. It is never changed: what turns out to be wrong is said in an addition, which is
signed together with the hash of the record that it belongs to.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from anpr.stops.card import Card
from anpr.stops.field_texts import Turn, others
from anpr.stops.progress import Answer, Progress

FORMAT: Final = "patrol-anpr-stop/1"

SIGNED_AS: Final = b"patrol-anpr stop\n"
ADDED_AS: Final = b"patrol-anpr addition to a stop\n"
"""What stands before a text when it is signed: a signature of something else never passes for one of it."""

LONGEST_ADDITION: Final = 2000
"""Characters of one addition."""


def stop_record(
    card: Card, progress: Progress, turns: Mapping[str, tuple[Turn, ...]], told: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the record of a stop that is complete: `told` (who, when, where, vehicle, pictures), the card, answers, texts beside.

    `also_typed` has what another device typed in a field and what does not count, so that nothing that was kept is lost.
    """
    return {
        "format": FORMAT,
        **told,
        "card": {"name": card.name, "title": card.title, "approved_by": card.approved_by},
        "answers": [
            {"key": one.key, "label": one.label, "answer": _several(progress.values[one.key])}
            for one in progress.asked
            if one.key in progress.values
        ],
        "also_typed": list(_also_typed(card, progress, turns)),
    }


def text_of(record: Mapping[str, Any]) -> str:
    """Return the text that is signed of a record."""
    return json.dumps(record, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def sha256_of(text: str) -> str:
    """Return the hash of a record's text, hexadecimal."""
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def addition(record_text: str, text: str, actor: str, at_utc: str) -> bytes:
    """Return what is signed of an addition."""
    return ADDED_AS + text_of({"to": sha256_of(record_text), "text": text, "by": actor, "at_utc": at_utc}).encode()


def _also_typed(card: Card, progress: Progress, turns: Mapping[str, tuple[Turn, ...]]) -> Iterable[dict[str, Any]]:
    labels = {one.key: one.label for one in card.questions}
    for key, several in turns.items():
        for turn in others(several):
            yield {
                "key": key, "label": labels.get(key, key), "answer": _several(turn.answer), "by": turn.actor,
                "why": "another device's text",
            }  # fmt: skip
        now = max((turn for turn in several if not turn.aside), key=lambda turn: turn.number, default=None)
        if now is not None and now.answer and key not in progress.values:
            yield {
                "key": key, "label": labels.get(key, key), "answer": _several(now.answer), "by": now.actor,
                "why": "not asked under these answers",
            }  # fmt: skip


def _several(answer: Answer) -> list[str]:
    return [answer] if isinstance(answer, str) else list(answer)
