from dataclasses import replace

import cv2
import numpy as np
import pytest

from anpr.desk import pictures
from anpr.desk.pictures import KEPT_RAW, LIVE_WIDTH, CrewPictures, live_jpeg
from anpr.values import Image, Sighting
from tests.builders.sighting import sighting


def grey(shade: int, height: int = 24, width: int = 32) -> Image:
    return np.full((height, width, 3), shade, np.uint8)


def shade_of(data: bytes | None) -> int:
    assert data is not None
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    return round(float(decoded.mean()))


def no_record(pictures_id: str, kind: str) -> bytes | None:
    raise AssertionError(f"{pictures_id} {kind} is not asked for")


def seen(name: str, plate: int, overview: int = 0) -> Sighting:
    return replace(sighting(), pictures_id=name, plate_image=grey(plate), overview_image=grey(overview))


def test_a_picture_goes_by_the_name_that_came_with_it() -> None:
    kept = CrewPictures(no_record)
    kept.keep(seen("a", 10, 40))
    kept.keep(seen("a", 99, 99))  # the same pair again
    kept.keep(seen("", 70))  # without a name nobody can ask for it
    assert (shade_of(kept.picture("a-plate")), shade_of(kept.picture("a-overview"))) == (10, 40)
    assert len(kept._raw) == 2


def test_the_oldest_pictures_are_encoded_then_left_to_the_records_and_the_newest_kept_as_they_came(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pictures, "KEPT_PICTURES", 6)
    asked: list[str] = []
    kept = CrewPictures(lambda name, kind: asked.append(f"{name} {kind}"))
    pairs = KEPT_RAW // 2 + 5
    for n in range(pairs):
        kept.keep(seen(str(n), 5 * n, 5 * n + 2))
    assert [kept.picture(f"{n}-plate") for n in range(2)] == [None, None]
    assert asked == ["0 plate", "1 plate"]
    for n in range(2, pairs):
        assert shade_of(kept.picture(f"{n}-plate")) == 5 * n
        assert shade_of(kept.picture(f"{n}-overview")) == 5 * n + 2
    assert len(asked) == 2
    assert len(kept._raw) == KEPT_RAW


def test_what_is_not_in_memory_is_asked_of_the_records_by_its_name_and_kind() -> None:
    kept = CrewPictures(lambda name, kind: f"{name} {kind}".encode())
    assert kept.picture("recorded-12-plate") == b"recorded-12 plate"
    assert kept.picture("0f3a-overview") == b"0f3a overview"
    for wrong in ("", "-plate", "0f3a-face", "0f3a"):
        assert kept.picture(wrong) is None


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
