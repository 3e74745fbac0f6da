"""Marks that a crew types from pictures, on real parts: matched at once, alerting, recorded, and told after a restart."""

from dataclasses import replace

import pytest

from anpr.alerting.decisions import Choice, Decision
from anpr.desk.by_hand import HELD, PLATE_SHARE
from anpr.desk.desk import EngineDesk
from anpr.errors import InputError, NotMatched, StoreError
from hotlists.store.settings import ListSettings
from tests.anpr.real_desk import RealDesk, import_marks

COVERT_MARK = "AA11AAA"


def test_a_corrected_read_stands_beside_the_engines_and_alerts_at_once(car: RealDesk) -> None:
    car.see("CC33CCD", 7, final=True)
    assert car.desk.state().alerts == ()
    seen = car.desk.state().sightings[0]
    car.pass_time(20)
    alerts = car.desk.hand.correct(7, "CC33CCC", "1234")
    (alert,) = car.desk.state().alerts
    assert (alert.alert_id, alert.list_vrm, alert.read_vrm) == (*alerts, "CC33CCC", "CC33CCC")
    assert (alert.moment.typed_by, alert.moment.engine_read, alert.moment.seen_utc) == (
        "1234",
        "CC33CCD",
        seen.moment.seen_utc,
    )
    assert (alert.moment.place, alert.captured_ns) == (
        seen.moment.place,
        0,
    )  # no time from grab to paint: a person typed it
    assert car.desk.picture(alert.moment.plate_picture)
    (shown,) = car.desk.state().sightings
    assert (shown.sighting_id, shown.vrm, shown.moment.engine_read, shown.moment.typed_by) == (
        7,
        "CC33CCC",
        "CC33CCD",
        "1234",
    )
    found = {one.vrm: one for mark in ("CC33CCC", "CC33CCD") for one in car.desk.look_up(mark, "1234").sightings}
    assert (found["CC33CCC"].moment.typed_by, found["CC33CCC"].moment.engine_read) == ("1234", "CC33CCD")
    assert (found["CC33CCD"].moment.typed_by, found["CC33CCD"].moment.engine_read) == ("", "")
    both = [
        one.vrm for one in car.desk.look_up("CC33CCD", "1234").sightings
    ]  # the engine's read, and that it was wrong
    assert sorted(both) == ["CC33CCC", "CC33CCD"]
    later = car.again()
    (told,) = later.desk.state().alerts
    assert (told.read_vrm, told.moment.typed_by, told.moment.engine_read) == ("CC33CCC", "1234", "CC33CCD")
    assert later.desk.picture(told.moment.plate_picture)
    later.close()


def test_what_passed_too_long_ago_cannot_be_corrected(car: RealDesk) -> None:
    with pytest.raises(InputError, match="too long ago"):
        car.desk.hand.correct(99, "CC33CCC", "1234")


def test_a_wrong_plate_whose_mark_was_typed_is_matched_at_once(car: RealDesk) -> None:
    car.see("CC33CCC", 1, final=True)
    car.desk.decide(1, Choice(Decision.WRONG_PLATE, typed_vrm="DD44DDD"), "1234")
    (alert,) = car.desk.state().alerts
    assert (alert.list_vrm, alert.moment.engine_read, alert.moment.typed_by) == ("DD44DDD", "CC33CCC", "1234")
    car.desk.decide(2, Choice(Decision.WRONG_PLATE, typed_vrm="CC33CCC"), "1234")  # the listed one after all
    assert [one.list_vrm for one in car.desk.state().alerts] == ["CC33CCC"]
    rates = {rate.camera_id: rate.misreads for rate in car.desk.misread_rates()}
    assert rates == {"front": 1}  # what a person typed is no misread of a camera


def test_a_captured_picture_becomes_a_sighting_with_place_time_and_person(car: RealDesk) -> None:
    frozen = car.desk.hand.freeze("rear")
    taken = car.now
    assert car.desk.picture(frozen.picture)
    car.pass_time(30)  # typing takes its time: the sighting is of when the picture was taken
    alerts = car.desk.hand.keep_capture(frozen.capture_id, "CC33CCC", "1234", (0.5, 0.5))
    (alert,) = car.desk.state().alerts
    assert ([alert.alert_id], alert.list_vrm, alert.camera_id) == ([*alerts], "CC33CCC", "rear")
    assert alert.moment.place is not None
    assert (alert.moment.place.latitude_deg, alert.moment.typed_by, alert.moment.engine_read) == (52.49, "1234", "")
    (seen,) = car.desk.look_up("CC33CCC", "1234").sightings
    assert (seen.moment.seen_utc, seen.moment.typed_by, seen.moment.probability) == (
        taken.isoformat(timespec="milliseconds"),
        "1234",
        1.0,
    )
    assert car.desk.picture(seen.moment.plate_picture)
    assert car.desk.picture(seen.moment.overview_picture)
    (shown,) = car.desk.state().sightings
    assert (shown.vrm, shown.moment.typed_by, shown.correctable) == ("CC33CCC", "1234", False)
    with pytest.raises(InputError, match="held no more"):
        car.desk.hand.keep_capture(frozen.capture_id, "CC33CCC", "1234", None)


def test_the_part_where_the_plate_was_shown_is_kept_and_else_the_whole(car: RealDesk) -> None:
    def plate_width(place: tuple[float, float] | None) -> int:
        frozen = car.desk.hand.freeze("front")
        car.desk.hand.keep_capture(frozen.capture_id, "ZZ99ZZZ", "1234", place)
        image = car.desk._pictures.image(car.desk.state().sightings[0].moment.plate_picture)
        assert image is not None
        return int(image.shape[1])

    assert (plate_width((0.0, 1.0)), plate_width(None)) == (round(128 * PLATE_SHARE), 128)


def test_what_the_engine_read_in_the_picture_is_offered_and_keeps_its_plate(car: RealDesk) -> None:
    car.see("CC33CCD", 1, camera="front")
    car.see("EE55EEE", 2, camera="rear")
    frozen = car.desk.hand.freeze("front")
    assert [offer.vrm for offer in frozen.offers] == ["CC33CCD"]
    assert car.desk.picture(frozen.offers[0].plate_picture)
    car.desk.hand.keep_capture(frozen.capture_id, "CC33CCD", "1234", None)
    image = car.desk._pictures.image(car.desk.state().sightings[0].moment.plate_picture)
    assert image is not None
    assert image.shape[:2] == (20, 80)
    car.frame_ns = 5_000_000_000  # what was read five seconds before is not in this picture
    assert car.desk.hand.freeze("front").offers == ()


def test_only_so_many_pictures_are_held(car: RealDesk) -> None:
    frozen = [car.desk.hand.freeze("front") for _ in range(HELD + 1)]
    with pytest.raises(InputError, match="capture another one"):
        car.desk.hand.keep_capture(frozen[0].capture_id, "ZZ99ZZZ", "1234", None)
    car.desk.hand.keep_capture(frozen[1].capture_id, "ZZ99ZZZ", "1234", None)
    car.around = car.desk.hand.around = replace(car.around, newest_frame=lambda _: None)
    with pytest.raises(InputError, match="gives no picture"):
        car.desk.hand.freeze("front")


def test_a_typed_mark_on_a_covert_list_is_recorded_and_shown_nowhere(car: RealDesk) -> None:
    frozen = car.desk.hand.freeze("front")
    assert car.desk.hand.keep_capture(frozen.capture_id, COVERT_MARK, "1234", None) == ()
    car.see("CC33CCD", 7, final=True)
    assert car.desk.hand.correct(7, COVERT_MARK, "1234") == ()
    assert (car.desk.state().alerts, car.announced) == ((), [])
    rows = car.store.connection.execute("SELECT entry_vrm FROM hits WHERE list_name = 'Op Kestrel'").fetchall()
    assert rows == [(COVERT_MARK,)] * 2


def test_what_cannot_be_matched_now_is_recorded_all_the_same_said_and_matched_later(
    car: RealDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise StoreError("the hotlists file cannot be read: check the disk")

    frozen = car.desk.hand.freeze("front")
    car.see("CC33CCC", 7, final=True)
    with monkeypatch.context() as patch:
        patch.setattr(car.matcher, "match", broken)
        with pytest.raises(NotMatched, match="cannot be read"):
            car.desk.hand.keep_capture(frozen.capture_id, "DD44DDD", "1234", None)
        assert [one.vrm for one in car.desk.look_up("DD44DDD", "1234").sightings] == ["DD44DDD"]
        with pytest.raises(NotMatched):
            car.desk.hand.typed_on(1, "DD44DDD", "1234")
        fault = car.desk.hand.settle(car.now)
        assert fault is not None
        assert "typed" in fault.text
    assert car.desk.hand.settle(car.now) is None
    assert [one.list_vrm for one in car.desk.state().alerts] == ["CC33CCC", "DD44DDD"]
    assert car.desk.hand.settle(car.now) is None
    assert len(car.desk.look_up("DD44DDD", "1234").sightings) == 1


def test_what_is_typed_from_an_alerts_picture_alerts_before_anything_is_decided(car: RealDesk) -> None:
    car.see("CC33CCC", 1, final=True)
    assert car.desk.hand.typed_on(1, "CC33CCC", "1234") == ()  # the alert says so already
    assert car.desk.hand.typed_on(1, "ZZ99ZZZ", "1234") == ()  # on no list: a slip is no sighting
    assert car.desk.look_up("ZZ99ZZZ", "1234").sightings == ()
    assert len(car.desk.hand.typed_on(1, "DD44DDD", "1234")) == 1
    assert [(one.list_vrm, one.moment.typed_by) for one in car.desk.state().alerts] == [
        ("CC33CCC", ""),
        ("DD44DDD", "1234"),
    ]
    car.desk.decide(1, Choice(Decision.WRONG_PLATE, typed_vrm="DD44DDD"), "1234")
    (alert,) = car.desk.state().alerts
    assert (alert.list_vrm, alert.repeats) == ("DD44DDD", 0)
    assert len(car.desk.look_up("DD44DDD", "1234").sightings) == 1


def test_a_slip_that_is_on_a_covert_list_shows_nothing_and_a_decision_records_it(car: RealDesk) -> None:
    car.see("CC33CCC", 1, final=True)
    hits = "SELECT count(*) FROM hits WHERE list_name = 'Op Kestrel'"
    assert car.desk.hand.typed_on(1, COVERT_MARK, "1234") == ()
    assert car.desk.look_up(COVERT_MARK, "1234").sightings == ()
    assert car.store.connection.execute(hits).fetchone() == (0,)
    car.desk.decide(1, Choice(Decision.WRONG_PLATE, typed_vrm=COVERT_MARK), "1234")
    assert car.desk.state().alerts == ()
    assert car.store.connection.execute(hits).fetchone() == (1,)


def test_what_a_typed_mark_was_hit_on_besides_is_not_closed_with_a_wrong_plate(car: RealDesk) -> None:
    import_marks(car.folder, ListSettings("Tickets", priority=10), "CC33CCD")
    car.matcher.refresh()
    step = car.see("CC33CCD", 1, final=True, doubts={6: {"D": 0.55, "C": 0.45}})
    both = {hit.entry.vrm for hit in step.sightings[0].hits}
    assert both == {"CC33CCC", "CC33CCD"}
    lowered = [replace(hit, hotlist=replace(hit.hotlist, threshold=0.3)) for hit in step.sightings[0].hits]
    seen = replace(step.sightings[0].sighting, track_id=2)
    car.desk.board.consider(seen, [replace(h, sighting=seen) for h in lowered], now_utc=car.now, frame_age_ms=40.0)
    waiting = {one.alert_id: {listed.entry.vrm for listed in one.listed} for one in car.desk.state().alerts}
    (number,) = [alert_id for alert_id, marks in waiting.items() if marks == both]
    led = next(one for one in car.desk.state().alerts if one.alert_id == number)
    other = ({*both} - {led.list_vrm}).pop()
    car.desk.decide(number, Choice(Decision.WRONG_PLATE, typed_vrm=other), "1234")
    assert [one.list_vrm for one in car.desk.state().alerts if one.alert_id not in waiting] == [other]


def test_captures_and_sightings_of_an_earlier_run_are_none_of_this_one(car: RealDesk) -> None:
    parts = car.desk.board, car.desk.lists, car.desk.records, car.around
    first, second = (EngineDesk(*parts, numbers_from=begin) for begin in (2**20, 2**21))
    numbers = []
    for desk in (first, second):
        desk.show(car.see("CC33CCD", 7, final=True))
        numbers.append((desk.state().sightings[0].sighting_id, desk.hand.freeze("front").capture_id))
    (sighting_id, capture_id), of_second = numbers
    assert of_second[0] != sighting_id
    with pytest.raises(InputError, match="too long ago"):
        second.hand.correct(sighting_id, "CC33CCC", "1234")
    with pytest.raises(InputError, match="held no more"):
        second.hand.keep_capture(capture_id, "CC33CCC", "1234", None)
    second.hand.correct(of_second[0], "CC33CCC", "1234")
    assert second.state().sightings[0].vrm == "CC33CCC"


def test_half_typed_notes_outlive_a_restart_and_go_with_the_decision(car: RealDesk) -> None:
    car.see("CC33CCC", 1, final=True)
    car.desk.hand.keep_draft(1, "note", "two in", "1234")
    car.desk.hand.keep_draft(1, "note", "two in the car", "1234")
    car.desk.hand.keep_draft(1, "typed", "CC33", "1234")
    car.desk.hand.keep_draft(1, "note", "mine", "5678")
    later = car.again()
    assert later.desk.hand.drafts(1, "1234") == {"note": "two in the car", "typed": "CC33"}
    assert later.desk.hand.drafts(1, "5678") == {"note": "mine"}
    later.desk.decide(1, Choice(Decision.NO_ACTION), "1234")
    assert later.desk.hand.drafts(1, "1234") == later.desk.hand.drafts(1, "5678") == {}
    later.close()
