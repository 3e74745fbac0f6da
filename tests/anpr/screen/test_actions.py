"""What crews may do, by the server's own rules, and what becomes of it: on a real desk, lists and records."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from anpr.screen.server import ScreenServer
from tests.anpr.real_desk import RealDesk
from tests.anpr.screen.client import Client, actions
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
    assert client.post("decide", confirm).status_code == 200
    assert client.post("decide", confirm).status_code == 400
    assert car.store.connection.execute("SELECT camera_id, decision, actor FROM decisions").fetchall() == [
        ("rear", "confirmed", "tablet")
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
    assert client.post("look-up", {"vrm": "CC33CCC"}).status_code == 403
    assert client.http.get(f"/picture/{car.desk.state().alerts[0].moment.overview_picture}").status_code == 403
    assert client.http.get("/live/0").status_code == 403
    assert client.post("acknowledge", {"alert_id": 1}).status_code == 200
    assert car.desk.state().alerts[0].acknowledged_by == "tablet"
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
    found = client.post("look-up", {"vrm": "cc33 ccc"}).json()
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


def test_what_crews_do_is_in_the_audit_and_marks_are_in_no_log(
    client: Client, car: RealDesk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    car.see("CC33CCC")
    client.post("viewed", {"what": "alert", "id": 1})
    client.post("acknowledge", {"alert_id": 1})
    client.post("look-up", {"vrm": "cc33 ccc"})
    client.post("add-entry", {"vrm": "CC33CCC", "list": "Local VOI", "reason": "test", "hours": 4})
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
    assert entries["search"].detail == {"vrm": "CC33CCC"}
    assert entries["decision"].detail["typed"] == "CC33CCD"
    assert entries["decision"].actor == "tablet"
    assert car.audit.verify().intact
    assert "CC33" not in caplog.text


def test_nothing_but_acknowledging_is_done_without_its_audit(serve: Serve, car: RealDesk) -> None:
    client = Client(serve(desk=car.desk, audit=FullDisk()).address)
    car.see("CC33CCC")
    until(lambda: client.post("queue", {"start": 0}).status_code == 200)
    assert client.post("decide", {"alert_id": 1, "decision": "no_action"}).status_code == 503
    assert car.store.decisions() == []
    assert "disk full" in client.post("acknowledge", {"alert_id": 1}).json()["warning"]
    assert car.desk.state().alerts[0].acknowledged_by == "tablet"


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
    assert client.post("add-entry", {"vrm": "GG77GGG", "list": "Stolen", "reason": "x", "hours": 4}).status_code == 200
    assert client.post("list-enabled", {"list": "Stolen", "enabled": False}).status_code == 400
    assert "list switched off" not in [one.action for one in car.audit.entries()]
