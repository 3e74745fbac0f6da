"""What crews may do, by the server's own rules, and what the audit says of it."""

from collections.abc import Callable

import pytest

from anpr.audit import AuditLog
from anpr.screen.server import ScreenServer
from tests.anpr.screen.client import Client, actions
from tests.anpr.screen.conftest import FullDisk, until
from tests.anpr.screen.desk import MemoryDesk

Serve = Callable[..., ScreenServer]


def test_confirming_is_refused_by_the_server_without_look_and_ticks(serve: Serve, desk: MemoryDesk) -> None:
    client = Client(serve().address)
    until(lambda: client.post("queue", {"start": 0}).status_code == 200)
    number = desk.hit("AB51CDE")
    picture = desk.alerts[number].plate_picture
    confirm = {"alert_id": number, "decision": "confirmed", "ticks": ["vrm", "make", "colour"]}
    assert client.post("decide", confirm).status_code == 403
    # saying so is not enough: the picture must have been sent to this very screen
    assert client.post("looked", {"alert_id": number, "picture": picture}).status_code == 403
    assert client.post("looked", {"alert_id": number, "picture": "forged"}).status_code == 403
    other = Client(client.address)
    assert other.http.get(f"/picture/{picture}").status_code == 200
    assert client.post("looked", {"alert_id": number, "picture": picture}).status_code == 403
    assert client.http.get(f"/picture/{picture}").headers["content-type"] == "image/jpeg"
    assert client.post("looked", {"alert_id": number, "picture": picture}).status_code == 200
    assert client.post("decide", {**confirm, "ticks": ["vrm", "make"]}).status_code == 403
    assert other.post("decide", confirm).status_code == 403
    desk.revise(number, read_vrm="AB51CDF")
    assert client.post("decide", confirm).status_code == 403
    desk.revise(number, read_vrm="AB51CDE")
    assert client.post("decide", confirm).status_code == 200
    assert desk.choices[number][1] == "tablet"
    assert client.post("decide", confirm).status_code == 400


def test_while_moving_only_acknowledging_works_until_the_passenger_unlocks(serve: Serve, desk: MemoryDesk) -> None:
    client = Client(serve().address)
    number = desk.hit("AB51CDE")
    desk.drive(20.0)
    until(lambda: client.post("queue", {"start": 0}).status_code == 403)
    assert client.post("decide", {"alert_id": number, "decision": "no_action"}).status_code == 403
    assert client.post("look-up", {"vrm": "AB51CDE"}).status_code == 403
    assert client.http.get(f"/picture/{desk.alerts[number].overview_picture}").status_code == 403
    assert client.http.get("/live/0").status_code == 403
    assert client.post("acknowledge", {"alert_id": number}).status_code == 200
    assert desk.alerts[number].acknowledged_by == "tablet"
    assert client.post("passenger", {"on": True}).json()["seconds"] == 300
    assert client.http.get("/live/0").status_code == 200
    assert Client(client.address).http.get("/live/0").status_code == 403  # another screen is not unlocked
    assert client.post("passenger", {"on": False}).status_code == 200
    assert client.http.get("/live/0").status_code == 403


def test_the_highest_lists_cannot_be_muted(serve: Serve, desk: MemoryDesk) -> None:
    client = Client(serve().address)
    until(lambda: client.post("mute", {"list": "No tax", "muted": True}).status_code == 200)
    assert client.post("mute", {"list": "PNC stolen", "muted": True}).status_code == 403
    assert desk.muted == {"No tax"}
    assert client.post("list-enabled", {"list": "PNC stolen", "enabled": False}).status_code == 403


def test_what_crews_do_is_in_the_audit_and_marks_are_in_no_log(
    serve: Serve, desk: MemoryDesk, audit: AuditLog, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    client = Client(serve().address)
    until(lambda: client.post("queue", {"start": 0}).status_code == 200)
    number = desk.hit("QX51CDE")
    client.post("viewed", {"what": "alert", "id": number})
    client.post("acknowledge", {"alert_id": number})
    client.post("look-up", {"vrm": "qx51 cde"})
    client.post("add-entry", {"vrm": "QX51CDE", "list": "Local VOI", "reason": "test", "hours": 4})
    client.post("decide", {"alert_id": number, "decision": "wrong_plate", "typed_vrm": "QX51 CDF", "note": "muddy"})
    client.post("history", {})
    client.http.get("/live/0")
    client.post("mute", {"list": "No tax", "muted": True})
    client.post("list-enabled", {"list": "No tax", "enabled": False})
    done = [
        "alert viewed", "alert acknowledged", "search", "entry added", "decision", "history viewed",
        "live picture viewed", "list muted", "list switched off",
    ]  # fmt: skip
    assert actions(audit) == done
    entries = {entry.action: entry for entry in audit.entries()}
    assert entries["search"].detail == {"vrm": "QX51CDE"}
    assert entries["decision"].detail["typed"] == "QX51CDF"
    assert entries["decision"].actor == "tablet"
    assert audit.verify().intact
    assert "QX51" not in caplog.text


def test_nothing_but_acknowledging_is_done_without_its_audit(serve: Serve, desk: MemoryDesk) -> None:
    client = Client(serve(audit=FullDisk()).address)
    number = desk.hit("AB51CDE")
    until(lambda: client.post("queue", {"start": 0}).status_code == 200)
    assert client.post("decide", {"alert_id": number, "decision": "no_action"}).status_code == 503
    assert desk.alerts[number].decided is None
    assert "disk full" in client.post("acknowledge", {"alert_id": number}).json()["warning"]
    assert desk.alerts[number].acknowledged_by == "tablet"
