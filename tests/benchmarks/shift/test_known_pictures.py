"""A picture is known by its bytes, and by its looks when it was encoded anew."""

import cv2
import numpy as np

from benchmarks.shift.known_pictures import KnownPictures, hashed, sign_of


def jpeg(seed: int, quality: int, scale: float = 1.0) -> bytes:
    small = np.random.default_rng(seed).integers(0, 255, (4, 12, 3)).astype(np.uint8)
    picture = cv2.resize(small, (round(240 * scale), round(80 * scale)), interpolation=cv2.INTER_CUBIC)
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def test_it_is_known_again_by_bytes_and_by_looks_and_another_is_not() -> None:
    known = KnownPictures()
    one, two = jpeg(1, 88), jpeg(2, 88)
    known.add(hashed(one), sign_of(one), "EX46CDG")
    known.add(hashed(two), sign_of(two), "FX46CDG")
    assert known.key_of(one) == hashed(one)
    assert known.key_of(jpeg(1, 60)) == hashed(one)
    assert known.key_of(jpeg(2, 70, 0.5)) == hashed(two)
    assert known.key_of(jpeg(3, 88)) is None
    assert known.key_of(b"") is None


def test_whose_it_is_may_be_learnt_later_and_is_not_forgotten() -> None:
    known = KnownPictures()
    known.add("a", [], "")
    known.add("a", [], "EX46CDG")
    known.add("a", [], "")
    assert known.owners["a"] == "EX46CDG"
