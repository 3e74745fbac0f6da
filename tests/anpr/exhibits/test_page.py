import io
import zipfile
from pathlib import Path

from tests.anpr.exhibits.made import exhibit, make_records, packed


def page_of(records: Path, *numbers: str) -> str:
    with zipfile.ZipFile(io.BytesIO(packed(records, *(exhibit(records, n) for n in numbers)))) as archive:
        return archive.read("index.html").decode()


def test_it_says_what_was_seen_found_and_decided(tmp_path: Path) -> None:
    text = page_of(make_records(tmp_path), "1")
    for told in (
        "Alert 1",
        "AB12CDE",
        "stolen",
        "1234 A. Constable",
        "Stop record: outcome",
        "arrest",
        "case 7",
        "data:image/jpeg;base64,",
    ):
        assert told in text
    assert "secret" not in text


def test_text_from_outside_is_text_and_nothing_is_fetched(tmp_path: Path) -> None:
    text = page_of(make_records(tmp_path), "1", "2")
    assert "&lt;b&gt;two in the car" in text
    assert "<b>" not in text
    assert "<script" not in text
    assert "http://" not in text
    assert "https://" not in text
    assert "default-src 'none'" in text
