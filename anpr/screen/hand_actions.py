"""What crews type on the screen: entries, marks of pictures, and notes that are not sent yet."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from anpr.alerting.decisions import NOTE_LIMIT
from anpr.errors import InputError, NotMatched
from anpr.screen.bodies import Answer, Body, integer, mark, string, typed_mark
from anpr.screen.deeds import Deeds
from anpr.screen.hand_port import NewEntry
from anpr.screen.hub import Hub
from anpr.screen.port import CrewDesk
from anpr.screen.rules import ScreenRules
from anpr.screen.views import iso
from anpr.screen.whose import Acting
from anpr.screen.wire import alert_json, plain

_LONGEST_EXPIRY_H: Final = 24 * 31
_FIELD: Final = re.compile(r"[a-z0-9_-]{1,80}")


@dataclass(frozen=True, slots=True)
class HandActions:
    """Actions as those of `anpr.screen.actions.CrewActions`, which see."""

    desk: CrewDesk
    config: ScreenRules
    hub: Hub
    deeds: Deeds
    clock_utc: Callable[[], datetime]

    def table(self) -> dict[str, Callable[[Acting, Body], Answer]]:
        """Return the actions by the name in their address."""
        return {
            "add-entry": self.add_entry, "capture": self.capture, "capture-keep": self.capture_keep,
            "correct": self.correct, "draft": self.draft, "drafts": self.drafts,
        }  # fmt: skip

    def add_entry(self, session: Acting, body: Body) -> Answer:
        """Add an entry by hand, with a reason and an expiry."""
        hours = body.get("hours")
        if isinstance(hours, bool) or not isinstance(hours, int | float) or not 1 <= hours <= _LONGEST_EXPIRY_H:
            raise InputError(f"an entry expires after 1 to {_LONGEST_EXPIRY_H} hours")
        reason = string(body, "reason", 200).strip()
        if not reason:
            raise InputError("an entry needs a reason")
        entry = NewEntry(
            mark(body), string(body, "list", 200), reason, iso(self.clock_utc() + timedelta(hours=hours)),
            string(body, "make", 40, "").strip(), string(body, "model", 40, "").strip(),
            string(body, "colour", 40, "").strip(), string(body, "action", 40, ""), string(body, "markers", 60, ""),
            string(body, "information", 400, "").strip(),
        )  # fmt: skip
        detail = {
            "vrm": entry.vrm, "list": entry.list_name, "reason": reason, "expires": entry.expires_utc,
            "make": entry.make, "model": entry.model, "colour": entry.colour, "action": entry.action,
            "markers": entry.markers, "information": entry.information,
        }  # fmt: skip
        told = {name: text for name, text in detail.items() if text}
        with self.deeds.doing(session.actor, "entry added", told) as enter:
            self.desk.add_entry(entry, session.actor, enter)
        return {}

    def capture(self, session: Acting, body: Body) -> Answer:
        """Hold a camera's newest picture and return it, with what the engine read in it."""
        state, number = self.hub.state, integer(body, "camera")
        if state is None or not 0 <= number < len(state.cameras):
            raise InputError("there is no such camera")
        camera = state.cameras[number]
        with self.deeds.doing(session.actor, "picture captured", {"camera": camera.camera_id}) as enter:
            frozen = self.desk.hand.freeze(camera.camera_id, enter)
        return {**plain(frozen), "camera": {"label": plain(camera.label), "facing": camera.facing}}

    def capture_keep(self, session: Acting, body: Body) -> Answer:
        """Record a held picture as a sighting of the mark that was typed."""
        capture_id, vrm, place = integer(body, "capture_id"), typed_mark(body), body.get("plate_at")
        if place is not None and not _is_place(place):
            raise InputError("plate_at is two shares of the picture, across and down")
        at = (float(place[0]), float(place[1])) if place is not None else None
        detail = {"capture": str(capture_id), "vrm": vrm}
        with self.deeds.doing(session.actor, "sighting made by hand", detail) as enter:
            return self._raised(lambda: self.desk.hand.keep_capture(capture_id, vrm, session.actor, at, enter))

    def correct(self, session: Acting, body: Body) -> Answer:
        """Keep what a sighting of the strip says in truth, beside what the engine read."""
        sighting_id, vrm = integer(body, "sighting_id"), typed_mark(body)
        detail = {"sighting": str(sighting_id), "read": self.desk.hand.read_of(sighting_id), "typed": vrm}
        with self.deeds.doing(session.actor, "read corrected", detail) as enter:
            return self._raised(lambda: self.desk.hand.correct(sighting_id, vrm, session.actor, enter))

    def draft(self, session: Acting, body: Body) -> Answer:
        """Keep what stands in a field of an alert's form until the form is sent; what is sent is audited then."""
        field = string(body, "field", 80)
        if not _FIELD.fullmatch(field):
            raise InputError("a field is named by small letters, digits and dashes")
        alert_id = integer(body, "alert_id")
        if self.desk.alert(alert_id) is None:
            raise InputError("there is no such alert")
        self.desk.hand.keep_draft(alert_id, field, string(body, "text", NOTE_LIMIT), session.actor)
        return {}

    def drafts(self, session: Acting, body: Body) -> Answer:
        """Return what this person has typed on an alert and not sent."""
        return {"fields": _plain_values(self.desk.hand.drafts(integer(body, "alert_id"), session.actor))}

    def _raised(self, typed: Callable[[], tuple[int, ...]]) -> Answer:
        """Return the alerts that come of a typed mark, so that the page can show them at once; or that it is matched later."""
        try:
            alert_ids = typed()
        except NotMatched as later:
            return {"alerts": [], "warning": str(later)}
        cameras = self.hub.state.cameras if self.hub.state else ()
        alerts = (self.desk.alert(alert_id) for alert_id in alert_ids)
        return {"alerts": [alert_json(alert, self.config, cameras) for alert in alerts if alert is not None]}


def _plain_values(texts: dict[str, str]) -> dict[str, str]:
    """Return the texts of a table fit to be shown."""
    return {name: plain(text) for name, text in texts.items()}


def _is_place(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(isinstance(one, int | float) and not isinstance(one, bool) and 0 <= one <= 1 for one in value)
    )
