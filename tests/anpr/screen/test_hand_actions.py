"""What crews type on the screen, by the server's rules, on a real desk: entries, marks of pictures, half-typed notes."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from anpr.errors import StoreError
from anpr.screen.server import ScreenServer
from tests.anpr.real_desk import RealDesk
from tests.anpr.screen.client import OFFICER, Client, actions
from tests.anpr.screen.conftest import until

Serve = Callable[..., ScreenServer]


@pytest.fixture
def client(serve: Serve, car: RealDesk) -> Client:
    """A screen of the real desk, in a car that stands."""
    opened = Client(serve(desk=car.desk, audit=car.audit).address)
    until(lambda: opened.post("queue", {"start": 0}).status_code == 200)
    return opened


def test_a_capture_is_typed_matched_recorded_and_audited(client: Client, car: RealDesk) -> None:
    frozen = client.post("capture", {"camera": 1}).json()
    assert (frozen["camera"]["label"], frozen["offers"]) == ("Rear", [])
    assert client.http.get(f"/picture/{frozen['picture']}").status_code == 200
    keep = {"capture_id": frozen["capture_id"], "vrm": "cc33 ccc", "plate_at": [0.4, 0.6]}
    for wrong in ({"vrm": "CC?3CCC"}, {"vrm": ""}, {"plate_at": [0.4]}, {"plate_at": [0.4, 1.2]}, {"capture_id": "1"}):
        assert client.post("capture-keep", {**keep, **wrong}).status_code == 400
    (alert,) = client.post("capture-keep", keep).json()["alerts"]
    assert (alert["list_vrm"], alert["typed_by"], alert["camera"]["label"]) == ("CC33CCC", OFFICER, "Rear")
    assert client.post("capture-keep", keep).status_code == 400  # once is enough
    assert client.post("capture", {"camera": 2}).status_code == 400
    found = client.look_up("CC33*").json()
    assert [one["typed_by"] for one in found["sightings"]] == [OFFICER]
    entries = {entry.action: entry.detail for entry in car.audit.entries()}
    assert entries["picture captured"] == {"camera": "rear"}
    assert entries["sighting made by hand"] == {"capture": str(frozen["capture_id"]), "vrm": "CC33CCC"}


def test_a_read_of_the_strip_is_corrected_and_audited_with_both_marks(client: Client, car: RealDesk) -> None:
    car.see("CC33CCD", 7, final=True)
    until(lambda: client.post("correct", {"sighting_id": 7, "vrm": "CC33-CC?"}).status_code == 400)
    (alert,) = client.post("correct", {"sighting_id": 7, "vrm": "CC33 CCC"}).json()["alerts"]
    assert (alert["list_vrm"], alert["engine_read"]) == ("CC33CCC", "CC33CCD")
    assert client.post("correct", {"sighting_id": 8, "vrm": "CC33CCC"}).status_code == 400
    corrected = [entry.detail for entry in car.audit.entries() if entry.action == "read corrected"]
    assert corrected[0] == {"sighting": "7", "read": "CC33CCD", "typed": "CC33CCC"}


def test_a_wrong_plate_is_told_only_with_a_mark_that_a_plate_can_have(client: Client, car: RealDesk) -> None:
    car.see("CC33CCC", 1, final=True)
    wrong = {"alert_id": 1, "decision": "wrong_plate", "typed_vrm": "DD44DD?"}
    assert "letters and digits" in client.post("decide", wrong).json()["error"]
    assert client.post("decide", {**wrong, "typed_vrm": "dd44 ddd"}).status_code == 200
    assert [one.list_vrm for one in car.desk.state().alerts] == ["DD44DDD"]


def test_what_is_typed_while_the_lists_cannot_be_read_is_done_and_said_to_be_matched_later(
    client: Client, car: RealDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise StoreError("the hotlists file cannot be read: check the disk")

    car.see("CC33CCC", 1, final=True)
    with monkeypatch.context() as patch:
        patch.setattr(car.matcher, "match", broken)
        answer = client.post("decide", {"alert_id": 1, "decision": "wrong_plate", "typed_vrm": "DD44DDD"}).json()
    assert "matched as soon as" in answer["warning"]
    assert [one["decided"]["decision"] for one in answer["alerts"]] == ["wrong_plate"]
    assert [entry.action for entry in car.audit.entries() if entry.action in {"decision", "not done"}] == ["decision"]
    car.desk.hand.settle(car.now)
    assert [one.list_vrm for one in car.desk.state().alerts] == ["DD44DDD"]


def test_nothing_is_captured_or_corrected_while_the_car_moves(client: Client, car: RealDesk) -> None:
    car.driving = replace(car.driving, speed_mps=20.0)
    car.desk.changed()
    until(lambda: client.post("capture", {"camera": 0}).status_code == 403)
    assert client.post("correct", {"sighting_id": 7, "vrm": "CC33CCC"}).status_code == 403
    assert "read corrected" not in actions(car.audit)


def test_an_entry_takes_all_that_is_known_of_a_vehicle(client: Client, car: RealDesk) -> None:
    known = {"make": "FORD", "model": "FOCUS", "colour": "RED", "action": "SILENT", "markers": "VI FI", "information": "two in it"}  # fmt: skip
    entry = {"vrm": "GG77GGG", "list": "", "reason": "failed to stop", "hours": 4, **known}
    assert client.post("add-entry", {**entry, "reason": " "}).status_code == 400
    assert client.post("add-entry", {**entry, "hours": 0}).status_code == 400
    assert client.post("add-entry", entry).status_code == 200
    (found,) = client.look_up("GG77GGG").json()["listed"]
    assert found["list_name"] == "Crew list"
    assert {name: found[name] for name in known} == known
    (added,) = [one.detail for one in car.audit.entries() if one.action == "entry added"]
    assert added.items() >= {"vrm": "GG77GGG", "reason": "failed to stop", **known}.items()


def test_a_pattern_that_is_too_wide_is_refused_in_one_sentence(client: Client, car: RealDesk) -> None:
    answer = client.look_up("C*")
    assert answer.status_code == 400
    assert answer.json()["error"] == "this would find too much: type at least 2 letters or digits beside ? and *"


def test_half_typed_notes_are_kept_for_whoever_types_them(client: Client, car: RealDesk) -> None:
    car.see("CC33CCC", 1, final=True)
    draft = {"alert_id": 1, "field": "note", "text": "two in\u202e it"}
    for wrong in ({"alert_id": 9}, {"field": "No such"}, {"text": "x" * 501}, {"text": None}):
        assert client.post("draft", {**draft, **wrong}).status_code == 400
    assert client.post("draft", draft).status_code == 200
    until(lambda: client.post("drafts", {"alert_id": 1}).json() == {"fields": {"note": "two in\ufffd it"}})
    client.post("decide", {"alert_id": 1, "decision": "no_action"})
    assert client.post("drafts", {"alert_id": 1}).json() == {"fields": {}}


def test_all_but_the_highest_lists_are_muted_at_once_and_back(client: Client, car: RealDesk) -> None:
    assert client.post("mute-all", {"muted": True}).status_code == 200
    assert {one.name: one.muted for one in car.desk.state().lists} == {"Stolen": False, "No tax": True}
    until(lambda: client.post("mute-all", {"muted": False}).status_code == 200 and not any(one.muted for one in car.desk.state().lists))  # fmt: skip
    told = [(entry.action, entry.detail) for entry in car.audit.entries() if "muted" in entry.action]
    assert told[0] == ("all lists but the highest muted", {"lists": "No tax"})
    assert "Op Kestrel" not in str(told)
