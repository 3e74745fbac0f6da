"""The one value by which everything of a moment is shown: no view puts time, place, picture and read together itself.

`anpr.screen.views.moment_of` makes it, of one version of a sighting and the hit that this version gave.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Cell:
    """One character of the comparison: as read, as listed (either may be empty), and how they agree.

    `agreement` is `same`, `looks_same` (O and 0, I and 1: one glyph on UK plates), `wildcard`, `differs`, `extra`
    (read, not listed), `missing` (listed, not read) or `unseen` (a character may be hidden there: read is its symbol, and
    listed what the list has there, if anything). `probability` is that of the read character. Of a place that is
    withheld (`anpr.screen.doubt`) a page is given nothing but the agreement `hidden`.
    """

    read: str
    listed: str
    agreement: str
    probability: float


@dataclass(frozen=True, slots=True)
class PlaceView:
    """Where the car was; `stale` when the fix was too old to be shown as current."""

    latitude_deg: float
    longitude_deg: float
    stale: bool
    heading_deg: float | None


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment at which a vehicle was seen: what belongs together, and is only ever shown together.

    `seen_utc` is when the vehicle was where `place` says, `pictured_utc` when its pictures were taken: the best look until
    then, seconds before at most. `read_vrm` is what it was read as by then, `probability` how sure it was that this is
    the listed vehicle (of a sighting that no list asks for: that the read is right), `cells` how the read compares with
    the list's mark. The pictures are opaque ids. `typed_by` is who typed the
    mark, empty for the engine's read, `engine_read` what the engine had read before. `shown_vrm` is the read with a symbol where
    a character may be hidden, `hidden` says where in words, empty where none is. All are empty for a fault.
    """

    seen_utc: str = ""
    pictured_utc: str = ""
    camera_id: str = ""
    motion: str = "unknown"
    place: PlaceView | None = None
    read_vrm: str = ""
    probability: float = 0.0
    cells: tuple[Cell, ...] = ()
    plate_picture: str = ""
    overview_picture: str = ""
    typed_by: str = ""
    engine_read: str = ""
    shown_vrm: str = ""
    hidden: str = ""


NO_MOMENT: Final = Moment()
"""What a fault shows, and an alert whose records are gone."""
