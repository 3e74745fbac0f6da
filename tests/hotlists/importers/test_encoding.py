from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.errors import ImportRefused
from hotlists.importers.encoding import first_bytes, is_workbook, open_text, text_encoding
from hotlists.store.store import HotlistStore
from tests.hotlists.made import imported, police_row


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8", ","), ("utf-8-sig", "\t"), ("utf-16", ";"), ("utf-16-le", "|"), ("utf-16-be", ","), ("cp1252", ";")],
)
def test_encodings_and_delimiters(store: HotlistStore, tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "list.csv"
    rows = [police_row("AB51CDE", model="Citroën"), police_row("CD52EFG", reason="£ fraud")]
    path.write_bytes("\r\n".join(row.replace(",", delimiter) for row in rows).encode(encoding))
    report = imported(store, path)
    assert report.rejected == 0
    kept = list(store.rows(report.revision))
    assert [row[1] for row in kept] == ["AB51CDE", "CD52EFG"]
    assert kept[0][3] == "Citroën"
    assert kept[1][7] == "£ fraud"


ANY = Path("list.csv")


@given(st.lists(st.sampled_from(["AB51CDE,FORD,BLUE", "CD52EFG,CITROËN,", "é"]), min_size=3, max_size=50))
def test_encoding_is_told_by_mark_or_by_where_the_zeros_stand(rows: list[str]) -> None:
    text = "VRM,MAKE,COLOUR\n" + "\n".join(rows)
    guesses = {
        encoding: text_encoding(ANY, text.encode(encoding))
        for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16-le", "utf-16-be", "utf-16")
    }
    assert guesses == {
        "utf-8": "utf-8-sig",
        "utf-8-sig": "utf-8-sig",
        "cp1252": "utf-8-sig",
        "utf-16-le": "utf-16-le",
        "utf-16-be": "utf-16-be",
        "utf-16": "utf-16-le",
    }


def test_mark_of_byte_order_goes_before_the_count_of_zeros() -> None:
    assert text_encoding(ANY, b"\xfe\xff" + "Ж".encode("utf-16-be") * 50) == "utf-16-be"
    assert text_encoding(ANY, b"\xff\xfe" + "Ж".encode("utf-16-le") * 50) == "utf-16-le"


@pytest.mark.parametrize(
    ("sample", "kind"),
    [
        (b"%PDF-1.7\n1 0 obj", "is a PDF document"),
        (b"\xd0\xcf\x11\xe0 old", r"is an old Excel workbook \(save it as .xlsx or CSV\)"),
        (b"SQLite format 3\0", "is an SQLite database"),
        (b"\x1f\x8b\x08" + bytes(200), "is a gzip archive"),
        (b"BM" + bytes(range(256)), "is a BMP picture"),
        (bytes([1, 2, 3, 200]) * 50, "is binary, not a hotlist"),
        (bytes(300) + b"AB51CDE", "is binary"),
    ],
)
def test_what_is_no_text_is_named(sample: bytes, kind: str) -> None:
    with pytest.raises(ImportRefused, match=kind):
        text_encoding(ANY, sample)


def test_a_list_whose_first_mark_looks_like_a_picture_s_is_a_list() -> None:
    assert text_encoding(ANY, b"BM51ABC,FORD\nBM52ABC,BMW\n") == "utf-8-sig"
    assert is_workbook(b"PK\x03\x04rest")
    assert not is_workbook(b"PK51ABC,FORD\n")


def test_a_few_control_characters_are_dirt_and_many_are_no_text() -> None:
    assert text_encoding(ANY, b"\x01" * 5 + b"A" * 95) == "utf-8-sig"
    with pytest.raises(ImportRefused, match="is binary"):
        text_encoding(ANY, b"\x01" * 6 + b"A" * 94)
    # an end-of-file mark of old systems, form feeds and a few zeros are usual
    assert text_encoding(ANY, b"\x1a\x0c\x0b" * 20 + b"\0" * 20 + b"A" * 100) == "utf-8-sig"


def test_sample_is_bounded_and_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"A" * 200_000)
    assert len(first_bytes(path)) == 65536
    for content in (b"", b"\xef\xbb\xbf \r\n", b"\xff\xfe"):
        path.write_bytes(content)
        with pytest.raises(ImportRefused, match="is empty: nothing was imported and the list in use is unchanged"):
            first_bytes(path)
    with pytest.raises(ImportRefused, match=r"cannot be read .*: check the path"):
        first_bytes(tmp_path)


def test_line_ends_of_all_systems_are_one_and_bytes_of_no_encoding_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"A\r\nB\rC\n\xe9\n")
    with open_text(path, "utf-8-sig") as text:
        assert text.read() == "A\nB\nC\n\udce9\n"
    path.write_bytes("AÉ\n".encode("utf-16-le") + b"\x00\xd8")
    with open_text(path, "utf-16-le") as text:
        assert text.read().startswith("AÉ\n")
