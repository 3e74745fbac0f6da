import os
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest

from anpr.faults import CameraError, FaultKind
from anpr.values import Image
from camera.sources import open_source
from camera.sources.source import Grab, Miss
from camera.sources.usb import DeviceSource
from tests.camera.http_camera import CLOCK
from tests.camera.parts import HandClock


@pytest.mark.skipif(os.name != "posix", reason="device files")
def test_a_usb_camera_that_is_not_there(capfd: pytest.CaptureFixture[str]) -> None:
    for spec in ("/dev/video97", "97"):
        source = open_source(spec)
        assert source.is_live
        with pytest.raises(CameraError) as caught:
            source.open()
        assert caught.value.fault == FaultKind.CAMERA_UNPLUGGED
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(os.name != "posix", reason="device files")
def test_a_device_that_is_no_camera(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CameraError) as caught:
        open_source("/dev/null").open()
    assert caught.value.fault == FaultKind.CAMERA_BUSY
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
    assert caught.value.fault == FaultKind.CAMERA_NO_PERMISSION


def test_a_camera_that_is_not_open_gives_no_frame() -> None:
    with pytest.raises(CameraError):
        DeviceSource(0, size=(1280, 720), clock=CLOCK).read()


class Capture:
    """What OpenCV gives for a camera: a second between the grab and the decoding, so that stamps can be told apart."""

    def __init__(self, clock: HandClock, pictures: list[Image | None]) -> None:
        self.clock = clock
        self.pictures = pictures
        self.released = 0

    def grab(self) -> bool:
        self.clock.advance(0.04)
        return bool(self.pictures)

    def retrieve(self) -> tuple[bool, Image | None]:
        self.clock.advance(1.0)
        picture = self.pictures.pop(0)
        return picture is not None, picture

    def release(self) -> None:
        self.released += 1


def opened(*pictures: Image | None, device: int | str = "/dev/null") -> tuple[DeviceSource, Capture]:
    clock = HandClock()
    source = DeviceSource(device, size=(1280, 720), clock=clock)
    capture = Capture(clock, list(pictures))
    source._capture = capture  # type: ignore[assignment]
    return source, capture


def test_frames_are_stamped_after_the_grab_and_before_the_decoding() -> None:
    picture = np.full((4, 6, 3), 7, np.uint8)
    source, capture = opened(picture, picture)
    grabs = [source.read(), source.read()]
    assert [(g.index, g.grabbed_ns) for g in grabs if isinstance(g, Grab)] == [(0, 1_040_000_000), (1, 2_080_000_000)]
    with pytest.raises(CameraError) as caught:
        source.read()
    assert caught.value.fault == FaultKind.CAMERA_SILENT
    source.close()
    source.close()
    assert capture.released == 1


def test_camera_whose_file_is_gone_is_unplugged() -> None:
    source, _ = opened(None, device="/dev/video97")
    assert not source.is_present
    with pytest.raises(CameraError, match="is gone") as caught:
        source.read()
    assert caught.value.fault == FaultKind.CAMERA_UNPLUGGED


@pytest.mark.parametrize("picture", [None, np.zeros((0, 0, 3), np.uint8)])
def test_frame_that_cannot_be_decoded_is_a_miss_and_only_very_many_end_the_connection(picture: Image | None) -> None:
    good = np.full((4, 6, 3), 7, np.uint8)
    source, _ = opened(picture, good, *[picture] * 251)
    assert source.read() is Miss.UNDECODABLE
    assert isinstance(source.read(), Grab)
    assert {source.read() for _ in range(250)} == {Miss.UNDECODABLE}
    with pytest.raises(CameraError, match="cannot be decoded") as caught:
        source.read()
    assert caught.value.fault == FaultKind.CAMERA_DAMAGED


def test_grey_pictures_of_infra_red_cameras_become_bgr() -> None:
    grey = np.array([[0, 100], [200, 255]], np.uint8)
    deep = grey.astype(np.uint16) * 256 + 255
    source, _ = opened(grey, deep)  # type: ignore[arg-type]
    for _ in range(2):
        grab = source.read()
        assert isinstance(grab, Grab)
        assert grab.image.dtype == np.uint8
        assert np.array_equal(grab.image, cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))


def test_looking_at_a_device_leaves_it_closed(tmp_path: Path) -> None:
    path = tmp_path / "video0"
    path.write_bytes(b"no camera")
    source = DeviceSource(str(path), size=(1280, 720), clock=HandClock())
    for _ in range(3):
        with pytest.raises(CameraError) as caught:
            source.open()
        assert caught.value.fault == FaultKind.CAMERA_BUSY
    assert str(path) not in {file.path for file in psutil.Process().open_files()}


class Answering:
    """A driver that takes some of what it is asked for."""

    def __init__(self, answers: dict[int, float]) -> None:
        self.answers = answers
        self.asked: list[tuple[int, float]] = []

    def set(self, key: int, value: float) -> bool:
        self.asked.append((key, value))
        return True

    def get(self, key: int) -> float:
        return self.answers.get(key, 0.0)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((1280, 720, 30.0), "1280 x 720 px at 30 frames a second"),
        ((640, 480, 10.0), "640 x 480 px at 10 frames a second (asked for 1280 x 720 px at 30)"),
        ((1280, 720, 0.0), "1280 x 720 px at a rate that its driver does not say (asked for 1280 x 720 px at 30)"),
    ],
)
def test_a_camera_is_asked_for_its_rate_after_its_size_and_the_answer_is_noted(
    answer: tuple[int, int, float], words: str, caplog: pytest.LogCaptureFixture
) -> None:
    keys = (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT, cv2.CAP_PROP_FPS)
    driver = Answering(dict(zip(keys, answer, strict=True)))
    source = DeviceSource(0, size=(1280, 720), clock=CLOCK, rate=30.0)
    with caplog.at_level("INFO", "camera.sources.usb"):
        source._agree(driver)  # type: ignore[arg-type]
    order = [key for key, _ in driver.asked]
    assert (cv2.CAP_PROP_FPS, 30.0) in driver.asked
    assert order.index(cv2.CAP_PROP_FPS) > order.index(cv2.CAP_PROP_FRAME_HEIGHT)
    assert source.terms == words
    assert caplog.messages == [f"camera 0 agreed to {words}"]
