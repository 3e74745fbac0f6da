"""What crews do with stops on the screen: begun, answered, finished, looked at, added to.

People's details go from the page to the records and back; the audit has numbers of stops and hashes of records, never what was answered.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from anpr.alerting.decisions import Decision
from anpr.errors import InputError
from anpr.screen.bodies import Answer, Body, integer, string
from anpr.screen.deeds import Deeds
from anpr.screen.hub import Hub
from anpr.screen.orders import order_of
from anpr.screen.port import AlertView, CrewDesk
from anpr.screen.rules import ScreenRules
from anpr.screen.stop_port import FinishedStop, StopBegin, StopView
from anpr.screen.stop_wire import (
    card_json,
    export_json,
    finished_json,
    line_json,
    origin_of_alert,
    origin_of_nothing,
    origin_of_sighting,
    stop_json,
)
from anpr.screen.whose import Acting
from anpr.stops.card import MOST_ANSWER
from anpr.stops.card_set import card_for
from anpr.stops.field_texts import Typed
from anpr.stops.record import LONGEST_ADDITION
from anpr.trust.audit import AuditLog

_PAGE: Final = 30
_MOST_ANSWERS: Final = 60
_NAME: Final = 80


@dataclass(frozen=True, slots=True)
class StopActions:
    """Actions as those of `anpr.screen.actions.CrewActions`, which see."""

    desk: CrewDesk
    config: ScreenRules
    hub: Hub
    deeds: Deeds
    audit: AuditLog

    def table(self) -> dict[str, Callable[[Acting, Body], Answer]]:
        """Return the actions by the name in their address."""
        return {
            "stops": self.stops, "stops-past": self.past, "stop": self.stop, "stop-begin": self.begin, "stop-type": self.type,
            "stop-take": self.take, "stop-here": self.here, "stop-card": self.card, "stop-finish": self.finish,
            "stop-discard": self.discard, "stop-add": self.add, "stop-receipt": self.receipt, "stop-export": self.export,
        }  # fmt: skip

    def stops(self, session: Acting, body: Body) -> Answer:
        """Return the stops that are not finished, and the cards that one can begin with."""
        del body
        self.audit.record(session.actor, "open stops viewed", {})
        return {
            "open": [line_json(line) for line in self.desk.stops.open()],
            "cards": [card_json(card) for card in self.desk.stops.cards()],
        }

    def past(self, session: Acting, body: Body) -> Answer:
        """Return finished stops, without what was answered."""
        before = integer(body, "before") if body.get("before") is not None else None
        self.audit.record(session.actor, "stops listed", {"before": str(before or "")})
        lines, following = self.desk.stops.past(before, _PAGE)
        return {"stops": [line_json(line) for line in lines], "next_before": following}

    def begin(self, session: Acting, body: Body) -> Answer:
        """Begin a stop: of a confirmed hit, of a read of the strip, or of nothing; an alert has one stop, which is gone on with."""
        begin, said = self._begin(body)
        for number in self.desk.stops.of_alert(begin.alert_id) if begin.alert_id is not None else ():
            return {"stop_id": number}
        with self.deeds.doing(session.actor, "stop begun", {**said, "card": begin.card}) as enter:
            return {"stop_id": self.desk.stops.begin(begin, session.actor, enter)}

    def stop(self, session: Acting, body: Body) -> Answer:
        """Return a stop; each look at a finished one, and the first at an open one, is in the audit."""
        stop_id = integer(body, "stop_id")
        stop = self.desk.stops.stop(stop_id)
        if isinstance(stop, FinishedStop):
            self.audit.record(session.actor, "stop viewed", {"stop": str(stop_id)})
            return {"open": None, "finished": finished_json(stop)}
        if body.get("first") is True:
            self.audit.record(session.actor, "open stop viewed", {"stop": str(stop_id)})
        return self._shown(stop, string(body, "writer", _NAME, ""))

    def type(self, session: Acting, body: Body) -> Answer:
        """Keep what stands in a field: when this answers "kept" or "aside", it is on disk."""
        stop_id, writer = integer(body, "stop_id"), string(body, "writer", _NAME)
        answer = _answer(body.get("answer"))
        what = Typed(writer, session.actor, answer, integer(body, "sent"), integer(body, "seen"))
        if not writer or what.sent < 1:
            raise InputError("writer and sent say which page typed that: load the page again")
        outcome = self.desk.stops.type(stop_id, string(body, "key", _NAME), what)
        return {"outcome": outcome.value, **self._again(stop_id, writer)}

    def take(self, session: Acting, body: Body) -> Answer:
        """Have this device hold a field, going on with its text or with another's."""
        stop_id, writer = integer(body, "stop_id"), string(body, "writer", _NAME)
        self.desk.stops.take_over(stop_id, string(body, "key", _NAME), writer, session.actor, integer(body, "turn"))
        return self._again(stop_id, writer)

    def here(self, session: Acting, body: Body) -> Answer:
        """Have the stop be here and now."""
        stop_id = integer(body, "stop_id")
        self.audit.record(session.actor, "place of stop set", {"stop": str(stop_id)})
        self.desk.stops.here(stop_id)
        return self._again(stop_id, string(body, "writer", _NAME, ""))

    def card(self, session: Acting, body: Body) -> Answer:
        """Go by another card."""
        stop_id, card = integer(body, "stop_id"), string(body, "card", _NAME)
        self.audit.record(session.actor, "card of stop changed", {"stop": str(stop_id), "card": card})
        self.desk.stops.change_card(stop_id, card)
        return self._again(stop_id, string(body, "writer", _NAME, ""))

    def finish(self, session: Acting, body: Body) -> Answer:
        """Sign the record of a stop."""
        stop_id = integer(body, "stop_id")
        stop = self._open(stop_id)
        detail = {"stop": str(stop_id)}
        with self.deeds.doing(session.actor, "stop finished", detail) as entry:

            def enter(sha256: str) -> Callable[[], object]:
                detail["sha256"] = sha256
                return entry

            self.desk.stops.finish(stop_id, self._known(stop), session.actor, enter)
        return {}

    def discard(self, session: Acting, body: Body) -> Answer:
        """Erase an open stop."""
        stop_id = integer(body, "stop_id")
        with self.deeds.doing(session.actor, "stop discarded", {"stop": str(stop_id)}) as enter:
            self.desk.stops.discard(stop_id, session.actor, enter)
        return {}

    def add(self, session: Acting, body: Body) -> Answer:
        """Add something to a finished stop, and return it as it is then."""
        stop_id = integer(body, "stop_id")
        text = string(body, "text", LONGEST_ADDITION).strip()
        with self.deeds.doing(session.actor, "stop added to", {"stop": str(stop_id)}) as enter:
            self.desk.stops.add(stop_id, text, session.actor, enter)
        return {"finished": finished_json(self._finished(stop_id))}

    def receipt(self, session: Acting, body: Body) -> Answer:
        """Return the receipt with its code."""
        stop_id = integer(body, "stop_id")
        told = self.desk.stops.receipt(stop_id, session.actor)
        self.audit.record(session.actor, "receipt shown", {"stop": str(stop_id)})
        return {"text": told.text, "code": f"data:image/svg+xml;base64,{b64encode(told.code_svg).decode()}"}

    def export(self, session: Acting, body: Body) -> Answer:
        """Return a finished stop for another program."""
        stop = self._finished(integer(body, "stop_id"))
        self.audit.record(session.actor, "stop exported", {"stop": str(stop.line.stop_id)})
        return {"file": f"stop-{stop.line.stop_id}.json", "stop": export_json(stop)}

    def _begin(self, body: Body) -> tuple[StopBegin, dict[str, str]]:
        cameras = self.hub.state.cameras if self.hub.state else ()
        if body.get("alert_id") is not None:
            alert = self._confirmed(integer(body, "alert_id"))
            card = card_for(self.desk.stops.cards(), order_of(alert.listed, self.config).symbol)
            name = alert.moment.plate_picture or alert.moment.overview_picture
            begin = StopBegin(
                card.name, alert.list_vrm if "*" not in alert.list_vrm and "?" not in alert.list_vrm else alert.read_vrm,
                alert.alert_id, name.rpartition("-")[0], origin_of_alert(alert, self.config, cameras),
            )  # fmt: skip
            return begin, {"alert": str(alert.alert_id)}
        card_name = card_for(self.desk.stops.cards(), None).name
        if body.get("sighting_id") is not None:
            number = integer(body, "sighting_id")
            sightings = self.hub.state.sightings if self.hub.state else ()
            seen = next((one for one in sightings if one.sighting_id == number), None)
            if seen is None:
                raise InputError("this sighting has left the strip: begin a stop without it, and type the mark")
            name = seen.moment.plate_picture or seen.moment.overview_picture
            origin = origin_of_sighting(seen, cameras)
            return StopBegin(card_name, seen.vrm, None, name.rpartition("-")[0], origin), {"sighting": str(number)}
        chosen = string(body, "card", _NAME, "") or card_name
        if all(card.name != chosen for card in self.desk.stops.cards()):
            raise InputError("there is no such stop card: choose one of the list")
        return StopBegin(chosen, origin=origin_of_nothing()), {}

    def _confirmed(self, alert_id: int) -> AlertView:
        alert = self.desk.alert(alert_id)
        if alert is None or alert.kind != "hit":
            raise InputError("there is no such hit")
        if alert.decided is None or alert.decided.decision != Decision.CONFIRMED:
            raise InputError("a stop begins with a hit that is confirmed: compare and confirm it first")
        return alert

    def _shown(self, stop: StopView, writer: str) -> Answer:
        return {"open": stop_json(stop, writer, self._known(stop)), "finished": None}

    def _again(self, stop_id: int, writer: str) -> Answer:
        stop = self.desk.stops.stop(stop_id)
        return (
            self._shown(stop, writer) if isinstance(stop, StopView) else {"open": None, "finished": finished_json(stop)}
        )

    def _known(self, stop: StopView) -> Mapping[str, Any]:
        """Return what is known of the vehicle now: registers may have answered since the stop began."""
        alert = self.desk.alert(stop.alert_id) if stop.alert_id is not None else None
        if alert is None or not alert.listed:
            return stop.origin
        now = origin_of_alert(alert, self.config, self.hub.state.cameras if self.hub.state else ())
        return (
            {**stop.origin, **{name: now[name] for name in ("registered", "told", "facts")}}
            if alert.enquiry
            else stop.origin
        )

    def _open(self, stop_id: int) -> StopView:
        stop = self.desk.stops.stop(stop_id)
        if isinstance(stop, FinishedStop):
            raise InputError("this stop is finished: add to it, nothing of it is changed")
        return stop

    def _finished(self, stop_id: int) -> FinishedStop:
        stop = self.desk.stops.stop(stop_id)
        if not isinstance(stop, FinishedStop):
            raise InputError("this stop is not finished")
        return stop


def _answer(value: object) -> str | tuple[str, ...]:
    """Return an answer of the request: a text, or several."""
    several = value if isinstance(value, list) else [value]
    texts = tuple(one for one in several if isinstance(one, str) and len(one) <= MOST_ANSWER)
    if len(texts) != len(several) or len(texts) > _MOST_ANSWERS:
        raise InputError(f"an answer is a text of at most {MOST_ANSWER:,} characters, or a list of texts")
    return texts if isinstance(value, list) else texts[0]
