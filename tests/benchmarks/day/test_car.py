"""What surrounds the engine of a day: the camera lies as it is told, lists are broken as they are said to be, a disk is full."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from anpr.address import Address
from anpr.config.car import SyncConfig
from anpr.errors import AnprError
from anpr.trusted_time import GPS_ROUND
from benchmarks.day.car import (
    EVERY,
    IMPORTED,
    MARKS,
    PASSES,
    PASSING_BY,
    SIZE,
    SYNCED,
    BackOffice,
    Clerk,
    Footage,
    LyingCamera,
    Satellites,
)
from benchmarks.day.clock import DayClock
from benchmarks.day.play import namespace
from benchmarks.day.script import Event
from benchmarks.shift.car import PretendCamera
from hotlists.store.store import HotlistStore
from hotlists.sync.client import SyncClient


@pytest.fixture
def clock(tmp_path: Path) -> DayClock:
    made = DayClock.made(tmp_path / "clock")
    made.stand()
    return made


@pytest.fixture(scope="module")
def footage() -> Footage:
    return Footage()


class Heard(PretendCamera):
    """A camera of which only what it sends is looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes] = []

    def send(self, jpeg: bytes) -> None:
        self.sent.append(jpeg)


def test_the_footage_has_passes_and_a_road_of_which_no_two_pictures_are_the_same(footage: Footage) -> None:
    assert [len(one) for one in footage.passes] == [len(range(*span, EVERY)) for span in PASSES]
    assert len(set(footage.road)) == len(footage.road) > 3
    shown = cv2.imdecode(np.frombuffer(footage.road[0], np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    assert shown.shape == (SIZE[1], SIZE[0], 3)


def test_a_camera_lies_as_the_event_has_it_and_is_honest_again(footage: Footage) -> None:
    camera = Heard()
    lying = LyingCamera(camera, footage)
    try:
        for second in range(3):
            lying.send(float(second))
        assert lying.sends
        honest = list(camera.sent)
        assert len(set(honest)) == 3
        lying.become(Event.CAMERA_FREEZES)
        for second in range(3, 6):
            lying.send(float(second))
        assert camera.sent[3:] == [honest[-1]] * 3
        lying.become(Event.CAMERA_CUT)
        lying.send(6.0, honest[0])
        assert camera.sent[-1] == honest[0][: len(honest[0]) // 3]
        lying.become(Event.CAMERA_GARBAGE)
        lying.send(7.0, honest[0])
        assert cv2.imdecode(np.frombuffer(camera.sent[-1], np.uint8), cv2.IMREAD_COLOR) is None
        lying.become(Event.CAMERA_SLOW)
        before = len(camera.sent)
        for step in range(12):
            lying.send(8.0 + step * 0.5)
            lying.send_again()
        assert len(camera.sent) - before == 2
        lying.become(Event.CAMERA_DIES)
        lying.send(20.0)
        assert len(camera.sent) - before == 2
        lying.become(None)
        lying.send(21.0, honest[1])
        assert camera.sent[-1] == honest[1]
    finally:
        camera.close()


def test_a_receiver_whose_weeks_begin_again_tells_a_date_nineteen_years_ago(clock: DayClock) -> None:
    satellites = Satellites(clock)
    clock.set_wrong(86_400)
    assert abs(satellites.utc() - clock.true_utc()) < timedelta(seconds=5)
    satellites.rounds = 1
    assert abs(clock.true_utc() - satellites.utc() - GPS_ROUND) < timedelta(seconds=5)


def synced(office: BackOffice, store: HotlistStore) -> list[str]:
    config = SyncConfig(url=Address(str(office.served)), root=office.root)
    return list(SyncClient(store, config, wait=lambda _: None).sync().troubles)


def test_lists_are_served_whole_or_broken_and_then_whole_again(clock: DayClock, tmp_path: Path) -> None:
    office = BackOffice(tmp_path / "office", clock)
    with HotlistStore(tmp_path / "hotlists.db", clock=clock.utc) as store:
        assert synced(office, store) == []
        assert [one.name for one in store.lists()] == [SYNCED]
        office.is_offered = True
        office.publish()
        assert synced(office, store) == []
        assert {one.name for one in store.lists()} == {SYNCED, PASSING_BY}
        for event in (Event.SYNC_CUT, Event.SYNC_FORGED, Event.SYNC_GIBBERISH):
            office.spoil(event)
            with pytest.raises(AnprError):
                synced(office, store)
            office.repair()
            assert synced(office, store) == [], event
        office.spoil(Event.SYNC_HALF)
        assert synced(office, store) != []
        office.repair()
        assert synced(office, store) == []
        office.is_offered = False
        office.publish()
        assert synced(office, store) == []
        assert [one.name for one in store.lists()] == [SYNCED]


def test_a_broken_file_is_refused_and_the_list_in_force_stays(clock: DayClock, tmp_path: Path) -> None:
    clerk = Clerk(tmp_path / "hotlists.db", tmp_path, clock)
    clerk.import_good()
    for event in (Event.IMPORT_CUT, Event.IMPORT_GIBBERISH, Event.IMPORT_SHORT):
        assert clerk.import_broken(event), event
    with HotlistStore(tmp_path / "hotlists.db", clock=clock.utc) as store:
        current = store.get(IMPORTED).current
        assert current is not None
        assert current.number == 1
        marks = {row[1] for row in store.rows(current)}
    assert set(MARKS[IMPORTED]) <= marks


FILL = """
import sys
from pathlib import Path
from benchmarks.day.car import Disk
disk = Disk.mounted(Path(sys.argv[1]))
disk.fill(0)
try:
    (disk.folder / "one").write_bytes(b"x")
    print("room")
except OSError as error:
    print(error.errno)
disk.free()
(disk.folder / "one").write_bytes(b"x")
disk.close()
"""


def test_a_disk_of_its_own_is_full_to_the_last_byte_and_empty_again(tmp_path: Path) -> None:
    if not namespace():
        pytest.skip("this system gives no user mounts of its own")
    command = [*namespace(), sys.executable, "-c", FILL, str(tmp_path / "disk")]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "28"
