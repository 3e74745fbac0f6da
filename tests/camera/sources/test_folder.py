from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.errors import InputError
from camera.sources.folder import FolderSource
from tests.camera.parts import HandClock, numbered
from tests.camera.recordings import folder_of, numbers, play


def test_a_folder_is_played_in_the_order_of_its_names(tmp_path: Path) -> None:
    pictures = numbered(12)
    names = {f"frame{n}.png": pictures[n] for n in (11, 2, 1, 10, 0, 9, 3, 8, 4, 7, 5, 6)}
    played, source = play(folder_of(tmp_path / "f", names), fps=2)
    assert numbers(played) == list(range(12))
    assert played[10].name == "frame10.png"
    assert played[3].captured_ns == 1_500_000_000
    assert source.length == 12


def test_a_damaged_picture_keeps_its_place_in_time_and_is_told(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "f", {f"{n}.png": picture for n, picture in enumerate(numbered(5))})
    (folder / "1.png").write_bytes(b"")
    (folder / "3.png").write_bytes((folder / "3.png").read_bytes()[:60])
    (folder / "labels.json").write_text("{}")
    played, source = play(folder, fps=1)
    assert [(f.name, f.captured_ns, f.seq) for f in played] == [
        ("0.png", 0, 0),
        ("2.png", 2_000_000_000, 2),
        ("4.png", 4_000_000_000, 4),
    ]
    assert len(source.damage) == 2
    assert "1.png: is empty" in source.damage[0]
    assert "3.png: is damaged" in source.damage[1]


def test_sizes_and_depths_may_change_within_a_folder(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "f", {"a.png": np.zeros((40, 60, 3), np.uint8), "b.jpg": np.zeros((1, 1), np.uint8)})
    cv2.imwrite(str(folder / "c.png"), np.zeros((33, 47), np.uint16))
    assert [f.image.shape for f in play(folder)[0]] == [(40, 60, 3), (1, 1, 3), (33, 47, 3)]


def test_folders_with_nothing_to_play(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds no pictures"):
        play(tmp_path / "empty")
    (tmp_path / "bad").mkdir()
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / "bad" / name).write_bytes(b"nothing")
    with pytest.raises(InputError, match="none of its 2 pictures can be read"):
        play(tmp_path / "bad")


def test_one_picture_is_a_recording_of_one_frame(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), numbered(4)[3])
    assert numbers(play(tmp_path / "a.png")[0]) == [3]


@given(st.lists(st.integers(0, 2000), min_size=1, max_size=8, unique=True), st.sampled_from(["", "f", "F0x", "2026-"]))
def test_numbers_in_names_count_as_numbers(
    tmp_path_factory: pytest.TempPathFactory, counted: list[int], stem: str
) -> None:
    folder = tmp_path_factory.mktemp("folder")
    for number in counted:
        (folder / f"{stem}{number}.png").touch()
    source = FolderSource(folder, fps=None, clock=HandClock())
    source.open()
    assert [file.name for file in source._files] == [f"{stem}{number}.png" for number in sorted(counted)]


def test_only_pictures_are_played_and_hidden_ones_are_not(tmp_path: Path) -> None:
    pictures = dict(zip(("b.PNG", "a.jpeg", ".c.png"), numbered(3), strict=True))
    folder = folder_of(tmp_path / "f", {"b.png": pictures["b.PNG"], "a.jpeg": pictures["a.jpeg"]})
    (folder / "b.png").rename(folder / "b.PNG")
    (folder / ".c.png").write_bytes((folder / "b.PNG").read_bytes())
    (folder / "notes.txt").write_text("")
    clock = HandClock()
    source = FolderSource(folder, fps=5.0, clock=clock)
    source.open()
    assert (source.length, source.fps, source.is_live) == (2, 5.0, False)
    grabs = []
    for _ in range(2):
        clock.advance(1.0)
        grabs.append(source.read())
    assert [(g.name, g.index, g.grabbed_ns) for g in grabs if g is not None] == [
        ("a.jpeg", 0, 2_000_000_000),
        ("b.PNG", 1, 3_000_000_000),
    ]
    assert source.read() is None
    # opened again it starts anew
    source.open()
    again = source.read()
    assert again is not None
    assert again.name == "a.jpeg"


def test_single_picture_that_cannot_be_read_is_named_by_its_own_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"nothing")
    source = FolderSource(tmp_path / "a.png", fps=None, clock=HandClock())
    source.open()
    with pytest.raises(InputError, match=r"a\.png: is not a picture that can be read"):
        source.read()
