from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from anpr import sqlite
from anpr.records.alerts import undecided
from anpr.records.store import RecordStore
from anpr.values import AlertStep, Hidden, StepKind
from tests.builders.alert import alert
from tests.builders.hit import hit, hotlist
from tests.builders.sighting import NOW, sighting

LISTS = {"stolen": hotlist()}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RecordStore]:
    with closing(RecordStore(tmp_path / "records.db", "run-1")) as opened:
        yield opened


def test_an_alert_shows_its_own_moment_whatever_becomes_of_the_sighting(store: RecordStore) -> None:
    first = sighting("AB12CDF", pictures=True)
    sighting_id = store.record_sighting(first)
    store.keep_pictures(first)
    store.record_alert(alert(hit(0.85, of=first.lasting())), sighting_id)
    shown = store.moment_picture("pictures1v0", "plate")
    later = replace(sighting("AB12CDE", revision=1, at=NOW + timedelta(seconds=2), place=(53.0, 1.0)),
                    plate_image=first.plate_image[::-1], overview_image=first.overview_image)  # type: ignore[index]  # fmt: skip
    store.record_sighting(later)
    (again,) = undecided(store.connection, LISTS)
    (seen,) = {h.sighting for h in again.alert.hits}
    assert (seen.text, seen.last_utc, seen.pictured_utc, seen.pictures_id) == ("AB12CDF", NOW, NOW, "pictures1v0")
    assert seen.position is not None
    assert (seen.position.latitude_deg, again.alert.probability, again.alert.hits[0].probability) == (51.0, 0.85, 0.85)
    assert shown == store.moment_picture("pictures1v0", "plate") != store.picture(sighting_id, "plate")


def test_hits_keep_their_lists_as_they_were(store: RecordStore) -> None:
    then = replace(hotlist(), revision=3, current_utc=NOW - timedelta(hours=5), effective_utc=NOW - timedelta(days=2))
    store.record_alert(alert(replace(hit(0.9), hotlist=then), hit(0.95, list_name="gone")), None)
    (again,) = undecided(store.connection, {"stolen": replace(hotlist(), revision=9, colour="#123456")})
    (only,) = again.alert.hits
    assert only.hotlist == replace(then, colour="#123456")  # how a list is shown is as it is now
    assert (only.entry, only.reading, only.exact, only.list_age_s) == (
        hit(0.9).entry, "AB12CDE", True, 60.0,
    )  # fmt: skip


def test_an_older_version_that_had_to_wait_changes_nothing(store: RecordStore) -> None:
    older = alert(hit(0.85))
    newer = replace(older, steps=(AlertStep(StepKind.ACKNOWLEDGED, NOW),), hits=(hit(0.97),), probability=0.97)
    store.record_alert(newer, None)
    store.record_alert(older, None)
    (again,) = undecided(store.connection, LISTS)
    assert (again.alert.probability, again.alert.hits[0].probability, again.alert.seen) == (0.97, 0.97, True)


def test_recorded_pictures_are_kept_for_the_version_that_they_belong_to_alone(store: RecordStore) -> None:
    first = sighting(pictures=True)
    sighting_id = store.record_sighting(first)
    store.keep_recorded_pictures(sighting_id, replace(first, pictures_id="mine"))
    assert store.moment_picture("mine", "plate") == store.picture(sighting_id, "plate")
    assert store.moment_picture("mine", "overview") is not None
    store.keep_recorded_pictures(sighting_id, replace(first, pictures_id="late", last_utc=NOW - timedelta(seconds=1)))
    assert store.moment_picture("late", "plate") is None


def test_pictures_without_a_name_or_without_room_are_not_kept(tmp_path: Path) -> None:
    with closing(RecordStore(tmp_path / "records.db", "run-1")) as store:
        store.keep_pictures(replace(sighting(pictures=True), pictures_id=""))
        assert store.connection.execute("SELECT count(*) FROM moment_pictures").fetchone() == (0,)
        store.connection.execute(f"PRAGMA max_page_count={store.connection.execute('PRAGMA page_count').fetchone()[0]}")
        store.keep_pictures(sighting(pictures=True))
        assert store.pictures_shed == 2
        assert store.moment_picture("pictures1v0", "plate") is None


def test_pictures_of_alerts_are_dropped_last_when_the_disk_is_full(store: RecordStore) -> None:
    seen = sighting(pictures=True)
    store.record_sighting(seen)
    store.keep_pictures(seen)
    assert (store.shed_pictures(), store.moment_picture("pictures1v0", "plate") is not None) == (2, True)
    assert (store.shed_pictures(1), store.shed_pictures(1), store.shed_pictures(1)) == (1, 1, 0)
    assert store.pictures_shed == 4


def test_what_sqlite_refuses_is_an_error_of_ours(store: RecordStore) -> None:
    store.record_sighting(sighting(track_id=1))
    store.record_sighting(sighting(track_id=2))
    with closing(sqlite.connect(store.path)) as other:
        other.execute("BEGIN IMMEDIATE")
        store.connection.execute("PRAGMA busy_timeout=1")
        with pytest.raises(Exception, match=r"cannot be written \(database is locked\)") as raised:
            store.join_sightings(1, 2)
        assert type(raised.value).__name__ == "StoreError"
        other.execute("ROLLBACK")
    store.join_sightings(1, 2)  # what failed is not forgotten
    assert len(list(store.sightings_since(NOW))) == 1


def test_hidden_characters_and_possible_hits_are_given_back(store: RecordStore) -> None:
    seen = replace(sighting("K64AGY", final=True), hidden=(Hidden(0, 0.9), Hidden(6, 0.125)))
    possible = replace(hit(0.31, "RK64AGY", of=seen.lasting()), possible=True, offer=12.5, reading="▯K64AGY▯")
    sighting_id = store.record_sighting(seen)
    store.record_hits(sighting_id, (possible,))
    store.record_alert(alert(possible), sighting_id)
    (recorded,) = store.sightings_since(NOW)
    assert recorded.sighting.hidden == seen.hidden
    (again,) = undecided(store.connection, LISTS)
    (only,) = again.alert.hits
    assert (only.possible, only.offer, only.exact, only.reading, only.passes) == (True, 12.5, False, "▯K64AGY▯", True)
    assert only.sighting.hidden == seen.hidden
    assert store.connection.execute("SELECT possible, offer, exact FROM hits").fetchall() == [(1, 12.5, 0)]
    # as a version that kept no moments has left it
    store.connection.execute("DELETE FROM moments")
    (older,) = undecided(store.connection, LISTS)
    assert (older.alert.hits[0].possible, older.alert.hits[0].offer) == (True, 12.5)


def test_what_versions_without_hidden_characters_have_written_has_none(store: RecordStore) -> None:
    store.record_alert(alert(hit(0.9)), store.record_sighting(sighting(final=True)))
    store.connection.execute("UPDATE moments SET hits = json_remove(hits, '$[0].possible', '$[0].offer')")
    (again,) = undecided(store.connection, LISTS)
    assert (again.alert.hits[0].possible, again.alert.hits[0].sighting.hidden) == (False, ())
