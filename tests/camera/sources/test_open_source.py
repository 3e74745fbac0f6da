from pathlib import Path

import pytest

from anpr.errors import InputError
from camera.sources import open_source


def test_no_such_file_and_a_frame_rate_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file, folder or camera"):
        open_source(str(tmp_path / "none.mp4"))
    with pytest.raises(InputError, match="frame rate"):
        open_source(str(tmp_path), fps=0)
