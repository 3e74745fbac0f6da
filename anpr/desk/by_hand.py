"""Marks that a crew types from pictures: captures of the live picture, and corrections of what the engine read.

Each becomes a sighting of its own, as complete as one of the engine's: with its pictures, camera, time and place, and who
typed it. It is matched against all lists at once, alerts, and is recorded. Perception is not asked for anything: the picture is
the newest that it has worked on, and what it read there is what it has told already.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from secrets import token_hex
from threading import Lock
from typing import Final

from anpr.alerting.board import AlertBoard
from anpr.alerting.disclosure import shown_hits
from anpr.alerting.encounter import entries_of, passing
from anpr.desk.lists import HotlistCrewLists
from anpr.desk.pictures import CrewPictures, part_about
from anpr.desk.records import CrewRecords
from anpr.desk.strip import Followed, Strip
from anpr.desk.surroundings import DeskSurroundings
from anpr.engine.engine import MatchedSighting, Step
from anpr.errors import AnprError, InputError, NotMatched
from anpr.evidence import spell
from anpr.faults import FaultKind
from anpr.screen.hand_port import FrozenPicture, Offer
from anpr.screen.port import Enter, not_entered
from anpr.screen.views import OVERVIEW, PLATE, iso, picture_id
from anpr.values import Fault, Frame, Hit, Image, Sighting

HELD: Final = 4
"""Pictures held for captures that were not finished yet (about 3 MB each); the oldest goes first."""

PLATE_SHARE: Final = 0.2
"""Width of the picture that is kept about the place where the plate was shown, as a share of the whole."""

FIRST_TRACK: Final = -(2**52)
"""Tracks made by hand count downwards from here: those of perception count upwards from 1, and a recorded sighting that is
looked at again has its record's number below zero. A page still holds such a number exactly."""

_REMEMBERED: Final = 200
"""Typed marks whose track is remembered: typed once more, the same mark of the same sighting is the same one."""

_OFFERED: Final = 3
_OFFERED_WITHIN_S: Final = 1.0
"""What the engine read so near to a picture was read in it, or in one that shows the same vehicles."""


@dataclass(slots=True)
class HandMade:
    """Makes sightings of what is typed: `anpr.screen.hand_port.HandDesk` on the real board, lists and records.

    Any thread may call it. `tell` shows and records a step, as one of the engine's. Captures are numbered from
    `next_capture` on: what a page still holds of an earlier run must not be a capture of this one.
    """

    board: AlertBoard
    lists: HotlistCrewLists
    records: CrewRecords
    pictures: CrewPictures
    around: DeskSurroundings
    strip: Strip
    tell: Callable[[Step], None]
    next_capture: int = 1
    _held: OrderedDict[int, tuple[Frame, tuple[Followed, ...]]] = field(default_factory=OrderedDict)
    _next_track: int = FIRST_TRACK
    _tracks: OrderedDict[tuple[str, datetime, str], int] = field(default_factory=OrderedDict)
    """The track of each mark that was typed, by camera, by when its sighting began, and by the mark."""
    _unmatched: list[Sighting] = field(default_factory=list)
    """What could not be matched when it was typed, the oldest first."""
    _lock: Lock = field(default_factory=Lock)

    def freeze(self, camera_id: str, enter: Enter = not_entered) -> FrozenPicture:
        """Hold the newest picture of a camera."""
        frame = self.around.newest_frame(camera_id)
        if frame is None:
            raise InputError("this camera gives no picture now")
        enter()
        offered = tuple(self.strip.read_about(camera_id, frame.captured_ns, _OFFERED_WITHIN_S)[:_OFFERED])
        with self._lock:
            number = self.next_capture
            self.next_capture += 1
            self._held[number] = (frame, offered)
            while len(self._held) > HELD:
                self._held.popitem(last=False)
        offers = tuple(
            Offer(one.sighting.text, one.sighting.confidence, picture_id(one.sighting, PLATE)) for one in offered
        )
        return FrozenPicture(number, camera_id, self.pictures.keep_image(frame.image), iso(frame.captured_utc), offers)

    def keep_capture(
        self, capture_id: int, vrm: str, actor: str, plate_at: tuple[float, float] | None, enter: Enter = not_entered
    ) -> tuple[int, ...]:
        """Make a sighting of a held picture; returns the alerts that came of it."""
        with self._lock:
            if capture_id not in self._held:
                raise InputError("this picture is held no more: capture another one")
            enter()
            frame, offered = self._held.pop(capture_id)
        plate: Image | None
        if plate_at is not None:
            plate, overview = part_about(frame.image, plate_at, PLATE_SHARE), part_about(frame.image, plate_at, 0.5)
        else:
            accepted = next((picture_id(one.sighting, PLATE) for one in offered if one.sighting.text == vrm), "")
            plate, overview = self.pictures.image(accepted), frame.image
        seen = Sighting(
            self._take_track(), frame.camera_id, 0, True, vrm, 1.0, ((vrm, 1.0),), spell(vrm), (), frame.captured_ns,
            frame.captured_ns, frame.captured_utc, frame.captured_utc, position=frame.position,
            plate_image=plate if plate is not None else frame.image, overview_image=overview, pictures_id=token_hex(9),
            pictured_utc=frame.captured_utc, typed_by=actor,
        )  # fmt: skip
        return self._take(seen)

    def read_of(self, sighting_id: int) -> str:
        """Return what the engine read of a sighting of the strip."""
        return self._correctable(sighting_id).sighting.text

    def correct(self, sighting_id: int, vrm: str, actor: str, enter: Enter = not_entered) -> tuple[int, ...]:
        """Keep what a sighting of the strip says in truth; returns the alerts that came of it."""
        followed = self._correctable(sighting_id)
        enter()
        try:
            return self.typed(followed.sighting, vrm, actor)
        finally:  # kept, though it may have to be matched later
            self.strip.correct(sighting_id, vrm, actor)

    def typed(self, seen: Sighting, vrm: str, actor: str) -> tuple[int, ...]:
        """Take what was typed for a sighting as one of its own, with that one's pictures, time and place."""
        return self._take(self._typed(seen, vrm, actor))

    def typed_on(self, alert_id: int, vrm: str, actor: str) -> tuple[int, ...]:
        """Match what was typed from an alert's picture; it is a sighting of its own where it is on more than the alert says.

        A list that the crew may not know of changes nothing here: what is typed may be a slip. A sighting is made of every
        mark that a decision names (`typed`), and then it is recorded as a hit.
        """
        alert = self.board.get(alert_id)
        typed = self._typed(alert.hits[0].sighting, vrm, actor)
        try:
            hits = self.lists.match(typed)
        except AnprError as error:
            raise NotMatched(f"{error}; type it again when the lists can be read") from error
        if entries_of(passing(shown_hits(hits))) <= entries_of(alert.hits):
            return ()
        return self._take(typed)

    def settle(self, now_utc: datetime) -> Fault | None:
        """Match what could not be matched when it was typed; returns the fault that stands while something still cannot."""
        try:
            while self._unmatched:
                self._tell(self._unmatched[0], self.lists.match(self._unmatched[0]))
                self._unmatched.pop(0)
        except AnprError:
            pass
        else:
            return None
        return FaultKind.HOTLISTS_UNREADABLE.fault(now_utc, detail="marks that were typed wait to be matched")

    def _typed(self, seen: Sighting, vrm: str, actor: str) -> Sighting:
        plate, overview = (self.pictures.image(picture_id(seen, kind)) for kind in (PLATE, OVERVIEW))
        return replace(
            seen, plate_image=plate, overview_image=overview, track_id=self._track_of(seen, vrm), revision=0, final=True, text=vrm, confidence=1.0,
            alternatives=((vrm, 1.0),), probabilities=spell(vrm), reads=(), typed_by=actor,
            engine_read=seen.engine_read or seen.text,
        )  # fmt: skip

    def keep_draft(self, alert_id: int, field: str, text: str, actor: str) -> None:
        """Keep what stands in a field of an alert's form."""
        self.records.draft(alert_id, actor, field, text)

    def drafts(self, alert_id: int, actor: str) -> dict[str, str]:
        """Return what this person has typed on an alert and not sent, by field."""
        return self.records.drafts(alert_id, actor)

    def _correctable(self, sighting_id: int) -> Followed:
        followed = self.strip.find(sighting_id)
        if followed is None or followed.sighting.typed_by:
            raise InputError("this sighting passed too long ago to be corrected: look its mark up")
        return followed

    def _take(self, typed: Sighting) -> tuple[int, ...]:
        """Match a typed sighting, alert and record; what cannot be matched now is recorded all the same, and matched later.

        Raises NotMatched then.
        """
        trouble: AnprError | None = None
        hits: tuple[Hit, ...] = ()
        try:
            hits = self.lists.match(typed)
        except AnprError as error:
            trouble = error
        alerts = self._tell(typed, hits)
        if trouble is not None:
            with self._lock:
                self._unmatched.append(typed)
            raise NotMatched(
                f"what was typed is kept, and is matched as soon as the lists can be read: {trouble}"
            ) from trouble
        return alerts

    def _tell(self, typed: Sighting, hits: Sequence[Hit]) -> tuple[int, ...]:
        changed = self.board.consider(typed, hits, now_utc=self.around.clock_utc(), frame_age_ms=0.0)
        self.tell(Step(None, (MatchedSighting(typed, tuple(hits), changed),), (), {}))
        return tuple(alert.alert_id for alert in changed)

    def _track_of(self, seen: Sighting, vrm: str) -> int:
        key = seen.camera_id, seen.first_utc, vrm
        with self._lock:
            known = self._tracks.pop(key, None)
        track = self._take_track() if known is None else known
        with self._lock:
            self._tracks[key] = track
            while len(self._tracks) > _REMEMBERED:
                self._tracks.popitem(last=False)
        return track

    def _take_track(self) -> int:
        with self._lock:
            self._next_track -= 1
            return self._next_track + 1
