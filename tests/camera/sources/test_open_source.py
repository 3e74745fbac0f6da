from pathlib import Path

import pytest

from anpr.errors import InputError
from camera.sources import open_source
from camera.sources.clip import ClipSource
from camera.sources.folder import FolderSource
from camera.sources.stream import StreamSource
from camera.sources.usb import DeviceSource


def test_no_such_file_and_a_frame_rate_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file, folder or camera"):
        open_source(str(tmp_path / "none.mp4"))
    with pytest.raises(InputError, match="frame rate"):
        open_source(str(tmp_path), fps=0)


def test_what_a_text_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("0", "a.mp4", "a.PNG", "rtsp:"):
        (tmp_path / name).write_bytes(b"x")
    kinds = {
        "0": DeviceSource, "/dev/video9": DeviceSource, "/dev/null": DeviceSource, "./0": ClipSource,
        "RTSP://host/1": StreamSource, "https://host/1": StreamSource, "udp://host:1": StreamSource,
        "a.mp4": ClipSource, "a.PNG": FolderSource, ".": FolderSource, "rtsp:": ClipSource,
    }  # fmt: skip
    assert {spec: type(open_source(spec)) for spec in kinds} == kinds
    for spec in ("ftp://host/1", "none.mp4", "-1", "://x"):
        with pytest.raises(
            InputError, match=r"no such file, folder or camera; a stream starts with rtsp:// or http://"
        ):
            open_source(spec)


@pytest.mark.parametrize("fps", [0.009, 1000.1, -1.0, float("nan")])
def test_frame_rates_that_are_none(fps: float, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"is not between 0\.01 and 1000 frames a second"):
        open_source(str(tmp_path), fps=fps)
    assert open_source(str(tmp_path), fps=0.01).fps == 0.01
    assert open_source(str(tmp_path), fps=1000).fps == 1000
    assert open_source(str(tmp_path)).fps == 25.0
