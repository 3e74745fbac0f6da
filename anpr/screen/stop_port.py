"""Stops, as the screen asks the desk for them (`anpr.screen.port.CrewDesk.stops`, which see: threads, actors, refusals)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from anpr.stops.card import Card
from anpr.stops.field_texts import Outcome, Turn, Typed
from anpr.stops.progress import Progress


@dataclass(frozen=True, slots=True)
class StopBegin:
    """What a stop begins with: the card, the alert or nothing, the pictures, the vehicle's mark as it is known, and what is known of it.

    `origin` is JSON material that the screen made (`anpr.screen.stop_wire.origin_of`); it is kept with the stop.
    """

    card: str
    vrm: str = ""
    alert_id: int | None = None
    pictures_id: str = ""
    origin: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StopLine:
    """A stop in a list; `finished_utc` is empty while it is open, `revision` counts its changes."""

    stop_id: int
    title: str
    vrm: str
    begun_utc: str
    begun_by: str
    revision: int
    finished_utc: str = ""


@dataclass(frozen=True, slots=True)
class StopPlace:
    """Where and when the vehicle was stopped: by GPS, degrees; None where that was not known. `words` is what is said over the radio."""

    at_utc: str
    latitude_deg: float | None
    longitude_deg: float | None
    bearing_deg: float | None
    words: str


@dataclass(frozen=True, slots=True)
class StopView:
    """An open stop. `turns` are the texts of its fields, `held` who holds which field now (writer, actor)."""

    line: StopLine
    card: Card
    progress: Progress
    turns: Mapping[str, tuple[Turn, ...]]
    held: Mapping[str, tuple[str, str]]
    alert_id: int | None
    pictures_id: str
    origin: Mapping[str, Any]
    place: StopPlace


@dataclass(frozen=True, slots=True)
class AddedView:
    """What was added to a finished stop; `whole` says whether it is as it was signed."""

    text: str
    actor: str
    at_utc: str
    whole: bool


@dataclass(frozen=True, slots=True)
class FinishedStop:
    """A finished stop: its record as JSON material and as the text that was signed, the signature, and whether it is whole."""

    line: StopLine
    record: Mapping[str, Any]
    text: str
    signature: str
    public: str
    fingerprint: str
    whole: bool
    added: tuple[AddedView, ...]


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """The receipt of a stop: its text, signed, and its QR code as SVG."""

    text: str
    code_svg: bytes


class StopDesk(Protocol):
    """The stops of this car.

    What a method returns without raising is on disk. `enter` writes the audit, as `anpr.screen.port.Enter` says. Unknown and
    wrong numbers raise InputError.
    """

    def cards(self) -> tuple[Card, ...]:
        """Return the cards of this car. Raises ConfigError."""

    def open(self) -> tuple[StopLine, ...]:
        """Return the stops that are not finished, the latest first."""

    def past(self, before: int | None, count: int) -> tuple[tuple[StopLine, ...], int | None]:
        """Return finished stops, the latest first, from below a number on, and what to ask for next, None at the end."""

    def of_alert(self, alert_id: int) -> tuple[int, ...]:
        """Return the numbers of the stops that began with an alert."""

    def begin(self, begin: StopBegin, actor: str, enter: Callable[[], object]) -> int:
        """Begin a stop here and now, and return its number."""

    def stop(self, stop_id: int) -> StopView | FinishedStop:
        """Return a stop as it is now."""

    def type(self, stop_id: int, key: str, what: Typed) -> Outcome:
        """Keep what a device says stands in a field; returns what became of it (`anpr.stops.field_texts`)."""

    def take_over(self, stop_id: int, key: str, writer: str, actor: str, chosen: int) -> None:
        """Have a device hold a field and go on with the text of a turn, 0 for that which counts."""

    def here(self, stop_id: int) -> None:
        """Have the stop be here and now."""

    def change_card(self, stop_id: int, card: str) -> None:
        """Go by another card from now on; what was answered stays."""

    def finish(
        self, stop_id: int, known: Mapping[str, Any], actor: str, enter: Callable[[str], Callable[[], object]]
    ) -> None:
        """Sign and keep the record of a stop that is complete; `known` is what is known of the vehicle now.

        `enter` gets the record's hash and returns what writes the audit. Raises InputError while something is missing.
        """

    def discard(self, stop_id: int, actor: str, enter: Callable[[], object]) -> None:
        """Erase an open stop with all that was typed."""

    def add(self, stop_id: int, text: str, actor: str, enter: Callable[[], object]) -> None:
        """Add something to a finished stop."""

    def receipt(self, stop_id: int, actor: str) -> ReceiptView:
        """Return the signed receipt. Raises InputError while the stop is not complete, and for one that may not be given."""
