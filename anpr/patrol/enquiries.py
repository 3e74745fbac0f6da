"""The enquiries of a car on patrol: opened, threaded, watched."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from anpr.clock import Clock
from anpr.config.enquiries import EnquiriesConfig
from anpr.enquiries.answer import Outcome
from anpr.enquiries.lane import Lane
from anpr.enquiries.service import Enquiries, open_enquiries
from anpr.faults import FaultKind
from anpr.threads import RepeatingThread
from anpr.values import Fault

STEP_S: Final = 0.05
"""Seconds between two looks at whether a question may go; with it a question waits 25 ms on average."""

_REFUSALS: Final = {
    Outcome.WRONG_KEY: "its key is refused",
    Outcome.UNTRUSTED: "its certificate is not trusted",
}
"""What does not mend itself: a person has to look at it."""


@dataclass(frozen=True, slots=True)
class CarEnquiries:
    """The sources of a car and a thread for each of them."""

    enquiries: Enquiries
    threads: tuple[RepeatingThread, ...]

    def start(self) -> None:
        """Begin to ask."""
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        """Ask nothing more. A question that is under way ends by its time-out, and nobody waits for it."""
        for thread in self.threads:
            thread.stop(0.0)

    def fault(self, now: datetime) -> Fault | None:
        """Return that a source refuses this car, None while none does."""
        for lane in self.enquiries.lanes:
            why = _REFUSALS.get(lane.trouble) if lane.trouble is not None else None
            if why:
                return FaultKind.ENQUIRIES_REFUSED.fault(now, lane.source.name, detail=why)
        return None


def open_car_enquiries(
    config: EnquiriesConfig, clock: Clock, failed: Callable[[Exception], None]
) -> CarEnquiries | None:
    """Return the enquiries that are configured, None when nobody is asked."""
    if not config.asks_anybody:
        return None
    enquiries = open_enquiries(config, clock.utc, lambda: clock.monotonic_ns() * 1e-9)
    threads = tuple(
        RepeatingThread(f"enquiries-{lane.source.name}", partial(_work, lane), clock, period_s=STEP_S, failed=failed)
        for lane in enquiries.lanes
    )
    return CarEnquiries(enquiries, threads)


def _work(lane: Lane) -> None:
    """Ask as long as questions may go at once."""
    while lane.step():
        pass
