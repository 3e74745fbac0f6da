"""Answers that are still fresh: in memory alone, with their age, so that nobody is asked twice within a quarter of an hour."""

from collections import OrderedDict
from typing import Final

from anpr.enquiries.answer import EnquiryAnswer

MOST: Final = 5000
"""Answers that are kept; the one that was used longest ago goes first."""


class AnswerCache:
    """Answers by source and mark; fresh for `fresh_s` seconds of monotonic time. Not for several threads at once."""

    def __init__(self, fresh_s: float, most: int = MOST) -> None:
        self._fresh_s = fresh_s
        self._most = most
        self._kept: OrderedDict[tuple[str, str], tuple[float, EnquiryAnswer]] = OrderedDict()

    def keep(self, source: str, answer: EnquiryAnswer, now_s: float) -> None:
        """Keep an answer that is final (`Outcome.is_final`); any other is none to be kept."""
        if answer.outcome.is_final:
            self._kept[source, answer.vrm] = (now_s, answer)
            self._kept.move_to_end((source, answer.vrm))
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def fresh(self, source: str, vrm: str, now_s: float) -> EnquiryAnswer | None:
        """Return the answer while it is fresh, else None; its times are those of when it was asked and answered."""
        kept = self._kept.get((source, vrm))
        if kept is None or now_s - kept[0] >= self._fresh_s:
            return None
        self._kept.move_to_end((source, vrm))
        return kept[1]
