"""The pretend car, as the product's own camera and GPS parts see it."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import cv2
import numpy as np
import pytest

from anpr.clock import SystemClock
from anpr.faults import CameraError
from benchmarks.shift import car
from camera.gps import GpsReceiver
from camera.sources import open_source
from camera.sources.source import FrameSource, Grab

JPEG = cv2.imencode(".jpg", np.full((90, 160, 3), 128, np.uint8))[1].tobytes()


def read_on(source: FrameSource) -> None:
    for _ in range(200):
        source.read()


@pytest.fixture
def camera() -> Iterator[car.PretendCamera]:
    made = car.PretendCamera()
    yield made
    made.close()


def test_the_products_own_source_reads_it_and_notices_its_loss(camera: car.PretendCamera) -> None:
    over = threading.Event()

    def play() -> None:
        while not over.wait(0.02):
            camera.send(JPEG)

    playing = threading.Thread(target=play)
    playing.start()
    try:
        source = open_source(camera.address)
        source.open()
        grab = source.read()
        assert isinstance(grab, Grab)
        assert grab.image.shape == (90, 160, 3)
        camera.lose(True)
        with pytest.raises(CameraError):
            read_on(source)
        source.close()
        with pytest.raises(CameraError):
            source.open()
        camera.lose(False)
        source.open()
        assert source.read() is not None
        source.close()
    finally:
        over.set()
        playing.join()


def test_the_products_own_receiver_hears_where_the_car_is_and_that_it_is_not_known() -> None:
    clock = SystemClock()
    gps = car.PretendGps(clock, lambda: (51.752, -0.336, True))
    receiver = GpsReceiver(clock, port=gps.port, baud=9600)
    try:
        position = None
        for _ in range(20):
            gps.speak()
            receiver.step()
            position = receiver.current(clock.monotonic_ns())
            if position is not None:
                break
        assert position is not None
        assert (position.latitude_deg, position.longitude_deg) == (
            pytest.approx(51.752, abs=1e-5),
            pytest.approx(-0.336, abs=1e-5),
        )
        assert position.speed_mps == pytest.approx(8.94, abs=0.1)
        assert abs((position.fixed_utc - datetime.now(UTC)).total_seconds()) < 2
    finally:
        receiver.close()
        gps.close()


def test_without_a_fix_the_sentences_say_so_and_hold_no_place() -> None:
    sentences = car._sentences(datetime(2027, 3, 1, 12, 0, tzinfo=UTC), 51.752, -0.336, moving=False, has_fix=False)
    assert ",V," in sentences
    assert "5145" not in sentences
