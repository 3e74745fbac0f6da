"""The JSON of what the registers say about an alert's vehicle, and of how that differs from the list. It never holds a mark."""

from typing import Any

from anpr.enquiries.differences import Described, compare
from anpr.enquiries.facts import facts_of, late_words
from anpr.screen.doubt import listed_word
from anpr.screen.port import AlertView


def enquiry_json(alert: AlertView) -> dict[str, Any] | None:
    """Return what was answered about the alert's vehicle, None when nobody was asked.

    `told` has a sentence for each source that told nothing of the vehicle; differences are empty when nothing differs.
    """
    answer = alert.enquiry
    if answer is None:
        return None
    described = Described(*(listed_word(alert, name) for name in ("make", "model", "colour")))
    comparison = compare(described, Described(answer.make, answer.model, answer.colour))
    return {
        "found": answer.found,
        "source": answer.source,
        "answered_utc": answer.answered_utc.isoformat(timespec="milliseconds"),
        "late": late_words(answer) if answer.found else "",
        "facts": [
            {"name": fact.name, "words": fact.words, "alarm": fact.alarm}
            for fact in facts_of(answer, answer.answered_utc.date())
        ],
        "told": [told.sentence for told in answer.told if told.outcome != "found"],
        "differs": comparison.sentence if answer.found else "",
        "differences": [
            {"what": one.what, "listed": one.described, "registered": one.registered} for one in comparison.different
        ]
        if answer.found
        else [],
    }
