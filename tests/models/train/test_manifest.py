from pathlib import Path

import pytest

from models.train.manifest import read_manifest, sha256_of, write_entry


def test_entry_is_read_back_and_the_others_stay(tmp_path: Path) -> None:
    path = tmp_path / "manifest.toml"
    assert read_manifest(path) == {}
    entry = {
        "file": 'a "b".onnx', "size": [160, 48], "share": 0.1, "none": [], "is": True, "Ä ö": "ü\n",
        "measured": {"clips": [{"name": "d1", "read": 3}, {"name": "n1", "read": 0}], "at": 1e-9},
    }  # fmt: skip
    write_entry(path, "reader", entry)
    write_entry(path, "detector", {"file": "d"})
    write_entry(path, "reader", entry | {"file": "new"})
    assert read_manifest(path) == {"detector": {"file": "d"}, "reader": entry | {"file": "new"}}
    assert path.read_text("utf-8").startswith("# The shipped models")


def test_what_has_no_place_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "manifest.toml"
    write_entry(path, "reader", {"file": "a"})
    before = path.read_bytes()
    with pytest.raises(TypeError, match="NoneType has no place in the manifest"):
        write_entry(path, "reader", {"file": None})
    with pytest.raises(ValueError, match="read back the same"):
        write_entry(path, "reader", {"share": float("nan")})
    assert path.read_bytes() == before


def test_hash_is_that_of_the_content(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert sha256_of(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
