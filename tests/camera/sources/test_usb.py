import os
from pathlib import Path

import pytest

from anpr.errors import CameraError
from camera.sources import open_source
from camera.sources.usb import DeviceSource
from tests.camera.http_camera import CLOCK


@pytest.mark.skipif(os.name != "posix", reason="device files")
def test_a_usb_camera_that_is_not_there(capfd: pytest.CaptureFixture[str]) -> None:
    for spec in ("/dev/video97", "97"):
        source = open_source(spec)
        assert source.is_live
        with pytest.raises(CameraError) as caught:
            source.open()
        assert caught.value.fault == "camera_unplugged"
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(os.name != "posix", reason="device files")
def test_a_device_that_is_no_camera(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CameraError) as caught:
        open_source("/dev/null").open()
    assert caught.value.fault == "camera_busy"
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(os.name != "posix", reason="device files")
def test_a_device_that_this_account_may_not_open(tmp_path: Path) -> None:
    path = tmp_path / "video0"
    path.touch(mode=0o000)
    tmp_path.chmod(0o755)
    account = os.geteuid()
    if account == 0:
        for folder in tmp_path.parents[:2]:
            folder.chmod(0o755)
        os.seteuid(65534)
    try:
        with pytest.raises(CameraError) as caught:
            DeviceSource(str(path), size=(1280, 720), clock=CLOCK).open()
    finally:
        os.seteuid(account)
    assert caught.value.fault == "camera_no_permission"


def test_a_camera_that_is_not_open_gives_no_frame() -> None:
    with pytest.raises(CameraError):
        DeviceSource(0, size=(1280, 720), clock=CLOCK).read()
