"""What crews type, in memory: the part of `MemoryDesk` that answers `HandDesk`."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from anpr.errors import InputError, NotMatched
from anpr.screen.hand_port import FrozenPicture, Offer
from anpr.screen.port import Enter, not_entered
from anpr.screen.views import iso

if TYPE_CHECKING:
    from tests.anpr.screen.desk import MemoryDesk


@dataclass
class MemoryHand:
    """Keeps what is typed; a mark that the desk has entries of raises an alert."""

    desk: "MemoryDesk"
    captures: list[tuple[str, str, tuple[float, float] | None]] = field(default_factory=list)
    typed_drafts: dict[tuple[int, str], dict[str, str]] = field(default_factory=dict)
    lists_unreadable: bool = False

    def freeze(self, camera_id: str, enter: Enter = not_entered) -> FrozenPicture:
        if camera_id != "front":
            raise InputError("this camera gives no picture now")
        enter()
        offer = Offer("LD24ABC", 0.97, self.desk.keep("LD24ABC", 3) + "-plate")
        return FrozenPicture(1, camera_id, self.desk.keep("LD24ABC", 3) + "-overview", iso(self.desk.now), (offer,))

    def keep_capture(
        self, capture_id: int, vrm: str, actor: str, plate_at: tuple[float, float] | None, enter: Enter = not_entered
    ) -> tuple[int, ...]:
        enter()
        self.captures.append((vrm, actor, plate_at))
        self.desk.sight(vrm, 1.0)
        shown = self.desk.sightings[0]
        made = replace(shown, moment=replace(shown.moment, typed_by=actor), correctable=False)
        self.desk.sightings[0] = made
        return self._alerts(vrm)

    def typed_on(self, alert_id: int, vrm: str, actor: str) -> tuple[int, ...]:
        return () if vrm == self.desk.alerts[alert_id].list_vrm else self._alerts(vrm)

    def read_of(self, sighting_id: int) -> str:
        shown = next(one for one in self.desk.sightings if one.sighting_id == sighting_id)
        return shown.moment.engine_read or shown.vrm

    def correct(self, sighting_id: int, vrm: str, actor: str, enter: Enter = not_entered) -> tuple[int, ...]:
        for place, shown in enumerate(self.desk.sightings):
            if shown.sighting_id == sighting_id:
                enter()
                read = shown.moment.engine_read or shown.vrm
                moment = replace(shown.moment, read_vrm=vrm, shown_vrm=vrm, typed_by=actor, engine_read=read)
                self.desk.sightings[place] = replace(shown, moment=moment)
        self.desk.tell()
        return self._alerts(vrm)

    def keep_draft(self, alert_id: int, field: str, text: str, actor: str) -> None:
        self.typed_drafts.setdefault((alert_id, actor), {})[field] = text

    def drafts(self, alert_id: int, actor: str) -> dict[str, str]:
        return dict(self.typed_drafts.get((alert_id, actor), {}))

    def _alerts(self, vrm: str) -> tuple[int, ...]:
        if self.lists_unreadable:
            raise NotMatched("what was typed is kept, and is matched as soon as the lists can be read")
        return (self.desk.hit(vrm),) if any(entry.vrm == vrm for entry in self.desk.entries) else ()
