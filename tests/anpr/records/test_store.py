import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from anpr import sqlite
from anpr.alerting.board import AlertBoard
from anpr.errors import StoreError
from anpr.evidence import spell
from anpr.records.alerts import next_alert_id
from anpr.records.retention import Retention
from anpr.records.rows import CameraIdentity
from anpr.records.store import RecordStore
from anpr.values import Hit, HotlistEntry, HotlistInfo, Position, Sighting
from tests.builders.alert import alert
from tests.builders.read import read_of

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def made_sighting(track: int, *, final: bool = False, at: datetime = NOW, text: str = "") -> Sighting:
    text = text or f"AB{track % 100:02d}CDE"
    noise = np.random.default_rng(track).integers(0, 256, (270, 480, 3), dtype=np.uint8)
    position = Position(51.5, -0.12, at, 0.4, stale=False, speed_mps=12.0, heading_deg=90.0)
    return Sighting(
        track, "front", 0, final, text, 0.9, ((text, 0.9), ("X1", 0.1)), spell(text), (read_of(text),),
        0, 0, at, at, position=position, plate_image=noise[:53, :240], overview_image=noise,
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RecordStore]:
    opened = RecordStore(tmp_path / "records.db", "run-1", {"front": CameraIdentity(44, 7, 1)})
    yield opened
    opened.close()


def test_a_sighting_is_a_capture_record(store: RecordStore) -> None:
    sighting_id = store.record_sighting(made_sighting(5))
    (row,) = store.sightings_since(NOW - timedelta(hours=1))
    assert (row.sighting_id, row.sighting.text, row.sighting.camera_id, row.sighting.confidence) == (
        sighting_id,
        "AB05CDE",
        "front",
        0.9,
    )
    place = row.sighting.position
    assert place is not None
    assert (place.latitude_deg, place.longitude_deg, place.heading_deg) == (51.5, -0.12, 90.0)
    assert row.sighting.alternatives[1] == ("X1", 0.1)
    assert row.sighting.last_utc == NOW
    assert np.allclose(row.sighting.probabilities, spell("AB05CDE"), atol=1e-3)
    ids = store.connection.execute("SELECT feed_id, source_id, camera_number, position_stale FROM sightings").fetchone()
    assert ids == (44, 7, 1, 0)


def test_a_sighting_is_recorded_with_the_place_as_it_was_known(store: RecordStore) -> None:
    seen = made_sighting(1)
    assert seen.position is not None
    store.record_sighting(replace(seen, position=replace(seen.position, stale=True)))
    store.record_sighting(replace(made_sighting(2), position=None))
    rows = store.connection.execute(
        "SELECT latitude_deg, longitude_deg, heading_deg, speed_mps, position_stale FROM sightings ORDER BY track_id"
    )
    assert rows.fetchall() == [(51.5, -0.12, 90.0, 12.0, 1), (None,) * 5]


def test_the_twenty_best_readings_are_recorded_to_a_millionth(store: RecordStore) -> None:
    many = tuple((f"AB{n}", 0.12345678 - n / 1000) for n in range(30))
    store.record_sighting(replace(made_sighting(1), alternatives=many, confidence=0.98765432))
    (row,) = store.sightings_since(NOW)
    assert row.sighting.confidence == 0.987654
    assert row.sighting.alternatives == tuple((text, round(chance, 6)) for text, chance in many[:20])


def test_pictures_keep_their_limits(store: RecordStore) -> None:
    sighting_id = store.record_sighting(made_sighting(1))
    plate, overview = store.picture(sighting_id, "plate"), store.picture(sighting_id, "overview")
    assert plate is not None
    assert overview is not None
    assert len(plate) <= 3 * 1024
    assert len(overview) <= 25 * 1024
    decoded = cv2.imdecode(np.frombuffer(plate, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    height, width = decoded.shape[:2]
    assert width <= 120
    assert height <= 60


def test_later_versions_bring_the_record_up_to_date(store: RecordStore) -> None:
    first = store.record_sighting(made_sighting(1, text="AB12CDF"))
    assert store.record_sighting(made_sighting(1, text="AB12CDE", final=True)) == first
    assert [r.sighting.text for r in store.sightings_since(NOW)] == ["AB12CDE"]


def test_a_later_run_has_its_own_tracks(store: RecordStore) -> None:
    store.record_sighting(made_sighting(1))
    again = RecordStore(store.path, "run-2")
    again.record_sighting(made_sighting(1))
    again.close()
    assert len(list(store.sightings_since(NOW))) == 2


def test_hits_and_alerts_and_decisions_stand_beside_it(store: RecordStore) -> None:
    sighting = made_sighting(1)
    sighting_id = store.record_sighting(sighting)
    info = HotlistInfo("stolen", 3, NOW, NOW, threshold=0.5)
    hit = Hit(sighting, HotlistEntry("AB01CDE", "stolen"), info, 0.9, exact=True, reading="AB01CDE", list_age_s=5)
    store.record_hits(sighting_id, (hit,))
    store.record_hits(sighting_id, (hit,))
    board = AlertBoard(first_id=next_alert_id(store.connection))
    (alert,) = board.consider(sighting, (hit,), now_utc=NOW, frame_age_ms=30)
    store.record_alert(alert, sighting_id)
    (alert,) = board.decide(alert.alert_id, "confirmed", NOW)
    store.record_alert(alert, None)
    store.record_decision(alert.alert_id, camera_id="front", decision="no_action", actor="1234", at_utc=NOW)
    store.record_decision(alert.alert_id, camera_id="front", decision="confirmed", actor="1234", at_utc=NOW)
    assert store.connection.execute("SELECT count(*) FROM hits").fetchone() == (1,)
    assert store.connection.execute("SELECT state, sighting_id FROM alerts").fetchall() == [("decided", sighting_id)]
    assert store.decisions() == [("front", "confirmed")]
    assert next_alert_id(store.connection) == alert.alert_id + 1


def test_retention_takes_each_kind_by_its_age(store: RecordStore) -> None:
    for days in (1, 5, 40):
        store.record_sighting(made_sighting(days, at=NOW - timedelta(days=days), final=True))
    retention = Retention(pictures_days=2, sightings_days=30)
    while store.purge(NOW, retention):
        pass
    assert [r.sighting.text for r in store.sightings_since(NOW - timedelta(days=99))] == ["AB05CDE", "AB01CDE"]
    assert store.connection.execute("SELECT count(DISTINCT sighting_id) FROM pictures").fetchone() == (1,)


def test_a_full_disk_sheds_pictures_and_never_rows(tmp_path: Path) -> None:
    store = RecordStore(tmp_path / "records.db", "run-1")
    pages = store.connection.execute("PRAGMA page_count").fetchone()[0]
    store.connection.execute(f"PRAGMA max_page_count={pages + 60}")
    for track in range(1, 61):
        store.record_sighting(made_sighting(track, final=True))
    assert len(list(store.sightings_since(NOW))) == 60
    assert store.pictures_shed > 0
    store.close()


def test_a_disk_without_any_room_left_is_said(tmp_path: Path) -> None:
    store = RecordStore(tmp_path / "records.db", "run-1")
    pages = store.connection.execute("PRAGMA page_count").fetchone()[0]
    store.connection.execute(f"PRAGMA max_page_count={pages}")

    def fill() -> None:
        for track in range(1, 1000):
            store.record_sighting(made_sighting(track, final=True))

    with pytest.raises(StoreError, match="is full"):
        fill()
    store.close()


def test_a_file_that_is_no_database_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    path.write_bytes(b"this is a letter" * 100)
    with pytest.raises(StoreError, match="start the patrol, which begins a new one"):
        RecordStore(path, "run-1")


def test_killed_at_random_moments_it_loses_no_committed_record(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    chance = random.Random(7)
    committed: dict[int, str] = {}
    for round_number in range(6):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.anpr.killed_writer", str(path), f"run-{round_number}"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(chance.randint(1, 40))]
        process.kill()
        lines += process.stdout.readlines()
        process.stdout.close()
        process.wait()
        for line in lines:
            if line.endswith("\n"):
                number, text = line.split()
                committed[int(number)] = text
    check = sqlite.connect(path)
    assert check.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    found = dict(check.execute("SELECT id, vrm FROM sightings").fetchall())
    check.close()
    assert len(committed) > 6
    assert committed.items() <= found.items()


def test_two_sightings_of_one_vehicle_become_one_record(store: RecordStore) -> None:
    kept = store.record_sighting(made_sighting(1))
    gone = store.record_sighting(made_sighting(2))
    store.join_sightings(2, 1)
    assert [r.sighting_id for r in store.sightings_since(NOW)] == [kept]
    assert store.picture(gone, "plate") is None
    late = store.record_sighting(made_sighting(4))
    store.join_sightings(4, 3)
    assert store.record_sighting(made_sighting(3)) == late


def test_hits_and_alerts_of_two_sightings_that_become_one_record_are_of_that_one(store: RecordStore) -> None:
    info = HotlistInfo("stolen", 3, NOW, NOW, threshold=0.5)
    ids = []
    for track, text in ((1, "AB12CDE"), (2, "AB12CDF")):
        seen = made_sighting(track, text=text)
        ids.append(store.record_sighting(seen))
        hit = Hit(seen, HotlistEntry(text, "stolen"), info, 0.9, exact=True, reading=text, list_age_s=5)
        store.record_hits(ids[-1], (hit,))
        store.record_alert(replace(alert(hit), alert_id=track), ids[-1])
    kept, gone = ids
    store.join_sightings(2, 1)
    hits = store.connection.execute("SELECT sighting_id, entry_vrm FROM hits ORDER BY id").fetchall()
    assert hits == [(kept, "AB12CDE"), (kept, "AB12CDF")]
    assert store.connection.execute("SELECT id, sighting_id FROM alerts").fetchall() == [(1, kept), (2, kept)]
    assert store.picture(kept, "plate") is not None
    assert store.picture(gone, "plate") is None


def test_a_hit_of_both_sightings_that_become_one_record_is_one_hit(store: RecordStore) -> None:
    info = HotlistInfo("stolen", 3, NOW, NOW, threshold=0.5)
    for track, chance in ((1, 0.9), (2, 0.7)):
        seen = made_sighting(track, text="AB12CDE")
        hit = Hit(seen, HotlistEntry("AB12CDE", "stolen"), info, chance, exact=True, reading="AB12CDE", list_age_s=5)
        store.record_hits(store.record_sighting(seen), (hit,))
    store.join_sightings(2, 1)
    assert store.connection.execute("SELECT sighting_id, probability FROM hits").fetchall() == [(1, 0.9)]


def test_a_mark_is_looked_up_latest_first_and_so_many_at_most(store: RecordStore) -> None:
    for number in range(1, 104):
        at = NOW + timedelta(seconds=number % 7)
        seen = made_sighting(number, at=at, text="AB12CDE" if number > 1 else "AB12CDF", final=True)
        store.record_sighting(replace(seen, plate_image=None, overview_image=None))
    found = store.sightings_of("AB12CDE")
    assert len(found) == 100
    assert [one.sighting.last_utc for one in found] == sorted((one.sighting.last_utc for one in found), reverse=True)
    assert [one.sighting.text for one in store.sightings_of("AB12CDF")] == ["AB12CDF"]
    assert [one.sighting.last_utc for one in store.sightings_of("AB12CDE", 2)] == [NOW + timedelta(seconds=6)] * 2


def test_a_mark_that_is_known_in_part_is_looked_up_and_counted(store: RecordStore) -> None:
    marks = ("AB12CDE", "AB12CDF", "A812CDE", "OI12CDE", "0112CDE", "AB12CD")
    for number, mark in enumerate(marks, start=1):
        store.record_sighting(made_sighting(number, text=mark, final=True))
    found = {
        pattern: sorted(one.sighting.text for one in store.sightings_of(pattern))
        for pattern in ("AB12CD?", "A?12CDE", "O1*")
    }
    assert found == {
        "AB12CD?": ["AB12CDE", "AB12CDF"], "A?12CDE": ["A812CDE", "AB12CDE"], "O1*": ["0112CDE", "OI12CDE"],
    }  # fmt: skip
    assert (store.count_of("*12CD*"), len(store.sightings_of("*12CD*", 4)), store.count_of("AB12CDE")) == (6, 4, 1)


def test_each_picture_is_found_by_its_sighting_and_kind(store: RecordStore) -> None:
    one, other = (store.record_sighting(made_sighting(track)) for track in (1, 2))
    pictures = {store.picture(sighting_id, kind) for sighting_id in (one, other) for kind in ("plate", "overview")}
    assert len(pictures) == 4
    assert None not in pictures
    assert store.picture(one, "face") is None


def test_hits_that_are_not_all_there_are_leave_the_others(store: RecordStore) -> None:
    info = HotlistInfo("stolen", 3, NOW, NOW, threshold=0.5)
    seen = made_sighting(1)
    sighting_id = store.record_sighting(seen)
    one, other = (
        Hit(seen, HotlistEntry(vrm, "stolen"), info, 0.9, exact=True, reading=vrm, list_age_s=5)
        for vrm in ("AB12CDE", "AB12CDF")
    )

    def chances() -> list[tuple[str, float]]:
        return store.connection.execute("SELECT entry_vrm, probability FROM hits ORDER BY id").fetchall()

    store.record_hits(sighting_id, (one,))
    store.record_hits(sighting_id, (other,))
    assert chances() == [("AB12CDE", 0.9), ("AB12CDF", 0.9)]
    store.record_hits(sighting_id, (other,), all_there_are=True)
    assert chances() == [("AB12CDE", 0.0), ("AB12CDF", 0.9)]


def test_a_camera_that_is_not_known_is_the_first_of_the_first_car(store: RecordStore) -> None:
    store.record_sighting(replace(made_sighting(1), camera_id="rear"))
    found = store.connection.execute("SELECT feed_id, source_id, camera_number FROM sightings").fetchone()
    assert found == (1, 1, 1)


def test_what_is_recorded_while_the_past_is_gone_through_stops_neither(store: RecordStore, tmp_path: Path) -> None:
    for track in range(1, 1203):
        store.record_sighting(replace(made_sighting(track, final=True), plate_image=None, overview_image=None))
    looking_back = RecordStore(tmp_path / "records.db", "look back")
    entry, hotlist = HotlistEntry("AB12CDE", "Stolen"), HotlistInfo("Stolen", 1, NOW, NOW)
    seen = []
    for one in looking_back.sightings_since(NOW - timedelta(hours=1)):
        if one.sighting_id % 100 == 1:  # a car passes, and a hit of the past is recorded
            store.record_sighting(made_sighting(2000 + one.sighting_id, final=True))
            hit = Hit(made_sighting(one.sighting_id), entry, hotlist, 0.9, True, "AB12CDE", 60.0)
            looking_back.record_hits(one.sighting_id, (hit,))
        seen.append(one.sighting_id)
    assert seen == list(range(1, 1203))
    looking_back.close()
