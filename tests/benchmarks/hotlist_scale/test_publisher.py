from pathlib import Path

from anpr.address import Address
from anpr.config.car import SyncConfig
from benchmarks.hotlist_scale.publisher import Publisher
from hotlists.store.store import HotlistStore
from hotlists.sync.client import SyncClient
from tests.hotlists.made import import_vrms, vrms_of


def test_it_is_taken_up_again_and_followed(tmp_path: Path) -> None:
    with HotlistStore(tmp_path / "office.db") as office, HotlistStore(tmp_path / "car.db") as car:
        for vrms in (["A1", "B2"], ["C3"]):
            import_vrms(office, tmp_path, vrms)
            publisher = Publisher(tmp_path)
            publisher.publish(office)
            config = SyncConfig(Address(str(publisher.published)), publisher.root)
            assert SyncClient(car, config).sync().troubles == ()
            assert vrms_of(car) == vrms
