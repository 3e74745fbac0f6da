from pathlib import Path

import pytest

from benchmarks.load.good_pictures import CUT, GOOD, main
from tests.camera.parts import scene, write_clip


def test_whole_pictures_are_told_from_cut_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip = write_clip(tmp_path / "a.mp4", [scene(n, shift=9 * n) for n in range(6)])
    main([str(clip), "--every", "3"])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(GOOD) + 1
    for line in lines:
        of_cut = line.startswith(f"{clip}, {CUT}:")
        assert f"{2 if of_cut else 0} of 2 damaged" in line
