"""Fetched files lie closed: piece by piece as they come, and open for whoever has the key of the folder."""

import hashlib
import os
import random
from pathlib import Path

from hotlists.sync.sealed_file import Sealed


def test_what_is_written_in_pieces_is_read_as_a_whole_and_lies_in_none(tmp_path: Path) -> None:
    content = b"QX51ZZT" * 1000 + os.urandom(2_500_000)
    sealed = Sealed(tmp_path, hashlib.sha256(content).hexdigest())
    chance, at = random.Random(1), 0
    path = tmp_path / "file.part"
    with path.open("wb") as file:
        while at < len(content):
            piece = content[at : at + chance.randrange(1, 90_000)]
            file.write(sealed.closed(piece, at))
            at += len(piece)
    assert path.stat().st_size == len(content)
    assert b"QX51ZZT" not in path.read_bytes()
    opened = b""
    with sealed.open(path) as file:
        assert file.readable()
        while piece := file.read(700_000):
            opened += piece
    assert opened == content


def test_another_folder_opens_nothing(tmp_path: Path) -> None:
    sha256 = hashlib.sha256(b"x").hexdigest()
    closed = Sealed(tmp_path / "a", sha256).closed(b"QX51ZZT", 0)
    assert Sealed(tmp_path / "b", sha256).closed(closed, 0) != b"QX51ZZT"
    assert Sealed(tmp_path / "a", sha256).closed(closed, 0) == b"QX51ZZT"
