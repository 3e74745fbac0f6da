import io
import json
import zipfile
from pathlib import Path

from anpr.exhibits.package import zipped
from anpr.trust.tablet_key import TabletKey
from tests.anpr.exhibits.made import exhibit, make_records, packed


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    records = make_records(tmp_path)
    assert packed(records, exhibit(records)) == packed(records, exhibit(records))


def test_it_holds_record_pictures_custody_and_page_and_the_manifest_names_them(tmp_path: Path) -> None:
    records = make_records(tmp_path)
    with zipfile.ZipFile(io.BytesIO(packed(records, exhibit(records), exhibit(records, "2")))) as archive:
        names = archive.namelist()
        manifest = json.loads(archive.read("manifest.json"))
    assert set(names) - {"manifest.json", "manifest.sig"} == set(manifest["files"])
    assert {"alert-1/record.json", "alert-1/plate.jpg", "alert-2/overview.jpg", "custody.jsonl", "index.html"} <= set(
        names
    )
    assert manifest["exhibits"] == ["alert-1", "alert-2"]
    assert manifest["key"] == TabletKey.open(tmp_path / "key.pem").public
    assert (manifest["reason"], manifest["car"]) == ("case 7", "Car 7")


def test_a_zip_does_not_depend_on_the_system() -> None:
    with zipfile.ZipFile(io.BytesIO(zipped({"a": b"1"}))) as archive:
        (info,) = archive.infolist()
    assert (info.create_system, info.date_time, info.compress_type) == (3, (1980, 1, 1, 0, 0, 0), zipfile.ZIP_STORED)
