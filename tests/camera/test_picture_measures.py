from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import anpr.demo
from anpr.values import Image
from camera.picture_checks import HealthLimits
from camera.picture_measures import measure
from camera.sources.ffmpeg import bgr
from tests.camera.parts import scene


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 2000, 3), (2000, 3, 3), (7, 95, 3), (89, 161, 3)])
def test_pictures_of_any_size_are_measured(shape: tuple[int, int, int]) -> None:
    seen = measure(np.full(shape, 128, np.uint8))
    assert seen.spread == 0
    assert seen.sharpness is None


@given(st.integers(1, 400), st.integers(1, 400))
def test_pixels_are_picked_and_not_averaged(height: int, width: int) -> None:
    picture = np.zeros((height, width, 3), np.uint8)
    picture[::2, ::2] = 200
    grey = measure(picture).grey
    assert set(np.unique(grey)) <= {0, 200}
    assert (1 if height < 180 else 90) <= grey.shape[0] <= 180
    assert (1 if width < 320 else 160) <= grey.shape[1] <= 320


def test_shares_and_extremes() -> None:
    picture = np.full((90, 160, 3), 100, np.uint8)
    picture[:30] = 255
    seen = measure(picture)
    assert seen.blinded_share == pytest.approx(1 / 3)
    assert (seen.brightest, seen.spread) == (255, 155)
    # levels from 250 are white
    assert measure(np.full((90, 160, 3), 250, np.uint8)).blinded_share == 1.0
    assert measure(np.full((90, 160, 3), 249, np.uint8)).blinded_share == 0.0


def test_one_lamp_counts_and_a_few_hot_pixels_do_not() -> None:
    hot = np.zeros((90, 160, 3), np.uint8)
    hot[40, 80:87] = 255  # 7 of 14,400 pixels are 0.05 %
    assert measure(hot).brightest == 0
    hot[40, 87] = 255
    assert measure(hot).brightest == 255


def test_sharpness_falls_with_blur_and_hardly_with_contrast() -> None:
    sharp = scene(1, 640, 480)
    values = [measure(np.asarray(cv2.GaussianBlur(sharp, (0, 0), s), np.uint8)).sharpness for s in (0.3, 1.5, 3.0, 6.0)]
    known = [value for value in values if value is not None]
    assert len(known) == 4
    assert known == sorted(known, reverse=True)
    assert known[3] < 0.4 * known[0]
    dim = measure((sharp * 0.5).astype(np.uint8)).sharpness
    assert dim is not None
    assert dim > 0.7 * known[0]


def test_without_contrast_there_is_no_sharpness() -> None:
    wall = np.full((360, 640, 3), 100, np.uint8)
    wall[:, 320:] = 115
    assert measure(wall).sharpness is None
    assert measure(scene(1)[:, :95]).sharpness is None
    assert measure(scene(1)[:7]).sharpness is None


def jpeg(picture: Image, quality: int = 90) -> bytes:
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def as_jpeg(picture: Image, quality: int) -> Image:
    return np.asarray(cv2.imdecode(np.frombuffer(jpeg(picture, quality), np.uint8), cv2.IMREAD_COLOR), np.uint8)


def decoded_leniently(content: bytes) -> Image:
    """A JPEG as a decoder gives it that fills up what is missing."""
    decoder = av.VideoCodecContext.create("mjpeg", "r")
    return bgr([*decoder.decode(av.Packet(content)), *decoder.decode(None)][0])


DEMO = Path(anpr.demo.__file__).with_name("clip.mp4")


@pytest.fixture(scope="module")
def drive() -> list[Image]:
    """Pictures of the demo clip, a second apart."""
    with av.open(str(DEMO)) as clip:
        return [bgr(frame) for n, frame in enumerate(clip.decode(video=0)) if n % 30 == 0]


BADLY_SEEN: dict[str, Callable[[Image], Image]] = {
    "as it is": lambda p: p,
    "night": lambda p: (p * 0.15).astype(np.uint8),
    "glare": lambda p: np.clip(p * 2.5, 0, 255).astype(np.uint8),
    "fog": lambda p: (p * 0.2 + 150).astype(np.uint8),
    "blur": lambda p: np.asarray(cv2.GaussianBlur(p, (0, 0), 8), np.uint8),
    "rain": lambda p: np.asarray(cv2.blur(p, (1, 61)), np.uint8),
    "quality 10": lambda p: as_jpeg(p, 10),
    "quality 5": lambda p: as_jpeg(p, 5),
    "dim, quality 5": lambda p: as_jpeg((p * 0.3).astype(np.uint8), 5),
    "small": lambda p: np.asarray(cv2.resize(p, (320, 180)), np.uint8),
}


@pytest.mark.parametrize("how", BADLY_SEEN)
def test_pictures_that_are_only_badly_seen_are_not_damaged(drive: list[Image], how: str) -> None:
    assert len(drive) >= 10
    assert max(measure(BADLY_SEEN[how](picture)).damaged_share for picture in drive) < HealthLimits().damaged_share


@pytest.mark.parametrize("kept", [0.33, 0.6, 0.75])
def test_what_a_cut_jpeg_was_filled_up_with_is_seen(drive: list[Image], kept: float) -> None:
    for picture in drive:
        whole = jpeg(picture)
        seen = measure(decoded_leniently(whole[: int(len(whole) * kept)]))
        assert seen.damaged_share >= HealthLimits().damaged_share


def test_a_last_row_that_is_repeated_is_seen(drive: list[Image]) -> None:
    for picture in drive:
        stuck = picture.copy()
        stuck[400:] = picture[400]
        assert measure(stuck).damaged_share == pytest.approx((720 - 400) / 720, abs=0.03)


def test_rows_without_light_and_without_drawing_are_no_damage(drive: list[Image]) -> None:
    for level in (0, 20, 225, 255):
        barred = drive[0].copy()
        barred[:300] = level
        assert measure(barred).damaged_share == 0.0
