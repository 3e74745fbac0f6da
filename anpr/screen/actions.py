"""What crews do on the screen: each action checked, written to the audit, and passed to the desk.

An action that cannot be written to the audit is not done, but for acknowledging, which must always work and is entered as
soon as it can be.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from anpr.alerting.decisions import AGREEMENTS, NOTE_LIMIT, VRM_LIMIT, Choice, Decision, is_mark, require_permitted
from anpr.alerting.plate_views import PlateViews
from anpr.errors import AccessDenied, InputError, NotMatched
from anpr.screen.bodies import Answer, Body, integer, mark, string, typed_mark
from anpr.screen.deeds import Deeds
from anpr.screen.doubt import comparison, filled, typing_of
from anpr.screen.hand_actions import HandActions
from anpr.screen.hub import Hub
from anpr.screen.port import AlertView, CrewDesk
from anpr.screen.rules import ScreenRules
from anpr.screen.sessions import Session, Sessions
from anpr.screen.whose import Acting, acting
from anpr.screen.wire import alert_json, is_mutable, listed_json, plain, sighting_json
from anpr.trust.audit import AuditLog
from anpr.vrm import normalise

ALSO_WHILE_DRIVING: Final = frozenset({"acknowledge", "passenger", "lock"})
"""What a screen in driver view may do; all else needs the full view."""

_ROOMS: Final = frozenset({"queue", "look-up", "lists"})
_PAGE: Final = 30


@dataclass(frozen=True, slots=True)
class CrewActions:
    """The actions by name, each taking who does it and the request's JSON object. Called in worker threads."""

    desk: CrewDesk
    config: ScreenRules
    hub: Hub
    plate_views: PlateViews
    sessions: Sessions
    audit: AuditLog
    clock_s: Callable[[], float]
    clock_utc: Callable[[], datetime]
    deeds: Deeds = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "deeds", Deeds(self.audit, self.clock_utc))

    def table(self) -> dict[str, Callable[[Acting, Body], Answer]]:
        """Return the actions by the name in their address."""
        return {
            "acknowledge": self.acknowledge, "passenger": self.passenger, "lock": self.lock, "viewed": self.viewed,
            "looked": self.looked, "typed": self.typed, "decide": self.decide, "stop-record": self.stop_record, "mute": self.mute,
            "mute-all": self.mute_all, "look-up": self.look_up, "list-enabled": self.list_enabled, "queue": self.queue,
            "history": self.history, **HandActions(self.desk, self.config, self.hub, self.deeds, self.clock_utc).table(),
        }  # fmt: skip

    def may_see_all(self, session: Session) -> bool:
        """Return True while this screen may show the full view."""
        return not self.hub.moving or session.full_until_s > self.clock_s()

    def do(self, name: str, session: Session, body: Body, collar: str = "") -> Answer:
        """Do the named action, `collar` saying whose deed it is where somebody was asked (`anpr.screen.whose`).

        Raises InputError when there is no such action, AccessDenied while only the driver view is allowed, and what `acting` does.
        """
        action = self.table().get(name)
        if action is None:
            raise InputError("there is no such action")
        who = acting(name, session, collar)
        if name not in ALSO_WHILE_DRIVING and not self.may_see_all(session):
            raise AccessDenied("the car is moving: the passenger must unlock the full view first")
        self.sessions.touch(session)
        self.deeds.settle()
        return action(who, body)

    def acknowledge(self, session: Acting, body: Body) -> Answer:
        """Note that the alert was seen."""
        alert_id = integer(body, "alert_id")
        self.desk.acknowledge(alert_id, session.actor)
        self.deeds.owe(session.actor, "alert acknowledged", {"alert": str(alert_id)})
        trouble = self.deeds.settle()
        return {"warning": trouble} if trouble else {}

    def passenger(self, session: Acting, body: Body) -> Answer:
        """Unlock the full view on this screen for the set time, or (`on` false) end that."""
        on = body.get("on") is True
        self.audit.record(session.actor, "full view unlocked by passenger" if on else "full view locked", {})
        session.session.full_until_s = self.clock_s() + self.config.passenger_s if on else 0.0
        return {"seconds": self.config.passenger_s if on else 0}

    def lock(self, session: Acting, body: Body) -> Answer:
        """Log an officer out at this device."""
        del body
        self.audit.record(session.actor, "logged out", {})
        if session.officer is not None:
            self.sessions.log_out(session.session, session.officer)
        return {}

    def viewed(self, session: Acting, body: Body) -> Answer:
        """Write to the audit what was opened on the screen: an alert, a sighting, or a room of the full view."""
        what = string(body, "what", 10)
        if what in _ROOMS:
            self.audit.record(session.actor, f"{what} viewed", {})
        elif what in {"alert", "sighting"}:
            self.audit.record(session.actor, f"{what} viewed", {what: str(integer(body, "id"))})
        else:
            raise InputError(f"what was viewed is an alert, a sighting, or one of {', '.join(sorted(_ROOMS))}")
        return {}

    def looked(self, session: Acting, body: Body) -> Answer:
        """Note that the plate picture of an alert was on this screen."""
        alert = self._alert(body)
        picture = string(body, "picture", 200)
        if picture != alert.plate_picture:
            raise AccessDenied("a better picture came in: look at that one")
        look = self.plate_views.on_screen(
            session.viewer, alert.alert_id, picture, read_vrm=alert.read_vrm, list_vrm=alert.list_vrm
        )
        detail = {"alert": str(alert.alert_id), "read": look.read_vrm, "listed": look.list_vrm}
        self.audit.record(session.actor, "plate picture looked at", detail)
        return {}

    def typed(self, session: Acting, body: Body) -> Answer:
        """Compare what was typed of an alert's hidden characters with its list, and say what the lists have of that mark.

        It is matched against all lists at once: `raised` counts the alerts that came of it. The list's mark goes to the page only when what was typed is it.
        """
        if self.hub.moving:
            raise AccessDenied("the car is moving: type the characters when it stands")
        alert = self._alert(body)
        typing = typing_of(alert, self.config)
        if typing is None:
            raise InputError("nothing of this alert is hidden: there is nothing to type")
        look = self.plate_views.require_look(
            session.viewer, alert.alert_id, read_vrm=alert.read_vrm, list_vrm=alert.list_vrm
        )
        vrm = filled(normalise(string(body, "typed", VRM_LIMIT)), alert.list_vrm, typing)
        agrees = is_mark(vrm, alert.list_vrm)
        detail = {"alert": str(alert.alert_id), "typed": vrm, "agrees": "yes" if agrees else "no"}
        self.audit.record(session.actor, "plate typed", detail)
        self.plate_views.typed(look, alert.alert_id, vrm)
        raised = self.desk.hand.typed_on(alert.alert_id, vrm, session.actor)
        found = self.desk.look_up(vrm, session.actor)
        cameras = self.hub.state.cameras if self.hub.state else ()
        whole = alert_json(alert, self.config, cameras, whole=True) if agrees else {}
        return {
            "agrees": agrees,
            "vrm": plain(vrm),
            "shown": {name: whole[name] for name in ("read_vrm", "list_vrm", "cells")} if agrees else None,
            "listed": [listed_json(entry, self.config) for entry in found.listed],
            "raised": len(raised),
        }

    def decide(self, session: Acting, body: Body) -> Answer:
        """Take a decision on a hit, and return the alert as decided."""
        alert = self._alert(body)
        try:
            decision = Decision(string(body, "decision", 20))
        except ValueError as error:
            raise InputError(f"a decision is one of {', '.join(Decision)}") from error
        ticks = body.get("ticks", [])
        if not isinstance(ticks, list):
            raise InputError("ticks is a list of what agrees")
        choice = Choice(
            decision,
            string(body, "note", NOTE_LIMIT, ""),
            typed_mark(body, "typed_vrm") if body.get("typed_vrm") else "",
            frozenset(tick for tick in ticks if isinstance(tick, str) and tick in AGREEMENTS),
            self.plate_views.latest(session.viewer, alert.alert_id),
        )
        now = comparison(alert, self.config)
        require_permitted(choice, now)
        from_picture = choice.look.typed_vrm if now.typing and choice.look is not None else ""
        detail = {
            "alert": str(alert.alert_id), "decision": decision.value, "read": alert.read_vrm, "listed": alert.list_vrm,
            "ticks": " ".join(sorted(choice.ticks)), "typed": choice.typed_vrm or from_picture, "note": choice.note,
        }  # fmt: skip
        said: Answer = {}
        with self.deeds.doing(session.actor, "decision", detail) as enter:
            try:
                self.desk.decide(alert.alert_id, choice, session.actor, enter)
            except NotMatched as later:  # it is decided all the same
                said = {"warning": str(later)}
        over = self.desk.alert(alert.alert_id)
        return {"alerts": self._alerts((over,) if over is not None else ()), **said}

    def stop_record(self, session: Acting, body: Body) -> Answer:
        """Keep the stop record, answering the configured questions."""
        alert = self._alert(body)
        if alert.decided is None or alert.decided.decision != Decision.CONFIRMED:
            raise InputError("only a confirmed hit has a stop record: confirm it first")
        given = body.get("answers")
        if not isinstance(given, dict):
            raise InputError("answers is a table of the questions' keys")
        answers: dict[str, str] = {}
        for question in self.config.stop_questions:
            if question.kind == "officer":
                answers[question.key] = session.actor
                continue
            answer = string(given, question.key, 200, "").strip()
            if question.required and not answer:
                raise InputError(f"not answered: {question.label}")
            if question.kind == "choice" and answer and answer not in question.choices:
                raise InputError(f"{question.label}: choose one of the answers")
            answers[question.key] = answer
        with self.deeds.doing(session.actor, "stop recorded", {"alert": str(alert.alert_id), **answers}) as enter:
            self.desk.record_stop(alert.alert_id, answers, session.actor, enter)
        return {}

    def mute(self, session: Acting, body: Body) -> Answer:
        """Silence a list's alerts, or no longer; never those of the highest lists."""
        name, muted = string(body, "list", 200), body.get("muted") is True
        state = self.hub.state
        priority = next((hotlist.priority for hotlist in (state.lists if state else ()) if hotlist.name == name), None)
        if priority is None:
            raise InputError("there is no such list in the car")
        if muted and priority >= self.config.mutable_below:
            raise AccessDenied("a list of this priority cannot be muted")
        action = "list muted" if muted else "list no longer muted"
        with self.deeds.doing(session.actor, action, {"list": name}) as enter:
            self.desk.mute(name, muted, session.actor, enter)
        return {}

    def mute_all(self, session: Acting, body: Body) -> Answer:
        """Silence all lists but the highest, or (`muted` false) none."""
        muted = body.get("muted") is True
        lists = self.hub.state.lists if self.hub.state else ()
        names = [one.name for one in lists if one.muted != muted and (not muted or is_mutable(one, lists, self.config))]
        action = "all lists but the highest muted" if muted else "no list muted any longer"
        with self.deeds.doing(session.actor, action, {"lists": ", ".join(names)}) as enter:
            enter()
            for name in names:
                self.desk.mute(name, muted, session.actor)
        return {}

    def look_up(self, session: Acting, body: Body) -> Answer:
        """Search lists and records for a mark, in which `?` stands for one character and `*` for any number."""
        vrm, reason = mark(body), string(body, "reason", 200, "")
        if reason not in self.config.reasons:
            raise InputError("say why it is looked up: choose one of the reasons")
        self.audit.record(session.actor, "search", {"vrm": vrm, "reason": reason})
        found = self.desk.look_up(vrm, session.actor)
        cameras = self.hub.state.cameras if self.hub.state else ()
        return {
            "vrm": plain(found.vrm),
            "listed": [listed_json(entry, self.config) for entry in found.listed],
            "listed_count": found.listed_count,
            "sightings": [sighting_json(sighting, cameras) for sighting in found.sightings],
            "sightings_count": found.sightings_count,
        }

    def list_enabled(self, session: Acting, body: Body) -> Answer:
        """Switch a list on or off."""
        name, enabled = string(body, "list", 200), body.get("enabled") is True
        action = "list switched on" if enabled else "list switched off"
        with self.deeds.doing(session.actor, action, {"list": name}) as enter:
            self.desk.set_list_enabled(name, enabled, session.actor, enter)
        return {}

    def queue(self, session: Acting, body: Body) -> Answer:
        """Return further alerts of the queue."""
        del session
        alerts = self.desk.queue(max(0, integer(body, "start")), _PAGE)
        return {"alerts": self._alerts(alerts)}

    def history(self, session: Acting, body: Body) -> Answer:
        """Return alerts and decisions of the past, and the misread rate of each camera."""
        before = integer(body, "before") if body.get("before") is not None else None
        self.audit.record(session.actor, "history viewed", {"before": str(before or "")})
        page = self.desk.history(before, _PAGE, hits_only=body.get("hits_only") is True)
        rates = [plain(rate) for rate in self.desk.misread_rates()] if before is None else []
        return {
            "alerts": self._alerts(page.alerts),
            "next_before": page.next_before,
            "not_decided": page.not_decided,
            "misread_rates": rates,
        }

    def _alert(self, body: Body) -> AlertView:
        alert = self.desk.alert(integer(body, "alert_id"))
        if alert is None or alert.kind != "hit":
            raise InputError("there is no such hit")
        return alert

    def _alerts(self, alerts: tuple[AlertView, ...]) -> list[Answer]:
        cameras = self.hub.state.cameras if self.hub.state else ()
        return [alert_json(alert, self.config, cameras) for alert in alerts]
