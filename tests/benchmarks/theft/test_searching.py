"""A search that finds what is there in every form, wherever it lies, and nothing else."""

import os
import random
from pathlib import Path

import pytest

from benchmarks.theft import searching
from benchmarks.theft.searching import Needles, search
from hotlists.keys import fold_keys, pack

MARK, NAME = "QX51ZZO", "QUARTERMAINE"
PICTURE = b"\xff\xd8tables of every picture\xff\xda" + random.Random(1).randbytes(5000)
NEEDLES = Needles.of([MARK], [NAME], [PICTURE])
PACKED = int(pack([MARK])[0][0])
FOLDED = int(fold_keys(pack([MARK])[0])[0])
HIDDEN = {
    "bytes": MARK.encode(), "lower case": MARK.lower().encode(), "within a word": f"X{MARK}Y".encode(), "name": NAME.encode(),
    "utf-16-le": MARK.encode("utf-16-le"), "utf-16-be": f"a{MARK}".encode("utf-16-be"), "packed": PACKED.to_bytes(8, "little"),
    "packed the other way": FOLDED.to_bytes(8, "big"), "part of a picture": PICTURE[-1000:-984],
}  # fmt: skip


@pytest.mark.parametrize("way", HIDDEN)
def test_what_is_hidden_is_found_at_any_place(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "_PIECE", 4096)
    for at in (0, 1, 7, 4090, 4096, 9_001):
        (tmp_path / "file").write_bytes(os.urandom(at) + b"\0" + HIDDEN[way] + b"\0" + os.urandom(300))
        assert search([tmp_path], NEEDLES), at


def test_names_of_files_are_searched_and_noise_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(os.urandom(300_000))
    (tmp_path / "tables").write_bytes(PICTURE[: PICTURE.find(b"\xff\xda")] + bytes(1000))
    (tmp_path / "empty").touch()
    assert search([tmp_path], NEEDLES) == []
    (tmp_path / f"of {MARK}").mkdir()
    assert [one.what for one in search([tmp_path], NEEDLES)] == [MARK]


def test_what_is_too_short_to_be_searched_for_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 6 letters and digits"):
        Needles.of(["A1"], [], [])
