from pathlib import Path

from models.train.scenes.frames import is_held_out, load_frames


def test_frames_are_split_by_time(drive: Path) -> None:
    assert [frame.name for frame in load_frames(drive, held_out=False)] == ["d1_0003.jpg"]
    assert [frame.name for frame in load_frames(drive, held_out=True)] == ["d1_0900.jpg"]
    assert is_held_out("n1_0353.jpg")
    assert not is_held_out("n1_0001.jpg")
