import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from anpr.errors import StoreError
from anpr.trust.tablet_key import TabletKey, fingerprint, is_signed, same_fingerprint


def test_a_key_is_made_once_and_signs_what_its_public_half_confirms(tmp_path: Path) -> None:
    key = TabletKey.open(tmp_path / "folder" / "key.pem")
    assert TabletKey.open(tmp_path / "folder" / "key.pem").public == key.public
    signature = key.sign(b"content")
    assert is_signed(b"content", signature, key.public)
    assert not is_signed(b"Content", signature, key.public)
    assert not is_signed(b"content", signature, TabletKey.open(tmp_path / "other.pem").public)


@pytest.mark.skipif(os.name != "posix", reason="modes of files are of POSIX")
def test_only_its_owner_may_read_it_also_after_it_was_copied(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    TabletKey.open(path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    TabletKey.open(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_many_that_open_it_at_once_get_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: TabletKey.open(tmp_path / "key.pem").public, range(16)))
    assert len(keys) == 1
    assert [one.name for one in tmp_path.iterdir()] == ["key.pem"]


@pytest.mark.parametrize(
    "content", [b"", b"nothing", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_what_is_no_key_is_left_alone_and_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="no key of this program"):
        TabletKey.open(path)
    assert path.read_bytes() == content


def test_a_folder_that_cannot_hold_it_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="check the folder"):
        TabletKey.open(tmp_path / "file" / "key.pem")


@pytest.mark.parametrize(("signature", "public"), [("", ""), ("x", "y"), ("AAAA", "AAAA"), ("\u20ac", "\u20ac")])
def test_what_is_neither_key_nor_signature_confirms_nothing(signature: str, public: str) -> None:
    assert not is_signed(b"content", signature, public)


def test_fingerprints_are_compared_as_people_write_them() -> None:
    one = fingerprint("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
    assert same_fingerprint(one.replace(" ", ":").upper(), one)
    assert not same_fingerprint(one[:-1], one)
    assert not same_fingerprint("", "")
    assert fingerprint("no base64") != one
