"""Whose it is what is done at a screen, for every action that there is."""

from collections.abc import Callable

import pytest

from anpr.errors import AccessDenied
from anpr.screen.actions import ALSO_WHILE_DRIVING
from anpr.screen.server import ScreenServer
from anpr.screen.sessions import NOBODY, Session, Sessions
from anpr.screen.whose import TOGETHER, WITHOUT_LOGIN, NotLoggedIn, WhoseIsIt, acting
from anpr.trust.accounts import CrewAccounts
from anpr.trust.audit import AuditLog
from tests.anpr.screen.client import COLLAR, OFFICER, WHY, Client, actions
from tests.anpr.screen.conftest import until
from tests.anpr.screen.desk import MemoryDesk

Serve = Callable[..., ScreenServer]

OTHER = "5678 B. Constable"
OTHER_PIN = "480275"


def at_tablet(*collars: str) -> Session:
    sessions = Sessions(lambda: 0.0, idle_s=300, longest_s=3600)
    _, session = sessions.begin(at_tablet=True)
    for collar in collars:
        sessions.log_in(session, collar, "Name")
    return session


def test_before_a_login_alerts_are_seen_and_muted_and_nothing_else_is_done() -> None:
    nobody = at_tablet()
    for action in WITHOUT_LOGIN:
        assert acting(action, nobody, "").actor == NOBODY
    for action in (*TOGETHER, "decide", "look-up", "lock", "anything"):
        with pytest.raises(NotLoggedIn):
            acting(action, nobody, "1234")


def test_a_deed_is_that_of_the_one_officer_who_is_there() -> None:
    one = at_tablet("1234")
    assert acting("decide", one, "").actor == "1234 Name"
    with pytest.raises(AccessDenied, match="not logged in here"):
        acting("decide", one, "9999")


def test_of_two_each_deed_asks_whose_it_is_and_what_is_looked_at_is_both_ones() -> None:
    two = at_tablet("1234", "5678")
    for action in ("decide", "look-up", "lock", "typed", "anything that a later version adds"):
        with pytest.raises(WhoseIsIt) as asked:
            acting(action, two, "")
        assert [officer.collar for officer in asked.value.officers] == ["1234", "5678"]
        assert acting(action, two, "5678").actor == "5678 Name"
    for action in (*TOGETHER, *WITHOUT_LOGIN):
        assert acting(action, two, "").actor == "1234 Name, 5678 Name"


def test_no_name_is_of_an_action_that_is_not_there(serve: Serve, desk: MemoryDesk) -> None:
    client = Client(serve().address)
    until(lambda: client.post("queue", {"start": 0}).status_code == 200)
    for action in (*WITHOUT_LOGIN, *TOGETHER, *ALSO_WHILE_DRIVING):
        assert "no such action" not in client.post(action, {"on": True}).text, action


def test_any_program_on_the_tablet_does_nothing_but_what_alerts_need(
    serve: Serve, desk: MemoryDesk, audit: AuditLog
) -> None:
    program = Client(serve().address, logged_in=False)
    number = desk.hit("AB51CDE")
    picture = desk.alerts[number].plate_picture
    until(lambda: program.post("acknowledge", {"alert_id": number}).status_code == 200)
    assert desk.alerts[number].acknowledged_by == NOBODY
    assert program.post("mute", {"list": "No insurance", "muted": True}).status_code == 200
    named = {"x-patrol-officer": COLLAR}
    bodies: dict[str, object] = {
        "decide": {"alert_id": number, "decision": "no_action"}, "look-up": {"vrm": "AB51CDE", "reason": WHY},
        "passenger": {"on": True}, "history": {}, "queue": {"start": 0}, "capture": {"camera": 0},
        "add-entry": {"vrm": "AB51CDE", "list": "", "reason": "x", "hours": 1},
        "stop-record": {"alert_id": number, "answers": {"attended": "PC 9999"}},
    }  # fmt: skip
    for action, body in bodies.items():
        assert program.post(action, body).status_code == 401, action
        assert program.post(action, body, **named).status_code == 401, action
    for address in (f"/picture/{picture}", "/live/0"):
        assert program.http.get(address).status_code == 401
    assert (desk.choices, desk.added, desk.stops) == ({}, [], {})
    assert actions(audit) == ["alert acknowledged", "list muted"]
    assert {entry.actor for entry in audit.entries()} == {NOBODY}


def test_the_feed_before_a_login_has_the_alerts_and_no_sighting(serve: Serve, desk: MemoryDesk) -> None:
    desk.hit("AB51CDE")
    desk.sight("CD52EFG")
    address = serve().address
    until(lambda: "AB51CDE" in _state(Client(address, logged_in=False)))
    assert "CD52EFG" not in _state(Client(address, logged_in=False))
    assert "CD52EFG" in _state(Client(address))


def _state(client: Client) -> str:
    with client.feed() as messages:
        while '"t":"state"' not in (text := str(messages.recv(20))):
            continue
        return text


def test_two_officers_at_one_tablet_and_the_name_in_record_and_audit_is_that_of_the_account(
    serve: Serve, desk: MemoryDesk, audit: AuditLog, accounts: CrewAccounts
) -> None:
    accounts.add("5678", "B. Constable", OTHER_PIN)
    accounts.add("9999", "C. Constable", OTHER_PIN)
    client = Client(serve().address)
    answer = client.log_in("5678", OTHER_PIN)
    assert [one["collar"] for one in answer.json()["officers"]] == [COLLAR, "5678"]
    assert client.log_in("9999", OTHER_PIN).status_code == 400
    number = desk.hit("AB51CDE")
    until(lambda: client.post("queue", {"start": 0}).status_code == 200)
    body = {"alert_id": number, "decision": "no_action"}
    asked = client.post("decide", body)
    assert (asked.status_code, [one["name"] for one in asked.json()["whose"]]) == (
        409,
        ["A. Constable", "B. Constable"],
    )
    assert client.post("decide", body, **{"x-patrol-officer": "9999"}).status_code == 403
    assert desk.choices == {}
    assert client.post("decide", body, **{"x-patrol-officer": "5678"}).status_code == 200
    assert client.post("look-up", {"vrm": "AB51CDE", "reason": WHY}).status_code == 409  # nothing remembers it
    assert desk.choices[number][1] == OTHER
    assert [entry.actor for entry in audit.entries() if entry.action == "decision"] == [OTHER]
    assert client.post("history", {}).status_code == 200
    assert [entry.actor for entry in audit.entries() if entry.action == "history viewed"] == [f"{OFFICER}, {OTHER}"]
    assert client.post("lock", {}, **{"x-patrol-officer": COLLAR}).status_code == 200
    assert [one["collar"] for one in client.http.get("/api/session").json()["officers"]] == ["5678"]


def test_wrong_pins_at_the_tablet_lock_the_tablet_and_no_device_on_the_network(network: ScreenServer) -> None:
    tablet = Client(network.address, logged_in=False)
    said = [tablet.log_in(pin=f"{n:06d}").json()["error"] for n in range(7)]
    assert "locked" in said[-1]
    assert network.network_address is not None
    assert Client(network.network_address).log_in().status_code == 200


def test_a_car_without_accounts_says_so_and_alerts_all_the_same(
    serve: Serve, desk: MemoryDesk, accounts: CrewAccounts
) -> None:
    accounts.remove(COLLAR)
    client = Client(serve().address, logged_in=False)
    number = desk.hit("AB51CDE")
    until(lambda: not client.http.get("/api/session").json()["accounts"])
    assert client.log_in().status_code == 403
    assert client.post("acknowledge", {"alert_id": number}).status_code == 200
    accounts.add(COLLAR, "A. Constable", OTHER_PIN)
    until(lambda: client.http.get("/api/session").json()["accounts"])
    assert client.log_in(pin=OTHER_PIN).status_code == 200


def test_a_demonstrations_officer_is_logged_in_by_itself_on_the_tablet_alone(
    serve: Serve, audit: AuditLog, accounts: CrewAccounts
) -> None:
    (member,) = accounts.members()
    server = serve(by_itself=member)
    client = Client(server.address, logged_in=False)
    until(lambda: client.post("queue", {"start": 0}).status_code == 200)
    assert client.http.get("/api/session").json()["by_itself"]
    assert [entry.detail["why"] for entry in audit.entries() if entry.action == "logged in"] == [
        "demonstration: by itself"
    ]
