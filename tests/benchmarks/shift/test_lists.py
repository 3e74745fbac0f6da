"""The hotlists of a shift."""

from pathlib import Path

from anpr.config.data_folder import hotlists_db
from benchmarks.shift.lists import HAND, import_lists
from benchmarks.shift.script import Role, full_script
from hotlists.store.store import HotlistStore


def test_every_listed_vehicle_is_on_its_list_and_one_list_is_covert(tmp_path: Path) -> None:
    folder, script = tmp_path / "data", full_script()
    folder.mkdir()
    import_lists(folder, script)
    with HotlistStore(hotlists_db(folder)) as store:
        found = {}
        for name in ("Stop", "Interest", "Observed", HAND):
            stored = store.get(name)
            assert stored.current is not None
            found[name] = ({row[1] for row in store.rows(stored.current)}, stored.settings.covert)
    assert found["Stop"][0] | found["Interest"][0] == {v.vrm for v in script.vehicles if v.role is Role.LISTED}
    assert found["Observed"] == ({v.vrm for v in script.vehicles if v.role is Role.COVERT}, True)
    assert not any(covert for name, (_, covert) in found.items() if name != "Observed")
