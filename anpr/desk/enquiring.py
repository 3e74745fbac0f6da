"""Which alerts are asked about by themselves, and what was answered: between the alerts of a car and its enquiries.

Never because of a covert list, never of a hit that is ordered to make no sound (SILENT) unless the configuration says so, and only
of the lists that it names. Each question is in the audit before it goes.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Final

from anpr.alerting.disclosure import shown_hits
from anpr.alerting.lifecycle import FINISHED
from anpr.config.enquiries import EnquiriesConfig
from anpr.engine.engine import Step
from anpr.enquiries.answer import EnquiryAnswer
from anpr.enquiries.service import Enquiries
from anpr.screen.orders import fitting_rules
from anpr.screen.rules import ScreenRules, screen_rules
from anpr.values import Alert, AlertKind, AlertState, Hit
from anpr.vrm import is_mark

MOST_ALERTS: Final = 5000
"""Alerts of which it is remembered which mark was asked about."""


@dataclass(slots=True)
class AlertEnquiries:
    """Asks about alerts as they come, and answers what is known of each; any thread may call it, and it returns at once.

    `record` writes to the audit: actor, action, particulars.
    """

    enquiries: Enquiries
    config: EnquiriesConfig
    record: Callable[[str, str, Mapping[str, str]], object]
    rules: ScreenRules = field(default_factory=screen_rules)
    _asked: OrderedDict[int, str] = field(default_factory=OrderedDict)
    """The mark that was asked about for each alert."""
    _lock: Lock = field(default_factory=Lock)

    def show(self, step: Step) -> None:
        """Consider the alerts of a step of the engine."""
        for matched in step.sightings:
            self.consider(matched.alerts)

    def consider(self, alerts: Iterable[Alert]) -> None:
        """Ask about those alerts that are to be asked about and were not yet."""
        for alert in alerts:
            hit = self._asked_of(alert)
            mark = "" if hit is None else mark_of(hit)
            if hit is None or not mark or self._asked.get(alert.alert_id) == mark:
                continue
            with self._lock:
                self._asked[alert.alert_id] = mark
                while len(self._asked) > MOST_ALERTS:
                    self._asked.popitem(last=False)
            detail = {
                "vrm": mark, "alert": str(alert.alert_id), "list": hit.hotlist.name,
                "sources": ", ".join(lane.source.name for lane in self.enquiries.lanes),
            }  # fmt: skip
            urgency = 0 if alert.past else max(0, min(alert.priority, 100))
            self.enquiries.ask(mark, urgency, partial(self.record, "engine", "enquiry", detail))

    def answer(self, alert_id: int) -> EnquiryAnswer | None:
        """Return what is known for an alert now, None when nothing was asked for it."""
        with self._lock:
            mark = self._asked.get(alert_id)
        return None if mark is None else self.enquiries.answer(mark)

    def _asked_of(self, alert: Alert) -> Hit | None:
        """Return the hit for whose list an alert is asked about, None when it is not."""
        if alert.kind is not AlertKind.HIT or alert.state in FINISHED or alert.state is AlertState.WITHDRAWN:
            return None
        hits = shown_hits(alert.hits)
        if not self.config.silent and any(self._is_silent(hit) for hit in hits):
            return None
        return next((hit for hit in hits if self.config.is_asked_of(hit.hotlist.name)), None)

    def _is_silent(self, hit: Hit) -> bool:
        rows = fitting_rules(hit.entry, self.rules.orders, self.rules.markers)
        return any(row.symbol == "silent" or row.sound == "none" for row in rows)


def mark_of(hit: Hit) -> str:
    """Return the mark to be asked about: the entry's, or what was read where the entry has wildcards; empty for none.

    It is the listed vehicle that may be there: a read that differs in a character is not asked about.
    """
    return next((text for text in (hit.entry.vrm, hit.reading) if is_mark(text)), "")
