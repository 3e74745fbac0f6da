"""Recorded alerts made again: of this version's files and of those that version 0.1 wrote."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from anpr import sqlite
from anpr.alerting import steps as steps_in_words
from anpr.alerting.decisions import Choice, Decision
from anpr.alerting.steps import shown_steps
from anpr.records.alerts import past_alerts, undecided
from anpr.values import SeenBefore, StepKind
from tests.anpr.real_desk import START, RealDesk
from tests.hotlists.made import evidence

RUN = "0123456789abcdef"


def stamp(after_s: float) -> str:
    return (START + timedelta(seconds=after_s)).isoformat(timespec="milliseconds")


OLD_ALERTS: list[tuple[str, str, list[str]]] = [
    ("CC33CCC", "raised", [f"{stamp(0)} raised 0.912"]),
    ("DD44DDD", "acknowledged", [f"{stamp(0)} raised 0.850", f"{stamp(4)} acknowledged"]),
    ("DD44DDD", "raised", [
        f"{stamp(0)} raised 0.850", f"{stamp(4)} acknowledged", f"{stamp(5)} corrected from CC33CCC to DD44DDD 0.973"]),
    ("CC33CCC", "withdrawn", [f"{stamp(0)} raised 0.850", f"{stamp(4)} acknowledged", f"{stamp(5)} withdrawn 0.210"]),
    ("CC33CCC", "withdrawn", [f"{stamp(0)} raised 0.850", f"{stamp(5)} withdrawn 0.210", f"{stamp(6)} acknowledged"]),
    ("CC33CCC", "raised", [
        f"{stamp(0)} raised 0.850", f"{stamp(4)} acknowledged", f"{stamp(5)} withdrawn 0.210", f"{stamp(6)} raised again 0.900"]),
    ("CC33CCC", "acknowledged", [
        f"{stamp(0)} raised looking back 0.990", f"{stamp(4)} acknowledged", f"{stamp(9)} seen again 0.991"]),
    ("CC33CCC", "confirmed_by_evidence", [f"{stamp(0)} raised 0.850", f"{stamp(1)} confirmed 0.995"]),
    ("CC33CCC", "decided", [f"{stamp(0)} raised 0.850", f"{stamp(3)} decided wrong_plate"]),
    ("CC33CCC", "raised", [f"{stamp(0)} raised 0.850", f"{stamp(3)} moved by the station 0.500", "no time at all"]),
]  # fmt: skip
SEEN = [False, True, False, False, True, False, True, False, False, False]


@pytest.fixture
def old_folder(folder: Path) -> Path:
    """A data folder whose records were written by version 0.1, statement by statement."""
    RealDesk(folder).close()  # the tables have not changed since
    db = sqlite.connect(folder / "records.db")
    for number, (vrm, state, phrases) in enumerate(OLD_ALERTS, start=1):
        db.execute(
            "INSERT INTO sightings(run, track_id, camera_id, feed_id, source_id, camera_number, vrm, confidence,"
            " alternatives, evidence, first_utc, last_utc, latitude_deg, longitude_deg, heading_deg, speed_mps,"
            " position_stale, motion, reads, final) VALUES (?,?,'rear',1,1,1,?,0.9,?,?,?,?,52.48,-1.9,48.0,12.0,0,'away',3,1)",
            (RUN, number, vrm, json.dumps([[vrm, 0.9]]), evidence(vrm).astype("<f2").tobytes(), stamp(0), stamp(6)),
        )
        entry = dict.fromkeys(
            ("make", "model", "colour", "action", "markers", "reason", "nim_code", "information", "force_area", "weed_date",
             "pnc_id", "marking", "cad"), "") | {"vrm": vrm, "list_name": "Stolen", "row_id": 1, "make": "FORD"}  # fmt: skip
        db.execute(
            "INSERT INTO hits(sighting_id, list_name, list_revision, entry_vrm, entry, probability, exact, reading,"
            " list_age_s) VALUES (?,'Stolen',1,?,?,0.912,1,?,60.0)", (number, vrm, json.dumps(entry), vrm),
        )  # fmt: skip
        db.execute(
            "INSERT INTO alerts(id, sighting_id, kind, state, priority, raised_utc, frame_age_ms, probability, repeats, past,"
            " steps) VALUES (?,?,'hit',?,80,?,41.0,0.912,0,0,?)",
            (number, number, state, (START + timedelta(seconds=number)).isoformat(), json.dumps(phrases)),
        )
    db.execute(
        "INSERT INTO alerts(id, sighting_id, kind, state, priority, raised_utc, frame_age_ms, probability, repeats, past, steps,"
        " fault_name, fault_subject, fault_text) VALUES (11,NULL,'fault','cleared',60,?,0.0,1.0,0,0,?,'camera_frozen','front','It stands still.')",
        (stamp(0), json.dumps([f"{stamp(0)} raised", f"{stamp(8)} cleared"])),
    )
    db.execute(
        "INSERT INTO decisions(alert_id, camera_id, decision, note, typed_vrm, actor, at_utc, stop_record)"
        " VALUES (9,'rear','wrong_plate','mud','CC33CCD','1234',?,'{}')", (stamp(3),),
    )  # fmt: skip
    db.commit()
    db.close()
    return folder


def test_a_file_of_version_0_1_shows_its_alerts_as_seen_or_not_and_its_history(old_folder: Path) -> None:
    car = RealDesk(old_folder)
    queue = {alert.alert_id: alert for alert in car.desk.state().alerts}
    assert list(queue) == [1, 2, 3, 4, 5, 6, 7, 8, 10]
    for number, alert in queue.items():
        vrm, state, _ = OLD_ALERTS[number - 1]
        assert (alert.read_vrm, alert.list_vrm, alert.state, alert.camera_id) == (vrm, vrm, state, "rear")
        assert bool(alert.acknowledged_by) is SEEN[number - 1], number
        assert alert.listed[0].entry.make == "FORD"
    told = {number: [step.words for step in shown_steps(alert.steps)] for number, alert in queue.items()}
    assert told[3] == ["Corrected: later frames read DD44DDD, not CC33CCC"]
    assert told[6] == ["Withdrawn: later frames do not fit (21 %)", "Raised again: later frames fit after all (90 %)"]
    assert told[7] == ["Seen again"]
    assert told[10] == ["moved by the station (50 %)", "no time at all"]
    assert [step.kind for step in queue[8].steps] == [StepKind.RAISED, StepKind.CONFIRMED]
    assert queue[7].steps[0].kind is StepKind.RAISED_LOOKING_BACK
    fault, decided = car.desk.history(None, 5).alerts
    assert (fault.kind, fault.fault_name, fault.fault_text) == ("fault", "camera_frozen", "It stands still.")
    assert decided.decided is not None
    assert (decided.alert_id, decided.decided.decision, decided.decided.note) == (9, "wrong_plate", "mud")
    assert (decided.steps[1].kind, decided.steps[1].decision) == (StepKind.DECIDED, "wrong_plate")
    assert decided.steps[1].at_utc == START + timedelta(seconds=3)
    car.close()


def test_what_this_version_adds_to_an_old_alert_is_read_with_it(old_folder: Path) -> None:
    car = RealDesk(old_folder)
    car.desk.acknowledge(1, "tablet")
    stored = json.loads(car.store.connection.execute("SELECT steps FROM alerts WHERE id = 1").fetchone()[0])
    assert [one["kind"] for one in stored] == ["raised", "acknowledged"]
    later = car.again()
    assert later.desk.alert(1).acknowledged_by == "crew"  # type: ignore[union-attr]
    later.close()


def test_other_words_for_the_crew_break_no_restart(old_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps_in_words, "WORDS", dict.fromkeys(StepKind, "acknowledged withdrawn raised 0.5"))
    car = RealDesk(old_folder)
    before = {alert.alert_id: alert for alert in car.desk.queue(0, 20)}
    assert [bool(alert.acknowledged_by) for alert in before.values()] == SEEN[:8] + SEEN[9:]
    for number in before:
        car.desk.acknowledge(number, "tablet")
    monkeypatch.setattr(steps_in_words, "WORDS", dict.fromkeys(StepKind, "nothing"))
    later = car.again()
    after = later.desk.queue(0, 20)
    assert [alert.alert_id for alert in after] == list(before)
    assert all(alert.acknowledged_by for alert in after)
    assert {step.words for alert in after for step in shown_steps(alert.steps)} == {"nothing"}
    later.close()


def test_a_new_file_is_read_as_it_was_written(car: RealDesk) -> None:
    car.see("CC33CCC", camera="rear")
    car.desk.acknowledge(1, "tablet")
    car.see("DD44DDD", reads=2, camera="rear")
    car.see("ZZ99ZZZ", reads=3, camera="rear")
    car.see("DD44DDD", reads=4, camera="rear", final=True)
    (alert,) = car.desk.board.queue()
    (again,) = undecided(car.store.connection, car.desk.lists.shown())
    for name in ("alert_id", "kind", "state", "priority", "raised_utc", "frame_age_ms", "probability", "repeats", "past",
                 "steps", "seen", "fault"):  # fmt: skip
        assert getattr(again.alert, name) == getattr(alert, name), name
    assert [step.kind for step in alert.steps] == [
        "raised", "acknowledged", "corrected", "confirmed", "withdrawn", "raised_again", "confirmed",
    ]  # fmt: skip
    assert [(h.entry, h.hotlist, h.exact) for h in again.alert.hits] == [
        (h.entry, h.hotlist, h.exact) for h in alert.hits
    ]
    assert again.alert.hits[0].sighting.camera_id == "rear"


def test_what_was_decided_right_before_a_kill_is_decided(car: RealDesk) -> None:
    car.see("CC33CCC", 1)
    car.see("DD44DDD", 2)
    # recorded at once, and killed before the alert is recorded as decided; of the third not even the alert is there
    for alert_id in (1, 7):
        car.store.record_decision(alert_id, camera_id="front", decision="no_action", actor="1234", at_utc=car.now)
    later = car.again()
    assert [alert.alert_id for alert in later.desk.queue(0, 5)] == [2]
    (over,) = later.desk.history(None, 5, hits_only=True).alerts
    assert over.decided is not None
    assert (over.alert_id, over.state, over.decided.decision) == (1, "decided", "no_action")
    assert later.desk.board.first_id == 8  # no later alert takes the number of one that was decided
    later.close()


def test_of_two_decisions_the_history_tells_the_last_and_each_of_its_own_alert(car: RealDesk) -> None:
    for track, vrm in enumerate(("CC33CCC", "DD44DDD"), start=1):
        car.see(vrm, track, final=True)
        car.desk.decide(track, Choice(Decision.WRONG_PLATE, note=vrm), "tablet")
    car.store.record_decision(1, camera_id="front", decision="no_action", actor="1234", at_utc=car.now, note="known")
    later = car.again()
    told = [a.decided and (a.decided.decision, a.decided.note) for a in later.desk.history(None, 5).alerts]
    assert told == [("wrong_plate", "DD44DDD"), ("no_action", "known")]
    later.close()


def test_how_often_a_vehicle_was_met_before_is_known_after_a_restart(car: RealDesk) -> None:
    car.see("CC33CCC", 1, final=True)
    met_utc = car.desk.board.queue()[0].hits[0].sighting.last_utc
    later = car.again()
    later.pass_time(3600)
    later.see("CC33CCC", 1, final=True)
    assert [a.seen_before for a in later.desk.board.queue()] == [None, SeenBefore(1, met_utc)]
    last = later.again()
    assert [a.seen_before for a in last.desk.board.queue()] == [None, SeenBefore(1, met_utc)]
    last.close()


def test_a_hit_that_later_frames_took_back_is_no_hit_after_a_restart(car: RealDesk) -> None:
    car.see("CC33CCC")
    car.see("DD44DDD", reads=2)
    recorded = dict(car.store.connection.execute("SELECT entry_vrm, probability FROM hits").fetchall())
    assert recorded["CC33CCC"] == 0.0
    assert recorded["DD44DDD"] > 0.9
    later = car.again()
    assert [one.entry.vrm for one in later.desk.state().alerts[0].listed] == ["DD44DDD"]
    later.close()


def test_a_page_of_the_past_goes_on_beyond_damaged_rows_and_leaves_out_what_waits(car: RealDesk) -> None:
    for track, vrm in enumerate(("CC33CCC", "DD44DDD", "EE55EEE", "FF66FFF"), start=1):
        car.see(vrm, track, final=True)
    car.desk.decide(1, Choice(Decision.NO_ACTION), "tablet")
    car.store.connection.execute("UPDATE alerts SET steps = '[7]' WHERE id = 3")
    lists = car.desk.lists.shown()

    def ids(
        before: int | None = None, count: int = 9, *, run_from: int = 1, waiting: frozenset[int] = frozenset()
    ) -> list[int]:
        found = past_alerts(car.store.connection, before, count, run_from=run_from, waiting=waiting, lists=lists)
        return [one.alert.alert_id for one in found]

    assert ids() == [1]  # the others are of this run and wait
    assert ids(run_from=5) == [4, 2, 1]
    assert ids(run_from=5, count=2) == [4, 2]
    assert ids(before=4, run_from=5) == [2, 1]
    assert ids(run_from=5, waiting=frozenset({4})) == [2, 1]


def test_times_of_a_record_are_in_utc_whatever_zone_they_were_written_in(car: RealDesk) -> None:
    car.see("CC33CCC", final=True)
    local = datetime.fromisoformat("2026-11-22T04:14:05+02:00").isoformat()
    car.store.connection.execute("UPDATE alerts SET raised_utc = ?", (local,))
    (again,) = undecided(car.store.connection, car.desk.lists.shown())
    assert again.alert.raised_utc == START
    assert again.alert.raised_utc.utcoffset() == timedelta(0)


def test_a_correction_leads_even_where_version_0_1_left_both_hits_as_probable(car: RealDesk) -> None:
    car.see("CC33CCC")
    car.see("DD44DDD", reads=2)
    car.store.connection.execute("UPDATE hits SET probability = CASE entry_vrm WHEN 'CC33CCC' THEN 0.99 ELSE 0.9 END")
    car.store.connection.execute("DELETE FROM moments")  # that version kept none
    (again,) = undecided(car.store.connection, car.desk.lists.shown())
    assert [one.entry.vrm for one in again.alert.hits] == ["DD44DDD", "CC33CCC"]
