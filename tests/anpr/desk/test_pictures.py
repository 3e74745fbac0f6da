import cv2
import numpy as np
import pytest

from anpr.desk import pictures
from anpr.desk.pictures import KEPT_RAW, LIVE_WIDTH, CrewPictures, live_jpeg, recorded_id
from anpr.values import Image


def grey(shade: int, height: int = 24, width: int = 32) -> Image:
    return np.full((height, width, 3), shade, np.uint8)


def shade_of(data: bytes | None) -> int:
    assert data is not None
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    return round(float(decoded.mean()))


def no_record(sighting_id: int, kind: str) -> bytes | None:
    raise AssertionError(f"{sighting_id} {kind} is not asked for")


def test_the_same_picture_has_one_id_and_no_picture_has_none() -> None:
    kept = CrewPictures(no_record)
    one, other = grey(10), grey(10)
    assert kept.keep(one) == kept.keep(one) != kept.keep(other)
    assert kept.keep(None) == ""
    assert kept.picture("") is None


def test_the_oldest_pictures_are_encoded_and_the_newest_kept_as_they_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "KEPT_PICTURES", 3)
    kept = CrewPictures(no_record)
    images = [grey(5 * n) for n in range(KEPT_RAW + 5)]
    ids = [kept.keep(image) for image in images]
    assert len(set(ids)) == len(images)
    assert [kept.keep(image) for image in images[5:]] == ids[5:]
    assert [kept.picture(one) for one in ids[:2]] == [None, None]  # the oldest of all are forgotten
    assert [shade_of(kept.picture(one)) for one in ids[2:]] == [5 * n for n in range(2, KEPT_RAW + 5)]


def test_a_recorded_picture_is_asked_of_the_records_by_its_sighting_and_kind() -> None:
    kept = CrewPictures(lambda sighting_id, kind: f"{sighting_id} {kind}".encode())
    assert kept.picture(recorded_id(12, "plate")) == b"12 plate"
    assert kept.picture(recorded_id(3, "overview")) == b"3 overview"
    assert kept.picture("recorded-3-face") is None
    assert kept.picture("recorded-x-plate") is None


def test_a_live_picture_is_made_small_and_never_larger() -> None:
    def size(image: Image) -> tuple[int, int]:
        data = live_jpeg(image)
        assert data is not None
        decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        assert decoded is not None
        height, width = decoded.shape[:2]
        return height, width

    assert size(grey(9, 720, 2 * LIVE_WIDTH)) == (360, LIVE_WIDTH)
    assert size(grey(9, 24, 32)) == (24, 32)
    assert live_jpeg(None) is None
