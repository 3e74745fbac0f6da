"""All sources of a car: what is asked goes to each of them, what they answer is kept for a while and told together."""

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Lock
from typing import Final

from anpr.config.enquiries import EnquiriesConfig
from anpr.enquiries.answer import EnquiryAnswer, Outcome, no_answer, together
from anpr.enquiries.cache import AnswerCache
from anpr.enquiries.dvla import Dvla
from anpr.enquiries.dvsa import Dvsa
from anpr.enquiries.gateway import Gateway
from anpr.enquiries.lane import Lane, Question
from anpr.enquiries.quota import Quota
from anpr.enquiries.source import Source

MOST_KNOWN: Final = 2000
"""Marks whose answers are remembered for whoever shows them; the one that was asked about longest ago goes first."""


class Enquiries:
    """Asks several sources about marks; any thread may call it. Each lane is stepped by a thread of its own.

    `changed` is called, in whatever thread it was, when there is something new of a mark. `clock_s` is monotonic.
    """

    def __init__(
        self, sources: Sequence[tuple[Source, Quota]], clock_utc: Callable[[], datetime], *, fresh_s: float = 900.0,
        give_up_s: float = 600.0, clock_s: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.changed: Callable[[], object] = lambda: None
        self._clock_utc = clock_utc
        self._clock_s = clock_s
        self._lock = Lock()
        self._cache = AnswerCache(fresh_s)
        self._known: OrderedDict[str, dict[str, EnquiryAnswer]] = OrderedDict()
        """Of each mark, what each source told last."""
        self._asked_utc: dict[str, datetime] = {}
        self.lanes = tuple(
            Lane(source, quota, clock_s, clock_utc, self._told, give_up_s=give_up_s) for source, quota in sources
        )

    def ask(self, vrm: str, urgency: int, enter: Callable[[], object] = lambda: None) -> None:
        """Ask about a mark, the sooner the more urgent (0 to 100); returns at once.

        `enter` writes the question to the audit, once and before the first source is asked; what it raises keeps it from being
        asked. Sources whose answer is still fresh are not asked again.
        """
        now, now_s = self._clock_utc(), self._clock_s()
        entered = _Once(enter)
        for lane in self.lanes:
            with self._lock:
                fresh = self._cache.fresh(lane.source.name, vrm, now_s)
                mark = self._known.setdefault(vrm, {})
                self._known.move_to_end(vrm)
                self._asked_utc.setdefault(vrm, now)
                if fresh is not None:
                    mark[lane.source.name] = fresh
                while len(self._known) > MOST_KNOWN:
                    gone, _ = self._known.popitem(last=False)
                    self._asked_utc.pop(gone, None)
            if fresh is None:
                lane.put(Question(vrm, urgency, now, now_s, entered))

    def answer(self, vrm: str) -> EnquiryAnswer | None:
        """Return what is known of a mark now, None when it was never asked about (or so long ago that it is forgotten)."""
        with self._lock:
            known = dict(self._known[vrm]) if vrm in self._known else None
            asked = self._asked_utc.get(vrm, self._clock_utc())
        if known is None or not self.lanes:
            return None
        return together([self._of(lane, vrm, known.get(lane.source.name), asked) for lane in self.lanes])

    def is_waiting(self, vrm: str) -> bool:
        """Return whether any source is still to answer."""
        return any(lane.is_waiting(vrm) for lane in self.lanes)

    def close(self) -> None:
        """Let go of connections."""
        for lane in self.lanes:
            lane.source.close()

    def _of(self, lane: Lane, vrm: str, known: EnquiryAnswer | None, asked: datetime) -> EnquiryAnswer:
        """Return what one source told, or why it has told nothing yet: what stops the one question stops all that wait."""
        waits = lane.is_waiting(vrm)
        if known is not None and (known.outcome.is_final or not waits or known.outcome is lane.trouble):
            return known
        trouble = lane.trouble
        outcome, again = (trouble, True) if trouble is not None and waits else (Outcome.WAITING, False)
        return no_answer(vrm, lane.source.name, outcome, asked, asked, again=again)

    def _told(self, source: str, answer: EnquiryAnswer) -> None:
        with self._lock:
            self._cache.keep(source, answer, self._clock_s())
            if answer.vrm in self._known:
                self._known[answer.vrm][source] = answer
        self.changed()


class _Once:
    """Does a thing once, whoever asks for it; one that failed is done again by the next who asks."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act
        self._lock = Lock()
        self._done = False

    def __call__(self) -> None:
        with self._lock:
            if not self._done:
                self._act()
                self._done = True


def open_enquiries(
    config: EnquiriesConfig, clock_utc: Callable[[], datetime], clock_s: Callable[[], float] = time.monotonic
) -> Enquiries:
    """Return the enquiries of the sources that are configured; without any there are no lanes and nothing is asked."""
    sources: list[tuple[Source, Quota]] = []
    if config.asks_dvla:
        sources.append((Dvla(config, clock_utc), Quota(config.dvla_a_second, config.dvla_a_day)))
    if config.asks_dvsa:
        dvsa = Dvsa(config, clock_utc, clock_s=clock_s)
        sources.append((dvsa, Quota(config.dvsa_a_second, config.dvsa_a_day)))
    if config.asks_gateway:
        sources.append((Gateway(config, clock_utc), Quota(config.gateway_a_second, config.gateway_a_day)))
    return Enquiries(sources, clock_utc, fresh_s=config.fresh_s, give_up_s=config.give_up_s, clock_s=clock_s)
