"""Attacks on a package: whatever is changed is found, on a machine that has nothing but the file."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr import sqlite
from anpr.exhibits.package import SIGNED_AS, zipped
from anpr.exhibits.verification import verify
from anpr.trust.tablet_key import TabletKey, fingerprint
from tests.anpr.exhibits.made import ALL, exhibit, make_records, packed

Files = dict[str, bytes]


@cache
def whole() -> tuple[bytes, str]:
    """A package of two alerts, and the fingerprint of its key."""
    with TemporaryDirectory() as name:
        records = make_records(Path(name))
        return packed(records, exhibit(records), exhibit(records, "2")), fingerprint(
            TabletKey.open(Path(name) / "key.pem").public
        )


def files_of(package: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def signed_anew(files: Files, folder: Path, key: TabletKey | None = None) -> bytes:
    """What somebody gets who changes files and writes and signs a manifest of his own, with the stolen key or another."""
    signer = key or TabletKey.open(folder / "other.pem")
    manifest = json.loads(files["manifest.json"])
    manifest["key"] = signer.public
    manifest["files"] = {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        for name, content in files.items() if not name.startswith("manifest")
    }  # fmt: skip
    text = json.dumps(manifest).encode()
    return zipped({**files, "manifest.json": text, "manifest.sig": signer.sign(SIGNED_AS + text).encode()})


def test_a_package_is_whole_with_and_without_the_key_that_was_noted() -> None:
    package, key = whole()
    for known in ("", key, key.upper().replace(" ", "")):
        verdict = verify(package, known)
        assert (verdict.trouble, verdict.intact, verdict.key, verdict.notes) == ("", True, key, ())


@given(st.data())
def test_any_byte_that_is_another_is_found(data: st.DataObject) -> None:
    package, _ = whole()
    place = data.draw(st.integers(0, len(package) - 1))
    other = data.draw(st.integers(1, 255))
    assert not verify(package[:place] + bytes([package[place] ^ other]) + package[place + 1 :]).intact


@given(st.data())
def test_bytes_that_are_missing_or_added_are_found(data: st.DataObject) -> None:
    package, _ = whole()
    place = data.draw(st.integers(0, len(package)))
    added = data.draw(st.binary(min_size=1, max_size=40))
    assert not verify(package[:place]).intact or place == len(package)
    assert not verify(package[place:]).intact or place == 0
    assert not verify(package[:place] + added + package[place:]).intact


@given(st.binary(max_size=300))
def test_any_bytes_at_all_are_one_sentence(content: bytes) -> None:
    assert verify(content).trouble


def swap(one: str, other: str) -> Callable[[Files], Files]:
    return lambda files: {**files, one: files[other], other: files[one]}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (swap("alert-1/plate.jpg", "alert-2/plate.jpg"), "alert-1/plate.jpg was altered"),
        (lambda files: {k: v for k, v in files.items() if k != "alert-1/plate.jpg"}, "alert-1/plate.jpg is missing"),
        (lambda files: {**files, "alert-1/more.jpg": b"x"}, "alert-1/more.jpg was added"),
        (lambda files: {**files, "manifest.json": files["manifest.json"] + b" "}, "does not fit its signature"),
        (lambda files: {k: v for k, v in files.items() if k != "manifest.sig"}, "no signature"),
        (lambda files: {**files, "\x1b[2J": b"x"}, "'\\x1b[2J' was added"),
        (lambda files: {**files, "index.html": b"<p>another story"}, "index.html was altered"),
    ],
)  # fmt: skip
def test_what_was_done_to_files_is_named(change: Callable[[Files], Files], words: str) -> None:
    assert words in verify(zipped(change(files_of(whole()[0])))).trouble


def test_a_package_of_another_key_is_told_from_ours(tmp_path: Path) -> None:
    package, key = whole()
    forged = signed_anew(files_of(package), tmp_path)
    assert verify(forged).key != key  # without the fingerprint that was noted only people can tell
    assert "another key than the one that was named" in verify(forged, key).trouble
    assert "another key" in verify(package, "0000").trouble


def test_a_signature_of_another_key_does_not_fit(tmp_path: Path) -> None:
    files = files_of(whole()[0])
    files["manifest.sig"] = TabletKey.open(tmp_path / "other.pem").sign(SIGNED_AS + files["manifest.json"]).encode()
    assert "signed by another key" in verify(zipped(files)).trouble


def changed_record(files: Files, change: Callable[[dict[str, object]], None]) -> Files:
    record = json.loads(files["alert-1/record.json"])
    change(record)
    return {**files, "alert-1/record.json": json.dumps(record).encode()}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (swap("alert-1/plate.jpg", "alert-2/plate.jpg"), None),
        (lambda f: {**f, "alert-1/plate.jpg": b"\xff\xd8 another"}, "is not the picture"),
        (lambda f: changed_record(f, lambda r: r["moment"].update(vrm="AB12CDF")), "the moment of alert-1"),  # type: ignore[attr-defined]
        (lambda f: changed_record(f, lambda r: r["hits"][0]["entry"].update(action="STOP")), "a list's entry of alert-1"),  # type: ignore[index]
        (lambda f: changed_record(f, lambda r: r["decisions"][0].update(note="none")), "a decision of alert-1"),  # type: ignore[index]
    ],
)  # fmt: skip
def test_even_whoever_can_sign_cannot_change_what_was_sealed_when_it_was_recorded(
    change: Callable[[Files], Files], words: str | None, tmp_path: Path
) -> None:
    trouble = verify(signed_anew(change(files_of(whole()[0])), tmp_path)).trouble
    assert (words or "is not the picture") in trouble


def test_a_cut_custody_does_not_end_at_the_head(tmp_path: Path) -> None:
    files = files_of(whole()[0])
    files["custody.jsonl"] = b"".join(files["custody.jsonl"].splitlines(keepends=True)[:-1])
    assert "does not end at the head" in verify(signed_anew(files, tmp_path)).trouble


@pytest.mark.parametrize(
    "manifest", [b"", b"[]", b"{}", b'{"format": "patrol-anpr-exhibit/1"}', b'{"format": "other/9"}', b"\xff"]
)
def test_a_manifest_of_another_form_is_one_sentence(manifest: bytes) -> None:
    assert verify(zipped({**files_of(whole()[0]), "manifest.json": manifest})).trouble


def test_what_was_recorded_by_an_earlier_version_is_noted_not_refused(tmp_path: Path) -> None:
    records = make_records(tmp_path)
    with closing(sqlite.connect(records)) as file:
        for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            file.execute(f"DROP TRIGGER {name}")
        file.execute("DELETE FROM audit")
        file.execute("DELETE FROM audit_particulars")
        file.execute("DELETE FROM moment_pictures")
        file.execute("DELETE FROM pictures")
        file.commit()
    verdict = verify(packed(records, exhibit(records)))
    assert verdict.intact
    assert len(verdict.notes) == 2


def test_a_sighting_of_a_covert_hit_is_a_package_of_a_supervisor(tmp_path: Path) -> None:
    records = make_records(tmp_path)
    package = packed(records, exhibit(records, "s1", ALL), names=ALL)
    assert verify(package).trouble == ""
    files = files_of(package)
    files["sighting-1/plate-last.jpg"] = b"\xff\xd8 other"
    assert "is not the picture" in verify(signed_anew(files, tmp_path)).trouble


def test_a_picture_in_which_a_byte_is_another_is_named() -> None:
    package, _ = whole()
    place = package.index(files_of(package)["alert-2/overview.jpg"]) + 100
    changed = package[:place] + bytes([package[place] ^ 1]) + package[place + 1 :]
    assert "alert-2/overview.jpg was altered" in verify(changed).trouble
