"""What crews type, as the screen hands it to the engine: entries, marks of pictures, half-typed notes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Offer:
    """What the engine read in a picture, to be accepted or typed otherwise; `confidence` in [0, 1]."""

    vrm: str
    confidence: float
    plate_picture: str


@dataclass(frozen=True, slots=True)
class FrozenPicture:
    """A picture of a camera that stands still until its mark is typed, and what the engine read in it, best first."""

    capture_id: int
    camera_id: str
    picture: str
    seen_utc: str
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry that the crew adds by hand; `expires_utc` is ISO 8601 with an offset.

    Without a `list_name` it goes to the car's own list, which is made with its first entry.
    """

    vrm: str
    list_name: str
    reason: str
    expires_utc: str
    make: str = ""
    model: str = ""
    colour: str = ""
    action: str = ""
    markers: str = ""
    information: str = ""


class HandDesk(Protocol):
    """What crews make by hand, as `anpr.screen.port.CrewDesk` is asked for it (which see: threads, actors, refusals).

    `enter` writes the audit, as `anpr.screen.port.Enter` says. Every mark that is typed is matched against all lists at once; the alerts that came of it are returned by their ids.
    """

    def freeze(self, camera_id: str, enter: Callable[[], object]) -> FrozenPicture:
        """Hold a camera's newest picture; InputError when it gives none."""

    def keep_capture(
        self, capture_id: int, vrm: str, actor: str, plate_at: tuple[float, float] | None, enter: Callable[[], object]
    ) -> tuple[int, ...]:
        """Record a held picture as a sighting of this mark, made by hand.

        `plate_at` says where in the picture the plate is, as shares of its width and height, where that was shown.
        InputError when the picture is held no more.
        """

    def typed_on(self, alert_id: int, vrm: str, actor: str) -> tuple[int, ...]:
        """Match what was typed from an alert's picture against all lists, before anything is decided on that alert.

        Raises NotMatched while the lists cannot be read.
        """

    def read_of(self, sighting_id: int) -> str:
        """Return what the engine read of a sighting of the strip; InputError when it can no longer be corrected."""

    def correct(self, sighting_id: int, vrm: str, actor: str, enter: Callable[[], object]) -> tuple[int, ...]:
        """Keep what a sighting of the strip says in truth, beside what the engine read."""

    def keep_draft(self, alert_id: int, field: str, text: str, actor: str) -> None:
        """Keep what stands in a field of an alert's form until it is sent."""

    def drafts(self, alert_id: int, actor: str) -> dict[str, str]:
        """Return what this person has typed on an alert and not sent, by field."""
