import shutil
from datetime import datetime
from pathlib import Path

import pytest

from anpr.address import Address
from anpr.config.car import SyncConfig
from anpr.errors import AnprError
from hotlists.store.store import HotlistStore
from hotlists.sync.follower import Follower
from tests.hotlists.made import Clock, random_vrms, vrms_of
from tests.hotlists.office import Office
from tests.hotlists.web import Web

VRMS = random_vrms(3000)


def test_follower_syncs_when_due(office: Office, web: Web, clock: Clock, tmp_path: Path) -> None:
    office.publish(VRMS[:10])
    path = tmp_path / "car.db"
    follower = Follower(path, SyncConfig(Address(web.url), office.root, every_s=100.0), clock)
    assert follower.step()
    assert not follower.step()
    clock.move(seconds=121)
    assert follower.step()
    with HotlistStore(path) as store:
        assert vrms_of(store) == sorted(VRMS[:10])


def test_a_refused_sync_stays_a_trouble_until_one_succeeds(
    office: Office, web: Web, clock: Clock, tmp_path: Path
) -> None:
    office.publish(VRMS[:10])
    stranger = Office(tmp_path / "stranger", clock)
    stranger.store.close()
    follower = Follower(tmp_path / "car.db", SyncConfig(Address(web.url), stranger.root, every_s=100.0), clock)
    with pytest.raises(AnprError):
        follower.step()
    refused = follower.trouble
    assert refused is not None
    assert not follower.step()
    assert follower.trouble is refused
    follower._config = SyncConfig(Address(web.url), office.root, every_s=100.0)
    clock.move(seconds=700)
    assert follower.step()
    assert follower.trouble is None


def test_a_list_whose_file_came_broken_is_a_trouble_until_it_comes_whole(
    office: Office, clock: Clock, tmp_path: Path
) -> None:
    office.publish(VRMS[:10])
    served = tmp_path / "stick"
    follower = Follower(tmp_path / "car.db", SyncConfig(Address(str(served)), office.root, every_s=100.0), clock)
    shutil.copytree(office.published, served)
    for path in (served / "objects").rglob("*.zst"):
        path.write_bytes(path.read_bytes()[:20])
    assert follower.step()
    assert follower.trouble is not None
    assert not follower.step()
    assert follower.trouble is not None
    shutil.copytree(office.published, served, dirs_exist_ok=True)
    clock.move(seconds=700)
    assert follower.step()
    assert follower.trouble is None
    with HotlistStore(tmp_path / "car.db") as store:
        assert vrms_of(store) == sorted(VRMS[:10])


def test_a_sync_under_a_wrong_clock_does_not_end_syncing(
    office: Office, web: Web, clock: Clock, tmp_path: Path
) -> None:
    office.publish(VRMS[:10])
    signed: list[datetime] = []
    config = SyncConfig(Address(web.url), office.root, every_s=100.0)
    follower = Follower(tmp_path / "car.db", config, clock, signed=signed.append)
    right = clock.at
    clock.at = right.replace(year=2040)
    with pytest.raises(AnprError, match="ran out on"):  # by that clock
        follower.step()
    assert signed == []
    clock.at = right
    assert follower.step()
    assert not follower.step()
    assert len(signed) == 1
    clock.move(seconds=-500)  # set back a little
    assert follower.step()
