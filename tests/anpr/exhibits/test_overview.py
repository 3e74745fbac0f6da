from pathlib import Path

import pytest

from anpr.errors import StoreError
from anpr.exhibits.overview import exportables
from tests.anpr.exhibits.made import ALL, CREW, make_records


def test_a_crew_is_told_of_alerts_and_a_supervisor_of_hits_that_were_none(tmp_path: Path) -> None:
    records = make_records(tmp_path)
    crew = exportables(records, CREW)
    assert [(one.id, one.vrm, one.lists, one.decision) for one in crew] == [
        ("1", "AB12CDE", ("stolen",), "confirmed"),
        ("2", "ZZ99ZZZ", ("stolen",), ""),
    ]
    everything = exportables(records, ALL)
    assert [one.id for one in everything] == ["1", "2", "s1", "s2"]
    assert set(everything[2].lists) == {"stolen", "secret"}


def test_what_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "records.db").write_bytes(b"nothing" * 1000)
    with pytest.raises(StoreError, match="cannot be read"):
        exportables(tmp_path / "records.db", CREW)
