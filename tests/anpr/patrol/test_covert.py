"""A whole car with a covert list: what it takes up again, looks back at, and says of its lists."""

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime

from anpr.address import Address
from anpr.config.car import CameraConfig, GpsConfig, PatrolConfig
from anpr.config.data_folder import hotlists_db
from anpr.patrol.parts import open_parts
from anpr.patrol.patrol import Patrol
from anpr.records.store import RecordStore
from hotlists.store.store import HotlistStore
from tests.anpr.real_desk import COVERT, STOLEN, RealDesk, import_marks

WAIT_S = 60.0


def test_a_car_neither_takes_up_nor_looks_back_at_nor_names_it(car: RealDesk) -> None:
    car.now = datetime.now(UTC)  # looking back goes by the machine's clock
    car.see("BB22BBB", 1, final=True)
    car.see("CC33CCC", 2, final=True)
    car.see("EE55EEE", 3, final=True)
    car.see("GG77GGG", 4, final=True)
    car.see("HH88HHH", 5, final=True)
    with HotlistStore(hotlists_db(car.folder)) as store:
        store.define(STOLEN.changed(covert=True, max_age_s=1.0), origin="file")
    car.close()
    config = replace(
        PatrolConfig(),
        camera=(CameraConfig(id="front", source=Address("/dev/no-camera")),),
        gps=GpsConfig(enabled=False),
    )
    parts = open_parts(config, car.folder)
    patrol = Patrol(parts)
    patrol.start()
    try:
        state = parts.desk.state()
        assert [(a.read_vrm, a.list_vrm) for a in state.alerts if a.kind == "hit"] == [("EE55EEE", "EE55EEE")]
        assert [one.name for one in state.lists] == ["No tax"]
        mark = next(mark for mark in state.health if mark.name == "lists")
        assert (mark.level, mark.text.startswith("1 lists")) == ("ok", True)  # neither stale by it nor counting it
        raised = threading.Event()
        parts.desk.subscribe(raised.set)
        import_marks(car.folder, COVERT, "GG77GGG")
        import_marks(car.folder, replace(STOLEN, name="New"), "GG77GGG", "HH88HHH")
        ends = time.monotonic() + WAIT_S
        past: set[tuple[str, tuple[str, ...]]] = set()
        while len(past) < 2 and time.monotonic() < ends:
            raised.wait(0.5)
            raised.clear()
            past = {
                (a.read_vrm, tuple(one.entry.list_name for one in a.listed))
                for a in parts.desk.state().alerts
                if a.past
            }
        assert past == {("GG77GGG", ("New",)), ("HH88HHH", ("New",))}
    finally:
        assert patrol.stop()
    store_after = RecordStore(car.folder / "records.db", "after")
    hits = set(store_after.connection.execute("SELECT list_name, entry_vrm FROM hits").fetchall())
    assert ("Op Kestrel", "GG77GGG") in hits  # recorded it is
    waiting = store_after.connection.execute(
        "SELECT count(*) FROM alerts WHERE past AND sighting_id IS NULL"
    ).fetchone()
    assert waiting == (0,)  # with their sightings, so that they outlive a restart
    store_after.close()
