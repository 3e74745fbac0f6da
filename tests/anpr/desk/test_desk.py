"""The crew's desk on real parts: what a screen is shown, and what becomes of what a crew does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from anpr.alerting.decisions import AGREEMENTS, Choice, Decision, Look
from anpr.alerting.lifecycle import AlertSettings
from anpr.config.data_folder import hotlists_db
from anpr.engine.engine import MatchedSighting, Step
from anpr.errors import AccessDenied, InputError, StoreError, UserError
from anpr.records.alerts import undecided
from anpr.records.retention import Retention
from anpr.screen.hand_port import NewEntry
from anpr.screen.port import FURTHER_UNSEEN, QUEUE_WINDOW
from anpr.values import Hidden, Sighting
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore
from tests.anpr.alerting.test_board import consider, hit, sighting
from tests.anpr.real_desk import START, RealDesk, import_marks


def raised(car: RealDesk, track: int, vrm: str, p: float = 0.9) -> int:
    """Raise an alert past the matcher, for tests of many."""
    consider(car.desk.board, sighting(track), hit(p, vrm), after_s=track)
    return car.desk.board.queue()[-1].alert_id


def test_a_long_queue_of_seen_alerts_hides_no_new_one(car: RealDesk) -> None:
    for track in range(1, 101):
        car.desk.board.acknowledge(raised(car, track, f"AB{track}"), START)
    assert car.desk.state().unseen == ()
    new = raised(car, 101, "NEW1")
    state = car.desk.state()
    assert (len(state.alerts), state.waiting) == (QUEUE_WINDOW, 101)
    assert [a.alert_id for a in state.unseen] == [new]
    for track in range(102, 200):
        raised(car, track, f"AB{track}")
    beyond = [a.alert_id for a in car.desk.state().unseen]
    assert beyond == [*range(101, 101 + FURTHER_UNSEEN), *range(200 - FURTHER_UNSEEN, 200)]


def test_what_was_acknowledged_asks_again_when_evidence_changes_it(car: RealDesk) -> None:
    doubts = {6: {"C": 0.85, "D": 0.1}}
    import_marks(car.folder, ListSettings("pair", threshold=0.5), "AB12CDC", "AB12CDD")
    car.matcher.refresh()
    car.see("AB12CDC", doubts=doubts)
    car.desk.acknowledge(1, "tablet")
    assert car.desk.state().alerts[0].acknowledged_by == "tablet"
    car.see("AB12CDD", reads=2)
    assert (car.desk.state().alerts[0].acknowledged_by, car.desk.state().alerts[0].list_vrm) == ("", "AB12CDD")
    car.desk.acknowledge(1, "tablet")
    car.see("ZZ99ZZZ", reads=3)
    assert (car.desk.state().alerts[0].acknowledged_by, car.desk.state().alerts[0].state) == ("", "withdrawn")
    car.desk.acknowledge(1, "tablet")  # and does not look like a live hit again
    assert (car.desk.state().alerts[0].acknowledged_by, car.desk.state().alerts[0].state) == ("tablet", "withdrawn")


def test_the_time_from_grab_to_alert_is_measured_once_for_each_alert(car: RealDesk) -> None:
    car.see("CC33CCC")
    car.see("CC33CCC", reads=2)
    car.see("CC33CCC", reads=3, final=True)
    car.see("DD44DDD", 2, final=True)  # raised and confirmed at once
    assert car.engine.latencies.percentiles()["grab_to_alert"].count == 2


def test_the_time_from_grab_to_paint_is_what_a_screen_measured(car: RealDesk) -> None:
    car.desk.painted(1, 80.0)
    car.desk.painted(2, 80.0)
    painted = car.engine.latencies.percentiles()["grab_to_paint"]
    assert (painted.p50_ms, painted.count) == (80.0, 2)


def test_a_second_decision_is_refused(car: RealDesk) -> None:
    car.see("CC33CCC")
    car.desk.decide(1, Choice(Decision.NO_ACTION), "tablet")
    with pytest.raises(InputError, match="decided already"):
        car.desk.decide(1, Choice(Decision.WRONG_PLATE), "1234")
    assert car.desk.history(None, 10).alerts[0].decided.actor == "tablet"  # type: ignore[union-attr]


def test_a_confirmation_and_its_stop_are_recorded_and_told_after_a_restart(car: RealDesk) -> None:
    car.see("CC33CCC")
    look = Look("screen", "CC33CCC", "CC33CCC", START)
    confirm = Choice(Decision.CONFIRMED, ticks=frozenset(AGREEMENTS), look=look, note="two in the car")
    with pytest.raises(AccessDenied):
        car.desk.decide(1, replace(confirm, look=replace(look, read_vrm="CC33CCD")), "1234")
    with pytest.raises(InputError, match="confirm it first"):
        car.desk.record_stop(1, {"arrested": "yes"}, "1234")
    car.desk.decide(1, confirm, "1234")
    car.desk.record_stop(1, {"arrested": "yes"}, "1234")
    later = car.again()
    (alert,) = later.desk.history(None, 5).alerts
    made = alert.decided
    assert made is not None
    assert (made.decision, made.note, made.actor, made.stop_recorded) == ("confirmed", "two in the car", "1234", True)
    assert datetime.fromisoformat(made.decided_utc) == car.now
    later.close()


def test_a_stop_is_recorded_after_a_restart_too(car: RealDesk) -> None:
    car.see("CC33CCC", 1, camera="rear", final=True)
    view = car.desk.state().alerts[0]
    look = Look("screen", view.read_vrm, view.list_vrm, car.now, view.list_vrm)
    car.desk.decide(1, Choice(Decision.CONFIRMED, ticks=frozenset(AGREEMENTS), look=look), "tablet")
    car.see("DD44DDD", 2, final=True)
    car.desk.decide(2, Choice(Decision.NO_ACTION), "tablet")
    later = car.again()
    later.desk.record_stop(1, {"outcome": "Not found"}, "tablet")
    told = later.desk.alert(1)
    assert told is not None
    assert told.decided is not None
    assert (told.decided.stop_recorded, told.decided.stop) == (True, (("outcome", "Not found"),))
    for number in (2, 99):
        with pytest.raises(InputError, match="confirm it first"):
            later.desk.record_stop(number, {}, "tablet")
    later.close()


def test_a_decision_counts_for_the_camera_that_saw_the_plate(car: RealDesk) -> None:
    car.see("CC33CCC", 1, camera="rear", final=True)
    car.see("DD44DDD", 2, camera="front", final=True)
    car.desk.decide(1, Choice(Decision.WRONG_PLATE), "tablet")
    car.desk.decide(2, Choice(Decision.WRONG_VEHICLE), "tablet")
    assert sorted(car.store.decisions()) == [("front", "wrong_vehicle"), ("rear", "wrong_plate")]
    rates = {rate.camera_id: (rate.right, rate.misreads) for rate in car.desk.misread_rates()}
    assert rates == {"front": (1, 0), "rear": (0, 1)}


def test_a_decision_after_a_restart_counts_for_the_camera_that_saw_the_plate(car: RealDesk) -> None:
    car.see("CC33CCC", 1, camera="rear", final=True)
    later = car.again()
    later.see("DD44DDD", 1, camera="front")
    later.desk.decide(1, Choice(Decision.WRONG_PLATE), "tablet")
    assert later.store.decisions() == [("rear", "wrong_plate")]
    later.close()


def test_decisions_outlive_their_sightings_by_the_time_that_alerts_are_kept(car: RealDesk) -> None:
    car.see("CC33CCC", final=True)
    car.desk.decide(1, Choice(Decision.WRONG_PLATE), "tablet")
    for days, sightings, decisions in ((6, 1, 1), (10, 0, 1), (30, 0, 1), (32, 0, 0)):
        car.pass_time((days - (car.now - START).days) * 86_400)
        car.recorder.retention = Retention()
        car.recorder.upkeep({})
        assert len(car.store.sightings_of("CC33CCC")) == sightings, days
        assert len(car.store.decisions()) == decisions, days


def test_of_a_purged_sighting_the_history_keeps_the_decision(car: RealDesk) -> None:
    car.see("CC33CCC", final=True)
    car.desk.decide(1, Choice(Decision.WRONG_PLATE, note="mud"), "tablet")
    car.pass_time(10 * 86_400)
    car.recorder.upkeep({})
    later = car.again()
    (alert,) = later.desk.history(None, 5).alerts
    assert (alert.read_vrm, alert.listed, alert.decided and alert.decided.note) == ("", (), "mud")
    later.close()


def test_the_history_outlives_a_restart_and_shows_what_nobody_decided(car: RealDesk) -> None:
    for track, vrm in enumerate(("CC33CCC", "DD44DDD", "EE55EEE"), start=1):
        car.see(vrm, track, final=True)
    car.desk.decide(2, Choice(Decision.NO_ACTION, note="known"), "tablet")
    assert [a.alert_id for a in car.desk.history(None, 10).alerts] == [2]  # the others wait
    car.desk.decide(1, Choice(Decision.NO_ACTION), "tablet")
    later = car.again()
    first = later.desk.history(None, 1)
    assert [(a.alert_id, a.list_vrm, a.decided and a.decided.note) for a in first.alerts] == [(2, "DD44DDD", "known")]
    second = later.desk.history(first.next_before, 1)
    assert [a.alert_id for a in second.alerts] == [1]
    assert second.next_before is None
    assert later.desk.history(1, 2).alerts == ()
    later.close()


def test_what_nobody_decided_is_in_the_queue_again_after_a_restart(car: RealDesk) -> None:
    for track, vrm in enumerate(("CC33CCC", "DD44DDD", "EE55EEE"), start=1):
        car.see(vrm, track, final=True)
    car.desk.acknowledge(1, "tablet")
    car.desk.decide(2, Choice(Decision.NO_ACTION), "tablet")
    before = {a.alert_id: a for a in car.desk.state().alerts}
    second = car.again()
    after = {a.alert_id: a for a in second.desk.state().alerts}
    assert list(after) == [1, 3]
    assert (bool(after[1].acknowledged_by), after[3].acknowledged_by) == (True, "")
    for number, alert in after.items():
        old = before[number]
        for name in ("list_vrm", "listed", "priority", "raised_utc", "steps", "camera_id"):
            assert getattr(alert, name) == getattr(old, name), name
        assert replace(alert.moment, cells=()) == replace(old.moment, cells=())
        assert [cell.agreement for cell in alert.moment.cells] == [cell.agreement for cell in old.moment.cells]
        assert (second.desk.picture(alert.plate_picture) or b"")[:3] == b"\xff\xd8\xff"
    assert [a.alert_id for a in second.desk.history(None, 10).alerts] == [2]
    second.desk.decide(1, Choice(Decision.WRONG_PLATE), "tablet")
    assert [a.alert_id for a in second.desk.history(None, 10).alerts] == [2, 1]
    third = second.again()
    assert [a.alert_id for a in third.desk.state().alerts] == [3]
    third.close()


def test_an_alert_that_was_corrected_after_it_was_seen_asks_again_after_a_restart(car: RealDesk) -> None:
    car.see("CC33CCC")
    car.desk.acknowledge(1, "tablet")
    car.see("DD44DDD", reads=2)
    assert car.desk.state().alerts[0].acknowledged_by == ""
    later = car.again()
    assert [(a.list_vrm, a.acknowledged_by) for a in later.desk.state().alerts] == [("DD44DDD", "")]
    later.desk.acknowledge(1, "tablet")
    last = later.again()
    assert last.desk.state().alerts[0].acknowledged_by == "crew"
    last.close()


@pytest.mark.parametrize("entry", ["{", "[7]", '"AB12CDE"', '{"row_id": null}', "[{}]", '[{"list": "Stolen"}]'])
def test_a_damaged_record_keeps_no_car_from_starting_and_no_page_of_history_from_showing(
    car: RealDesk, entry: str
) -> None:
    for track, vrm in enumerate(("CC33CCC", "DD44DDD", "EE55EEE"), start=1):
        car.see(vrm, track, final=True)
        car.desk.decide(track, Choice(Decision.NO_ACTION), "tablet")
    car.see("FF66FFF", 4, final=True)
    car.store.connection.execute("UPDATE moments SET hits = ? WHERE alert_id IN (2, 4)", (entry,))
    infos = {one.info.name: one.info for one in car.matcher.in_force.lists}
    assert undecided(car.store.connection, infos) == []
    later = car.again()
    page = later.desk.history(None, 1)
    assert [a.alert_id for a in (*page.alerts, *later.desk.history(page.next_before, 5).alerts)] == [3, 1]
    later.close()


def test_what_turns_out_to_be_unread_leaves_the_strip(car: RealDesk) -> None:
    told: list[int] = []
    car.desk.subscribe(lambda: told.append(len(car.desk.state().sightings)))
    for seen in (sighting(1, final=True), sighting(2, final=True), replace(sighting(1, final=True), text="")):
        car.desk.show(Step(None, (MatchedSighting(seen, (), ()),), (), {}))
    assert told == [1, 2, 1]
    assert [s.sighting_id for s in car.desk.state().sightings] == [2]


def test_the_screens_are_told_of_what_is_new_and_of_nothing_else(car: RealDesk) -> None:
    told: list[int] = []
    end = car.desk.subscribe(lambda: told.append(1))

    def news(*seen: Sighting) -> int:
        told.clear()
        car.desk.show(Step(None, tuple(MatchedSighting(one, (), ()) for one in seen), (), {}))
        return len(told)

    unread = replace(sighting(9), text="")
    first = sighting(1, final=True)
    assert news(sighting(1)) == 0  # a half read is no news
    assert news(first) == 1
    assert news(replace(first, text="AB12CDF")) == 1
    assert news(unread) == 0
    assert news(sighting(2, final=True), unread) == 1  # in whichever order
    assert news(unread, sighting(3, final=True)) == 1
    assert news() == 0
    end()
    assert news(sighting(4, final=True)) == 0


def test_what_the_desk_knows_of_alerts_goes_with_them(car: RealDesk) -> None:
    car.desk.board._following.settings = AlertSettings(kept=1)
    car.desk._forget_at = 4
    for track, vrm in enumerate(("CC33CCC", "DD44DDD", "EE55EEE"), start=1):
        car.see(vrm, track, final=True)
        car.desk.decide(track, Choice(Decision.NO_ACTION), "tablet")
    car.see("FF66FFF", 4, final=True)
    assert list(car.desk._shown) == [3, 4]
    alerts = [car.desk.alert(number) for number in (1, 2, 3, 4, 5)]
    assert [bool(one and one.plate_picture) for one in alerts] == [True] * 4 + [False]  # the records have the first two


def test_a_muted_list_makes_no_sound_but_stays_and_the_most_important_cannot_be_muted(car: RealDesk) -> None:
    with pytest.raises(InputError, match="most important"):
        car.desk.mute("Stolen", muted=True, actor="tablet")
    car.desk.mute("No tax", muted=True, actor="tablet")
    car.see("EE55EEE", 1, final=True)
    car.see("CC33CCC", 2, final=True)
    assert {a.list_vrm: a.muted for a in car.desk.state().alerts} == {"CC33CCC": False, "EE55EEE": True}
    assert {one.name: one.muted for one in car.desk.state().lists} == {"Stolen": False, "No tax": True}
    car.desk.mute("No tax", muted=False, actor="tablet")
    assert not any(a.muted for a in car.desk.state().alerts)


def test_an_entry_added_by_hand_is_looked_up_and_alerts(car: RealDesk) -> None:
    car.see("GG77GGG", 1, final=True)
    assert car.desk.look_up("GG77GGG", "tablet").listed == ()
    seen = NewEntry(
        "GG77GGG", "", "failed to stop", "2099-11-23T00:00:00+00:00", make="FORD", model="FOCUS", colour="RED",
        action="STOP", markers="VI FI", information="two in it",
    )  # fmt: skip
    car.desk.add_entry(seen, "tablet")
    found = car.desk.look_up("GG77GGG", "tablet")
    assert [(one.entry.list_name, one.entry.reason, one.probability, one.exact) for one in found.listed] == [
        ("Crew list", "failed to stop", 1.0, True)
    ]
    (view,) = [one for one in car.desk.state().lists if one.name == "Crew list"]  # made with its first entry
    assert (view.entries, view.crew_may_add) == (1, True)
    (entry,) = [one.entry for one in found.listed]
    assert (entry.action, entry.markers, entry.information) == ("STOP", "VI FI", "two in it")
    assert [(one.entry.make, one.entry.model, one.entry.colour) for one in found.listed] == [("FORD", "FOCUS", "RED")]
    assert [s.vrm for s in found.sightings] == ["GG77GGG"]
    car.see("GG77GGG", 2, final=True)
    assert [a.list_vrm for a in car.desk.state().alerts] == ["GG77GGG"]
    for expires, trouble in (("soon", "not a date and time"), ("2099-11-23T00:00:00", "no time zone")):
        with pytest.raises(InputError, match=trouble):
            car.desk.add_entry(NewEntry("GG77GGG", "", "x", expires), "tablet")


def test_a_list_that_was_switched_off_raises_nothing(car: RealDesk) -> None:
    with pytest.raises(UserError, match="may not be switched off"):
        car.desk.set_list_enabled("Stolen", enabled=False, actor="tablet")
    car.desk.set_list_enabled("No tax", enabled=False, actor="tablet")
    car.see("EE55EEE", 1, final=True)
    assert car.desk.state().alerts == ()
    car.desk.set_list_enabled("No tax", enabled=True, actor="tablet")
    car.see("FF66FFF", 2, final=True)
    assert [a.list_vrm for a in car.desk.state().alerts] == ["FF66FFF"]


def test_the_desk_shows_a_records_file_that_nobody_wrote_yet(tmp_path: Path) -> None:
    empty = RealDesk(tmp_path / "new")
    assert empty.desk.history(None, 5).alerts == ()
    assert empty.desk.look_up("AB12CDE", "tablet").sightings == ()
    assert empty.desk.picture("recorded-7-plate") is None
    empty.close()


def test_what_was_decided_shows_the_same_read_and_picture_after_a_restart(car: RealDesk) -> None:
    car.see("CC33CCC")
    shown = car.desk.state().alerts[0].moment
    picture = car.store.moment_picture(shown.plate_picture.removesuffix("-plate"), "plate")
    car.desk.decide(1, Choice(Decision.WRONG_PLATE), "tablet")
    car.see("ZZ99ZZZ", reads=2)  # its record goes on changing, and gets other pictures
    car.see("ZZ98ZZZ", reads=3, final=True)
    assert car.desk.history(None, 1).alerts[0].moment == shown
    later = car.again()
    again = later.desk.history(None, 1).alerts[0].moment
    assert replace(again, cells=()) == replace(shown, cells=())
    assert later.desk.picture(again.plate_picture) == picture != None  # noqa: E711
    later.close()


def test_a_waiting_alert_keeps_its_picture_whatever_comes_after_it(
    car: RealDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anpr.desk.pictures.KEPT_PICTURES", 4)
    monkeypatch.setattr("anpr.desk.pictures.KEPT_RAW", 2)
    car.see("CC33CCC", final=True)
    for track in range(2, 12):
        car.see("ZZ99ZZZ", track, final=True)
    shown = car.desk.state().alerts[0].moment
    for one in (shown.plate_picture, shown.overview_picture):
        assert one not in car.desk._pictures._raw
        assert one not in car.desk._pictures._encoded
        assert (car.desk.picture(one) or b"")[:3] == b"\xff\xd8\xff"


def test_what_nobody_decided_is_closed_and_reported_when_its_pictures_go(car: RealDesk) -> None:
    car.see("CC33CCC", 1, final=True)
    car.see("DD44DDD", 2, final=True)
    car.desk.decide(2, Choice(Decision.NO_ACTION), "tablet")
    car.pass_time(7 * 86_400 - 10)
    car.recorder.upkeep({})
    assert [a.state for a in car.desk.state().alerts] == ["confirmed_by_evidence"]
    assert car.desk.picture(car.desk.state().alerts[0].plate_picture)
    car.see("EE55EEE", 3, final=True)
    car.pass_time(20)
    car.recorder.upkeep({})
    assert [a.list_vrm for a in car.desk.state().alerts] == ["EE55EEE"]
    closed = [(one.actor, one.detail) for one in car.audit.entries() if one.action == "alert not decided"]
    assert closed == [("engine", {"alert": "1"})]
    page = car.desk.history(None, 5)
    assert [(a.alert_id, a.state, a.decided is None) for a in page.alerts] == [
        (2, "decided", False), (1, "not_decided", True),
    ]  # fmt: skip
    assert page.not_decided == 1
    with pytest.raises(InputError, match="decided already"):
        car.desk.decide(1, Choice(Decision.NO_ACTION), "tablet")
    car.recorder.upkeep({})
    assert len([one for one in car.audit.entries() if one.action == "alert not decided"]) == 1
    later = car.again()
    assert [a.list_vrm for a in later.desk.state().alerts] == ["EE55EEE"]
    assert [(a.alert_id, a.state) for a in later.desk.history(None, 5).alerts] == [(2, "decided"), (1, "not_decided")]
    later.close()


def test_what_waits_on_no_board_is_closed_and_reported_as_well(car: RealDesk) -> None:
    car.see("CC33CCC", 1, final=True)
    car.store.connection.execute("UPDATE moments SET hits = replace(hits, 'Stolen', 'a list that is gone')")
    later = car.again()
    assert later.desk.state().alerts == ()
    later.pass_time(8 * 86_400)
    later.recorder.upkeep({})
    assert [one.detail for one in later.audit.entries() if one.action == "alert not decided"] == [{"alert": "1"}]
    assert [(a.alert_id, a.state) for a in later.desk.history(None, 5).alerts] == [(1, "not_decided")]
    later.close()


def test_a_vehicle_was_seen_before_in_earlier_runs_too(car: RealDesk) -> None:
    for track, choice in enumerate((Decision.CONFIRMED, Decision.WRONG_PLATE, Decision.NO_ACTION), start=1):
        car.see("CC33CCC", track, final=True)
        led = car.desk.state().alerts[0]
        look = Look("tablet", led.read_vrm, led.list_vrm, car.now)
        car.desk.decide(track, Choice(choice, ticks=frozenset(AGREEMENTS), look=look), "tablet")
        car.pass_time(120)
    car.see("CC33CCC", 4, final=True)  # waits, and waits again after the restart
    last = car.seen[0].last_utc
    later = car.again()
    later.pass_time(600)
    later.see("CC33CCC", 1, final=True)
    new = next(a for a in later.desk.state().alerts if a.alert_id == 5)
    assert (new.met_times, datetime.fromisoformat(new.met_last_utc)) == (3, last)
    later.close()


def test_a_list_is_as_old_as_it_is_now_and_a_vehicle_seen_when_it_was_seen(car: RealDesk) -> None:
    car.see("CC33CCC", final=True)
    seen = car.seen[0].last_utc
    before = car.desk.state().alerts[0].listed[0].list_age_s
    car.pass_time(3600)
    (alert,) = car.desk.state().alerts
    assert alert.listed[0].list_age_s == pytest.approx(before + 3600, abs=1)
    assert alert.listed[0].list_age_s == pytest.approx(
        next(one.age_s for one in car.desk.state().lists if one.name == "Stolen")
    )
    assert datetime.fromisoformat(alert.moment.seen_utc) == seen
    with HotlistStore(hotlists_db(car.folder)) as store:
        store.confirm_current("Stolen", car.now)  # the back office says that it is the newest still
    car.matcher.refresh()
    assert car.desk.state().alerts[0].listed[0].list_age_s == pytest.approx(0, abs=1)
    car.desk.decide(1, Choice(Decision.NO_ACTION), "tablet")
    car.pass_time(3600)
    for desk in (car.desk, car.again().desk):
        (over,) = desk.history(None, 1).alerts
        assert over.listed[0].list_age_s == pytest.approx(before + 3600, abs=1)


def test_a_decision_is_on_what_was_seen_though_evidence_changes_while_the_audit_is_written(car: RealDesk) -> None:
    car.see("CC33CCC")
    car.desk.decide(1, Choice(Decision.NO_ACTION), "tablet", lambda: car.see("DD44DDD", reads=2))
    assert [(a.list_vrm, a.read_vrm) for a in car.desk.history(None, 5).alerts] == [("CC33CCC", "CC33CCC")]
    car.see("DD44DDD", reads=3)
    assert [a.list_vrm for a in car.desk.state().alerts] == ["DD44DDD"]


def test_what_cannot_be_entered_in_the_audit_is_not_done(car: RealDesk) -> None:
    car.see("EE55EEE", 1, final=True)

    def full() -> None:
        raise StoreError("the audit cannot be written: check the disk")

    deeds: tuple[Callable[[], None], ...] = (
        lambda: car.desk.decide(1, Choice(Decision.NO_ACTION), "tablet", full),
        lambda: car.desk.mute("No tax", muted=True, actor="tablet", enter=full),
        lambda: car.desk.set_list_enabled("No tax", enabled=False, actor="tablet", enter=full),
        lambda: car.desk.add_entry(NewEntry("GG77GGG", "", "x", "2099-01-01T00:00:00+00:00"), "tablet", full),
    )
    for deed in deeds:
        with pytest.raises(StoreError):
            deed()
    assert [a.state for a in car.desk.state().alerts] == ["confirmed_by_evidence"]
    assert {one.name: (one.muted, one.enabled) for one in car.desk.state().lists}["No tax"] == (False, True)
    assert car.desk.look_up("GG77GGG", "tablet").listed == ()


def test_the_strip_holds_the_latest_dozen(car: RealDesk) -> None:
    for track in range(1, 15):
        car.see("ZZ99ZZZ", track, final=True)
    assert [one.sighting_id for one in car.desk.state().sightings] == list(range(14, 2, -1))


def test_a_possible_hit_comes_through_all_parts_and_becomes_an_ordinary_one_when_its_end_is_seen(car: RealDesk) -> None:
    import_marks(car.folder, ListSettings("wanted"), "RK64AGY")
    car.matcher.refresh()
    car.see("K64AGY", hidden=(Hidden(0, 0.9),))
    (alert,) = car.desk.state().alerts
    assert (alert.list_vrm, alert.state, alert.possible, alert.moment.shown_vrm) == (
        "RK64AGY",
        "raised",
        True,
        "▯K64AGY",
    )
    car.see("K64AGY", reads=9, hidden=(Hidden(0, 0.9),))
    assert car.desk.state().alerts[0].state == "raised"
    car.see("RK64AGY", reads=12, final=True)
    (alert,) = car.desk.state().alerts
    assert (alert.state, alert.possible, alert.listed[0].exact) == ("confirmed_by_evidence", False, True)


def test_a_covert_list_s_possible_hit_is_on_no_surface_of_the_crew(car: RealDesk) -> None:
    import_marks(car.folder, ListSettings("watch", covert=True), "RK64AGY")
    car.matcher.refresh()
    step = car.see("K64AGY", final=True, hidden=(Hidden(0, 0.9),))
    assert [hit.possible for hit in step.sightings[0].hits] == [True]
    state = car.desk.state()
    assert not [alert for alert in state.alerts if alert.kind == "hit"]
    assert not [one for one in state.sightings if one.possible]
