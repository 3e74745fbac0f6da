import json
from contextlib import closing
from pathlib import Path

import pytest

from anpr import sqlite
from anpr.errors import InputError, StoreError
from anpr.exhibits.gathering import ExhibitId
from tests.anpr.exhibits.made import ALL, CREW, exhibit, make_records


def test_an_alert_is_gathered_with_all_that_belongs_to_it(tmp_path: Path) -> None:
    one = exhibit(make_records(tmp_path))
    assert one.record["moment"]["vrm"] == "AB12CDE"
    assert [found["entry"]["vrm"] for found in one.record["hits"]] == ["AB12CDE"]
    assert [decision.get("note") for decision in one.record["decisions"]] == ["<b>two in the car</b>", None]
    assert json.loads(one.record["decisions"][1]["stop_record"]) == {"outcome": "arrest"}
    assert one.record["sighting"]["vrm"] == "AB12CDE"
    assert sorted(one.pictures) == [
        "overview.jpg",
        "plate.jpg",
    ]  # those of the sighting are the same, and stand there once
    assert all(jpeg.startswith(b"\xff\xd8") for jpeg in one.pictures.values())


def test_a_covert_list_is_in_nothing_that_a_crew_exports(tmp_path: Path) -> None:
    records = make_records(tmp_path)
    crew, supervisor = exhibit(records), exhibit(records, names=ALL)
    assert "secret" not in json.dumps(crew.record)
    assert crew.lists == ("stolen",)
    assert {one["list_name"] for one in supervisor.record["sighting_hits"]} == {"stolen", "secret"}
    assert supervisor.lists == ("secret", "stolen")
    with pytest.raises(InputError, match="by a supervisor"):
        exhibit(records, "s1")
    assert exhibit(records, "s1", ALL).record["sighting"]["vrm"] == "AB12CDE"


def test_an_alert_on_a_list_that_is_covert_now_or_gone_is_unknown_to_a_crew(tmp_path: Path) -> None:
    records = make_records(tmp_path)
    for shown in (frozenset[str](), frozenset({"other"})):
        with pytest.raises(InputError, match="there is no alert 1"):
            exhibit(records, names=type(CREW)(CREW.audience, shown, frozenset({"stolen"}) - shown))


@pytest.mark.parametrize("text", ["7", "s7"])
def test_what_is_not_there_is_said(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match="evidence list"):
        exhibit(make_records(tmp_path), text, ALL)


@pytest.mark.parametrize("text", ["", "x", "-1", "0", "1.5", "s", "1" * 30])
def test_what_is_no_number_is_said(text: str) -> None:
    with pytest.raises(InputError, match="no alert and no sighting"):
        ExhibitId.parse(text)


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "records.db").write_bytes(b"no database" * 500)
    with pytest.raises(StoreError, match="anpr doctor"):
        exhibit(tmp_path / "records.db")


def test_a_fault_is_no_evidence(tmp_path: Path) -> None:
    records = make_records(tmp_path)
    with closing(sqlite.connect(records)) as file:
        file.execute("UPDATE alerts SET kind = 'fault' WHERE id = 2")
        file.commit()
    with pytest.raises(InputError):
        exhibit(records, "2", ALL)
