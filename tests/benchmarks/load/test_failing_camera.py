"""A network camera that fails as it is told."""

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from anpr.address import Address
from anpr.clock import SystemClock
from anpr.faults import CameraError
from benchmarks.load.endurance import failing_camera
from benchmarks.load.failing_camera import FailingCamera
from camera.sources.source import next_grab
from camera.sources.stream import StreamSource


def test_the_camera_fails_as_it_is_told(clip: Path) -> None:
    with failing_camera(clip) as (address, tell):
        source = StreamSource(Address(address), clock=SystemClock())
        source.open()
        bright = [next_grab(source) for _ in range(5)]
        assert all(g is not None and g.image.mean() > 40 for g in bright)
        tell("black")
        assert any(g is not None and g.image.max() < 5 for g in (next_grab(source) for _ in range(100)))
        tell("unplug")
        with pytest.raises(CameraError):
            _ = [next_grab(source) for _ in range(200)]
        source.close()


@pytest.fixture
def camera() -> Iterator[FailingCamera]:
    made = FailingCamera([b"first", b"second"], b"black", fps=1000.0)
    yield made
    made.obey("unplug")


def parts(address: str, count: int) -> list[bytes]:
    """The first pictures that a reader gets."""
    split = urlsplit(address)
    with closing(socket.create_connection((split.hostname, split.port or 0), 10)) as reader:
        reader.sendall(b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
        got = b""
        while got.count(b"--frame\r\n") <= count:
            got += reader.recv(65536)
        return [part.partition(b"\r\n\r\n")[2].rstrip(b"\r\n") for part in got.split(b"--frame\r\n")[1 : count + 1]]


def test_it_plays_its_pictures_goes_black_and_freezes(camera: FailingCamera) -> None:
    address = camera.plug_in()
    assert set(parts(address, 20)) == {b"first", b"second"}
    camera.obey("black")
    assert set(parts(address, 5)) == {b"black"}
    camera.obey("freeze")
    assert len(set(parts(address, 20))) == 1
    camera.obey("ok")
    assert set(parts(address, 20)) == {b"first", b"second"}


def test_it_comes_back_at_the_same_address(camera: FailingCamera) -> None:
    address = camera.plug_in()
    camera.obey("unplug")
    with pytest.raises(OSError, match="refused"):
        parts(address, 1)
    camera.obey("ok")
    assert parts(address, 1)[0] in {b"first", b"second"}


def test_a_state_that_no_camera_has_is_refused(camera: FailingCamera) -> None:
    with pytest.raises(ValueError, match="ok, freeze, black, unplug, not 'on fire'"):
        camera.obey("on fire")
