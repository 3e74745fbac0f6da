"""Whoever can be asked about a mark: the port of all sources, and what they give back."""

from dataclasses import dataclass
from typing import Protocol

from anpr.enquiries.answer import EnquiryAnswer


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, and for how many seconds the source wants to be left alone (None: it does not say; 0: ask again at once)."""

    answer: EnquiryAnswer
    leave_s: float | None = None


class Source(Protocol):
    """One that is asked: DVLA, DVSA, a force's gateway, a stand-in. Used by one thread at a time.

    PNC, LEDS and MIDAS have no public interface: a force that may ask them puts its own gateway before them
    (`anpr.enquiries.gateway`), or writes a class of these three.
    """

    @property
    def name(self) -> str:
        """What the crew is told answered."""

    def ask(self, vrm: str) -> Reply:
        """Ask once about a mark (`anpr.vrm.is_mark`) and return what came, or why nothing did; raises nothing on purpose."""

    def close(self) -> None:
        """Let go of connections."""
