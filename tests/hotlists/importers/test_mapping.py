from pathlib import Path

import pytest

from anpr.errors import ConfigError, ImportRefused
from hotlists.columns import POLICE_COLUMNS
from hotlists.importers.mapping import columns_of, found_columns, load_mapping, looks_like_header, mapped, plain_header
from hotlists.importers.options import FoundColumn, ReadOptions
from hotlists.importers.raw import RawBatch
from hotlists.store.entries import Reject
from hotlists.store.store import HotlistStore
from tests.hotlists.made import imported, write_rows


def test_table_with_a_header_or_a_mapping(store: HotlistStore, tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "list.csv", ["Colour;Reg No;Weed_Date;other", "red;ab51cde;2026-12-01;x", '"blue";"CD52EFG";;y']
    )
    report = imported(store, path)
    assert [(row[1], row[4], row[11]) for row in store.rows(report.revision)] == [
        ("AB51CDE", "red", "2026-12-01"),
        ("CD52EFG", "blue", ""),
    ]
    report = imported(store, path, mapping={"vrm": "reg no", "information": "OTHER"})
    assert [(row[1], row[4], row[9]) for row in store.rows(report.revision)] == [
        ("AB51CDE", "", "x"),
        ("CD52EFG", "", "y"),
    ]
    with pytest.raises(ImportRefused, match="no column headed 'plate'"):
        imported(store, path, mapping={"vrm": "plate"})


def chosen(
    header: list[str], mapping: dict[str, str] | None = None, named: dict[str, str] | None = None
) -> dict[str, int]:
    places = columns_of(header, ReadOptions(mapping=mapping, named=named or {}), "the file")
    return {column: place for column, place in zip(POLICE_COLUMNS, places, strict=True) if place is not None}


def test_headers_are_known_by_their_common_names_however_they_are_written() -> None:
    header = ["  Expiry_Date", "COLOR", "Number  Plate", "notes", "Make"]
    assert chosen(header) == {"vrm": 2, "make": 4, "colour": 1, "information": 3, "weed_date": 0}
    assert looks_like_header(header)
    assert not looks_like_header(["AB51CDE", "make", "colour"])


@pytest.mark.parametrize(
    "heading",
    [
        "Registration Number", "Vehicle Registration", "License Plate", "plate_number", "Index", "REG NUMBER", "Vrm No.",
        "registrationNumber", "Reg.", " VRM ", '"VRM"', "Number", "Vehicle Registration Mark", "Licence-Plate", "Reg/No",
    ],
)  # fmt: skip
def test_the_mark_is_known_by_every_common_heading(heading: str) -> None:
    assert chosen(["Make", heading]) == {"make": 0, "vrm": 1}
    assert chosen([heading, "VRM"])["vrm"] == (0 if plain_header(heading) == "vrm" else 1)


def test_a_heading_that_is_named_leaves_the_others_to_their_common_names() -> None:
    header = ["VRM", "Kennzeichen", "Make"]
    assert chosen(header, named={"vrm": "kennzeichen"}) == {"vrm": 1, "make": 2}
    with pytest.raises(ImportRefused, match="no column headed 'Farbe'"):
        chosen(header, named={"colour": "Farbe"})


def test_every_column_of_the_file_is_accounted_for() -> None:
    header = ["Owner", " Reg No ", ""]
    assert found_columns(header, columns_of(header, ReadOptions(), "the file")) == (
        FoundColumn(1, "Owner", None), FoundColumn(2, "Reg No", "vrm"), FoundColumn(3, "", None),
    )  # fmt: skip


def test_first_of_two_columns_of_one_name_is_taken() -> None:
    assert chosen(["make", "VRM", "vrm", "Make"]) == {"vrm": 1, "make": 0}


def test_mapping_takes_only_what_it_names() -> None:
    assert chosen(["VRM", "Make", "Kennzeichen"], {"vrm": "kennzeichen"}) == {"vrm": 2}
    with pytest.raises(ImportRefused, match="the file has no column headed 'Farbe': correct the mapping of colour"):
        chosen(["VRM"], {"vrm": "VRM", "colour": "Farbe"})
    with pytest.raises(ImportRefused, match="no column that is known as the VRM"):
        chosen(["make", "colour"])


def test_rows_are_put_in_our_order_and_the_rest_stays() -> None:
    raw = RawBatch([7, 9], [["FORD", "AB51CDE"], ["", "CD52EFG"]], [Reject(8, "why")], recoded=3)
    (batch,) = mapped([raw], columns_of(["make", "vrm"], ReadOptions(), "the file"))
    assert [row[:3] for row in batch.rows] == [["AB51CDE", "FORD", ""], ["CD52EFG", "", ""]]
    assert {len(row) for row in batch.rows} == {16}
    assert (batch.numbers, batch.rejects, batch.recoded) == ([7, 9], [Reject(8, "why")], 3)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[insurance", "is not valid TOML"),
        ("[other]\nvrm = 'x'", r"has no table \[insurance\] \(it has: other\)"),
        ("", r"\(it has: none\)"),
        ("[insurance]\nvrm = 'x'\nowner = 'y'", "sets 'owner', which is no column: use vrm, make"),
        ("[insurance]\nvrm = 1", "sets 'vrm', which is no column"),
        ("[insurance]\nmake = 'x'", "does not say which header is the vrm"),
    ],
)
def test_mapping_files_that_cannot_be_used(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=sentence):
        load_mapping(path, "insurance")


def test_mapping_file(tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text('[insurance]\nvrm = "Registration"\nweed_date = "Valid until"\n')
    assert load_mapping(path, "insurance") == {"vrm": "Registration", "weed_date": "Valid until"}
    with pytest.raises(ConfigError, match=r"cannot be read .*: check the path"):
        load_mapping(tmp_path / "none.toml", "insurance")
