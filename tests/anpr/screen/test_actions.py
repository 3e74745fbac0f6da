"""What crews may do, by the server's own rules, and what becomes of it: on a real desk, lists and records."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from anpr.alerting.decisions import Choice, Decision, Look
from anpr.errors import AccessDenied
from anpr.faults import FaultKind
from anpr.screen.doubt import typing_of
from anpr.screen.rules import screen_rules
from anpr.screen.server import ScreenServer
from hotlists.store.settings import ListSettings
from tests.anpr.real_desk import COVERT, RealDesk, import_marks
from tests.anpr.screen.client import OFFICER, WHY, Client, actions
from tests.anpr.screen.conftest import FullDisk, until

Serve = Callable[..., ScreenServer]


@pytest.fixture
def client(serve: Serve, car: RealDesk) -> Client:
    """A screen of the real desk, in a car that stands."""
    opened = Client(serve(desk=car.desk, audit=car.audit).address)
    until(lambda: opened.post("queue", {"start": 0}).status_code == 200)
    return opened


def test_confirming_is_refused_by_the_server_without_look_and_ticks(client: Client, car: RealDesk) -> None:
    car.see("CC33CCC", camera="rear")
    first = car.desk.state().alerts[0].plate_picture
    confirm = {"alert_id": 1, "decision": "confirmed", "ticks": ["vrm", "make", "colour"]}
    assert client.post("decide", confirm).status_code == 403
    # saying so is not enough: the picture must have been sent to this very screen
    assert client.post("looked", {"alert_id": 1, "picture": first}).status_code == 403
    assert client.post("looked", {"alert_id": 1, "picture": "forged"}).status_code == 403
    other = Client(client.address)
    assert other.http.get(f"/picture/{first}").status_code == 200
    assert client.post("looked", {"alert_id": 1, "picture": first}).status_code == 403
    assert client.http.get(f"/picture/{first}").headers["content-type"] == "image/jpeg"
    assert client.post("looked", {"alert_id": 1, "picture": first}).status_code == 200
    assert client.post("decide", {**confirm, "ticks": ["vrm", "make"]}).status_code == 403
    assert other.post("decide", confirm).status_code == 403
    car.see("DD44DDD", reads=2, camera="rear")  # later frames read another mark: what was looked at holds no more
    assert client.post("decide", confirm).status_code == 403
    assert client.post("looked", {"alert_id": 1, "picture": first}).status_code == 403
    better = car.desk.state().alerts[0].plate_picture
    client.http.get(f"/picture/{better}")
    assert client.post("looked", {"alert_id": 1, "picture": better}).status_code == 200
    assert "not typed" in client.post("decide", confirm).text  # a corrected alert
    hidden = car.desk.state().alerts[0]
    typing = typing_of(hidden, screen_rules())
    assert typing is not None
    typed = "".join(hidden.list_vrm[n] for n in sorted(typing.places))
    assert client.post("typed", {"alert_id": 1, "typed": typed}).json()["agrees"]
    assert other.post("decide", confirm).status_code == 403  # what one screen's officer typed opens no other's
    assert client.post("decide", confirm).status_code == 200
    assert client.post("decide", confirm).status_code == 400
    assert car.store.connection.execute("SELECT camera_id, decision, actor FROM decisions").fetchall() == [
        ("rear", "confirmed", OFFICER)
    ]


def test_a_stop_is_recorded_after_its_confirmation_alone(client: Client, car: RealDesk) -> None:
    car.see("CC33CCC")
    answers = {"alert_id": 1, "answers": {}}
    assert client.post("stop-record", answers).status_code == 400
    picture = car.desk.state().alerts[0].plate_picture
    client.http.get(f"/picture/{picture}")
    client.post("looked", {"alert_id": 1, "picture": picture})
    confirm = {"alert_id": 1, "decision": "confirmed", "ticks": ["vrm", "make", "colour"], "note": "two in it"}
    assert client.post("decide", confirm).status_code == 200
    assert "not answered" in client.post("stop-record", answers).text
    (shown,) = client.post("history").json()["alerts"]
    assert (shown["decided"]["decision"], shown["decided"]["note"], shown["decided"]["stop_recorded"]) == (
        "confirmed", "two in it", False,
    )  # fmt: skip


def test_while_moving_only_acknowledging_works_until_the_passenger_unlocks(client: Client, car: RealDesk) -> None:
    car.see("CC33CCC")
    car.driving = replace(car.driving, speed_mps=20.0)
    car.desk.changed()
    until(lambda: client.post("queue", {"start": 0}).status_code == 403)
    assert client.post("decide", {"alert_id": 1, "decision": "no_action"}).status_code == 403
    assert client.look_up("CC33CCC").status_code == 403
    assert client.http.get(f"/picture/{car.desk.state().alerts[0].moment.overview_picture}").status_code == 403
    assert client.http.get("/live/0").status_code == 403
    assert client.post("acknowledge", {"alert_id": 1}).status_code == 200
    assert car.desk.state().alerts[0].acknowledged_by == OFFICER
    assert client.post("passenger", {"on": True}).json()["seconds"] == 300
    assert client.http.get("/live/0").status_code == 200
    assert Client(client.address).http.get("/live/0").status_code == 403  # another screen is not unlocked
    assert client.post("passenger", {"on": False}).status_code == 200
    assert client.http.get("/live/0").status_code == 403


def test_the_highest_lists_cannot_be_muted_nor_switched_off(client: Client, car: RealDesk) -> None:
    assert client.post("mute", {"list": "No tax", "muted": True}).status_code == 200
    assert client.post("mute", {"list": "Stolen", "muted": True}).status_code in {400, 403}
    assert client.post("mute", {"list": "Op Kestrel", "muted": True}).status_code == 400  # no such list
    assert client.post("list-enabled", {"list": "Stolen", "enabled": False}).status_code in {400, 403}
    assert client.post("list-enabled", {"list": "No tax", "enabled": False}).status_code == 200
    lists = {one.name: (one.muted, one.enabled) for one in car.desk.state().lists}
    assert lists == {"Stolen": (False, True), "No tax": (True, False)}


def test_look_up_and_history_answer_from_lists_and_records(client: Client, car: RealDesk) -> None:
    car.see("CC33CCC", 1, camera="rear", final=True)
    found = client.look_up("cc33 ccc").json()
    assert [(one["list_name"], one["vrm"], one["reason"], one["make"]) for one in found["listed"]] == [
        ("Stolen", "CC33CCC", "Stolen", "FORD")
    ]
    assert [(one["vrm"], one["camera"]["label"]) for one in found["sightings"]] == [("CC33CCC", "Rear")]
    assert client.http.get(f"/picture/{found['sightings'][0]['plate_picture']}").status_code == 200
    client.post("add-entry", {"vrm": "GG77GGG", "list": "", "reason": "failed to stop", "hours": 72})
    for track in range(2, 35):
        car.see("GG77GGG", track, final=True)
        car.pass_time(3600)
        client.post("decide", {"alert_id": track, "decision": "wrong_plate" if track % 3 else "wrong_vehicle"})
    first = client.post("history", {}).json()
    assert [one["alert_id"] for one in first["alerts"]] == list(range(34, 4, -1))
    assert [(rate["camera_id"], rate["right"], rate["misreads"]) for rate in first["misread_rates"]] == [
        ("front", 11, 22)
    ]
    second = client.post("history", {"before": first["next_before"]}).json()
    assert [one["alert_id"] for one in second["alerts"]] == [4, 3, 2]
    assert (second["next_before"], second["misread_rates"]) == (None, [])


def test_a_look_up_says_why(client: Client, car: RealDesk) -> None:
    for body in ({}, {"reason": ""}, {"reason": "because"}):
        answer = client.post("look-up", {"vrm": "CC33CCC", **body})
        assert (answer.status_code, answer.json()["error"]) == (
            400,
            "say why it is looked up: choose one of the reasons",
        )
    assert "search" not in actions(car.audit)
    assert client.look_up("CC33CCC").status_code == 200


def test_who_attended_a_stop_is_the_account_and_no_typed_name(client: Client, car: RealDesk) -> None:
    car.see("CC33CCC")
    picture = car.desk.state().alerts[0].plate_picture
    client.http.get(f"/picture/{picture}")
    client.post("looked", {"alert_id": 1, "picture": picture})
    confirm = {"alert_id": 1, "decision": "confirmed", "ticks": ["vrm", "make", "colour"]}
    assert client.post("decide", confirm).status_code == 200
    typed = {"attended": "PC 9999 Impersonated", "outcome": "Vehicle stopped"}
    assert client.post("stop-record", {"alert_id": 1, "answers": typed}).status_code == 200
    (shown,) = client.post("history").json()["alerts"]
    assert dict(shown["decided"]["stop"])["attended"] == OFFICER
    entered = {entry.action: entry for entry in car.audit.entries()}["stop recorded"]
    assert (entered.actor, entered.detail["attended"]) == (OFFICER, OFFICER)


def test_history_may_leave_faults_out(client: Client, car: RealDesk) -> None:
    for _ in range(40):  # more than a page of them, on the board and of an earlier run
        fault = FaultKind.GPS_UNPLUGGED.fault(car.now)
        car.desk.announce(car.desk.board.raise_fault(fault, car.now))
        car.desk.announce(car.desk.board.clear_fault(fault.name, "", car.now))
    car.see("CC33CCC", final=True)
    (number,) = (alert.alert_id for alert in car.desk.state().alerts)
    client.post("decide", {"alert_id": number, "decision": "no_action"})
    page = client.post("history", {"hits_only": True}).json()
    assert [one["alert_id"] for one in page["alerts"]] == [number]
    assert page["next_before"] is None
    assert len(client.post("history", {}).json()["alerts"]) == 30
    later = car.again()
    assert [view.alert_id for view in later.desk.history(None, 30, hits_only=True).alerts] == [number]
    assert len(later.desk.history(None, 30).alerts) == 30
    later.close()


def test_what_crews_do_is_in_the_audit_and_marks_are_in_no_log(
    client: Client, car: RealDesk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    car.see("CC33CCC")
    client.post("viewed", {"what": "alert", "id": 1})
    client.post("acknowledge", {"alert_id": 1})
    client.look_up("cc33 ccc")
    client.post("add-entry", {"vrm": "CC33CCC", "list": "", "reason": "test", "hours": 4})
    client.post("decide", {"alert_id": 1, "decision": "wrong_plate", "typed_vrm": "CC33 CCD", "note": "muddy"})
    client.post("history", {})
    client.http.get("/live/0")
    client.post("mute", {"list": "No tax", "muted": True})
    client.post("list-enabled", {"list": "No tax", "enabled": False})
    assert actions(car.audit) == [
        "alert viewed", "alert acknowledged", "search", "entry added", "hotlist_add", "decision", "history viewed",
        "live picture viewed", "list muted", "list switched off",
    ]  # fmt: skip
    entries = {entry.action: entry for entry in car.audit.entries()}
    assert entries["search"].detail == {"vrm": "CC33CCC", "reason": WHY}
    assert entries["decision"].detail["typed"] == "CC33CCD"
    assert entries["decision"].actor == OFFICER
    assert car.audit.verify().intact
    assert "CC33" not in caplog.text


def test_nothing_but_acknowledging_is_done_without_its_audit(serve: Serve, car: RealDesk) -> None:
    disk = FullDisk(failing=False)
    client = Client(serve(desk=car.desk, audit=disk).address)
    disk.failing = True
    car.see("CC33CCC")
    until(lambda: client.post("queue", {"start": 0}).status_code == 200)
    assert client.post("decide", {"alert_id": 1, "decision": "no_action"}).status_code == 503
    assert car.store.decisions() == []
    assert "disk full" in client.post("acknowledge", {"alert_id": 1}).json()["warning"]
    assert car.desk.state().alerts[0].acknowledged_by == OFFICER


def test_of_two_screens_that_decide_one_hit_the_second_is_refused_and_not_entered(
    client: Client, car: RealDesk
) -> None:
    car.see("CC33CCC")
    assert client.post("decide", {"alert_id": 1, "decision": "no_action"}).status_code == 200
    other = Client(client.address)
    until(lambda: other.token)
    assert other.post("decide", {"alert_id": 1, "decision": "wrong_plate"}).status_code == 400
    entered = [one.detail["decision"] for one in car.audit.entries() if one.action == "decision"]
    assert entered == ["no_action"]
    assert car.store.connection.execute("SELECT decision FROM decisions").fetchall() == [("no_action",)]
    assert client.post("add-entry", {"vrm": "GG77GGG", "list": "", "reason": "x", "hours": 4}).status_code == 200
    assert client.post("list-enabled", {"list": "Stolen", "enabled": False}).status_code == 400
    assert "list switched off" not in [one.action for one in car.audit.entries()]


@pytest.fixture
def armed(car: RealDesk) -> RealDesk:
    """The car with a list of vehicles that are not to be stopped without armed support."""
    import_marks(car.folder, ListSettings("Firearms", priority=90), "EY19KBV", markers="FI", make="BMW", colour="")
    import_marks(car.folder, ListSettings("Local"), "EY19K8V", reason="Stolen", action="STOP")
    import_marks(car.folder, COVERT, "EY19K3V")
    car.matcher.refresh()
    return car


def look_at(client: Client, car: RealDesk, alert_id: int) -> None:
    view = car.desk.alert(alert_id)
    assert view is not None
    client.http.get(f"/picture/{view.plate_picture}")
    assert client.post("looked", {"alert_id": alert_id, "picture": view.plate_picture}).status_code == 200


def test_a_hidden_mark_is_sent_to_nobody_who_has_not_typed_it(client: Client, armed: RealDesk) -> None:
    armed.see("EY19KBV", doubts={5: {"B": 0.85, "8": 0.15}})
    (sent,) = client.post("queue", {"start": 0}).json()["alerts"]
    assert (sent["list_vrm"], sent["typing"]) == ("EY19K_V", {"count": 1, "whole": False})
    assert "EY19KBV" not in json.dumps(sent)
    typed = {"alert_id": 1, "typed": "b"}
    assert "not on screen" in client.post("typed", typed).text
    look_at(client, armed, 1)
    assert "1 characters are blank" in client.post("typed", {"alert_id": 1, "typed": "BB"}).text
    other = client.post("typed", {"alert_id": 1, "typed": "8"}).json()
    assert (other["agrees"], other["vrm"], other["shown"]) == (False, "EY19K8V", None)
    assert [(one["list_name"], one["instruction"]) for one in other["listed"]] == [
        ("Local", "Stop")
    ]  # all lists, at once
    covert = client.post("typed", {"alert_id": 1, "typed": "3"}).json()
    assert (covert["agrees"], covert["listed"]) == (False, [])
    confirm = {"alert_id": 1, "decision": "confirmed", "ticks": ["vrm", "make"]}
    assert client.post("decide", confirm).status_code == 403
    right = client.post("typed", typed).json()
    assert right["agrees"]
    assert (right["shown"]["list_vrm"], right["shown"]["cells"][5]["listed"]) == ("EY19KBV", "B")
    assert client.post("decide", {**confirm, "ticks": ["vrm"]}).status_code == 403
    assert client.post("decide", confirm).status_code == 200  # the list gives no colour
    assert "nothing of this alert is hidden" in client.post("typed", typed).text
    (shown,) = client.post("history").json()["alerts"]
    assert (shown["list_vrm"], shown["typing"]) == ("EY19KBV", None)
    told = [entry.detail for entry in armed.audit.entries() if entry.action == "plate typed"]
    assert [(one["typed"], one["agrees"]) for one in told] == [("EY19K8V", "no"), ("EY19K3V", "no"), ("EY19KBV", "yes")]


def test_the_desk_refuses_by_itself_what_was_not_typed(armed: RealDesk) -> None:
    armed.see("EY19KBV")
    look = Look("v", "EY19KBV", "EY19KBV", armed.now)
    ticks = frozenset({"vrm", "make"})
    with pytest.raises(AccessDenied, match="not typed"):
        armed.desk.decide(1, Choice(Decision.CONFIRMED, ticks=ticks, look=look), "x")
    armed.desk.decide(1, Choice(Decision.CONFIRMED, ticks=ticks, look=replace(look, typed_vrm="EY19KBV")), "x")


def test_characters_are_typed_in_a_standing_car_alone(client: Client, armed: RealDesk) -> None:
    armed.see("EY19KBV")
    look_at(client, armed, 1)
    armed.driving = replace(armed.driving, speed_mps=20.0)
    armed.desk.changed()
    until(lambda: client.post("queue", {"start": 0}).status_code == 403)
    client.post("passenger", {"on": True})
    assert "the car is moving" in client.post("typed", {"alert_id": 1, "typed": "EY1"}).text
