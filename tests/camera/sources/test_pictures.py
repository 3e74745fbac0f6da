from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from anpr.errors import InputError
from anpr.values import Image
from camera.sources.pictures import FULL_PIXELS, load_picture, open_picture

RNG = np.random.default_rng(1)


def colours(height: int = 20, width: int = 30) -> np.ndarray:
    return RNG.integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_colour_picture_is_bgr_to_the_last_bit(tmp_path: Path) -> None:
    picture = colours()
    cv2.imwrite(str(tmp_path / "a.png"), picture)
    assert np.array_equal(load_picture(tmp_path / "a.png"), picture)


def test_jpeg_is_what_opencv_makes_of_it(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.jpg"), cv2.resize(colours(), (640, 360)))
    wanted = cv2.imread(str(tmp_path / "a.jpg"))
    assert wanted is not None
    assert np.array_equal(load_picture(tmp_path / "a.jpg"), wanted)


def test_grey_of_8_and_16_bits(tmp_path: Path) -> None:
    grey = np.arange(256, dtype=np.uint8).reshape(16, 16)
    cv2.imwrite(str(tmp_path / "8.png"), grey)
    cv2.imwrite(str(tmp_path / "16.png"), grey.astype(np.uint16) * 257)
    cv2.imwrite(str(tmp_path / "16.tif"), grey.astype(np.uint16) * 257)
    for name in ("8.png", "16.png", "16.tif"):
        picture = load_picture(tmp_path / name)
        assert picture.dtype == np.uint8
        assert np.array_equal(picture, np.repeat(grey[:, :, None], 3, axis=2)), name


def test_12_bits_in_a_16_bit_file_are_not_nearly_black(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "12.png"), np.linspace(0, 4095, 400).reshape(20, 20).astype(np.uint16))
    picture = load_picture(tmp_path / "12.png")
    assert (picture.min(), picture.max()) == (0, 255)


def test_16_bit_colour(tmp_path: Path) -> None:
    picture = colours()
    cv2.imwrite(str(tmp_path / "a.png"), picture.astype(np.uint16) * 257)
    assert np.array_equal(load_picture(tmp_path / "a.png"), picture)


def test_transparent_parts_are_white_whatever_colour_they_hide(tmp_path: Path) -> None:
    layers = np.zeros((4, 8, 4), np.uint8)
    layers[:, :, 2] = 255
    layers[:, 4:, 3] = 255
    cv2.imwrite(str(tmp_path / "a.png"), layers)
    picture = load_picture(tmp_path / "a.png")
    assert (picture[:, :4] == 255).all()
    assert (picture[:, 4:] == (0, 0, 255)).all()


@pytest.mark.parametrize("name", ["a.png", "a.gif", "a.bmp"])
def test_palette(tmp_path: Path, name: str) -> None:
    source = Pillow.fromarray(colours()).quantize(16)
    source.save(tmp_path / name)
    assert np.array_equal(load_picture(tmp_path / name)[:, :, ::-1], np.asarray(source.convert("RGB")))


def test_one_bit_cmyk_and_grey_with_alpha(tmp_path: Path) -> None:
    Pillow.fromarray(colours()).convert("1").save(tmp_path / "1.png")
    Pillow.fromarray(colours()).convert("CMYK").save(tmp_path / "c.jpg")
    Pillow.fromarray(colours()).convert("LA").save(tmp_path / "la.png")
    for name in ("1.png", "c.jpg", "la.png"):
        assert load_picture(tmp_path / name).shape == (20, 30, 3)


@pytest.mark.parametrize("size", [(1, 1), (1, 999), (999, 1), (3, 7)])
def test_odd_sizes(tmp_path: Path, size: tuple[int, int]) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), colours(*size))
    assert load_picture(tmp_path / "a.png").shape == (*size, 3)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_upright(tmp_path: Path, orientation: int) -> None:
    upright = np.zeros((20, 30, 3), np.uint8)
    upright[:10, :15] = 255  # only the top left is white
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright),
        7: upright.transpose(1, 0, 2)[::-1, ::-1],
        8: np.rot90(upright, 3),
    }[orientation]
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    Pillow.fromarray(np.ascontiguousarray(stored)).save(tmp_path / "a.png", exif=exif)
    assert np.array_equal(load_picture(tmp_path / "a.png"), upright)


def test_100_megapixel_jpeg_is_read_reduced(tmp_path: Path) -> None:
    tile = cv2.resize(colours(10, 10), (1000, 1000), interpolation=cv2.INTER_NEAREST)
    cv2.imwrite(str(tmp_path / "big.jpg"), np.tile(tile, (10, 10, 1)))
    picture = open_picture(tmp_path / "big.jpg")
    assert picture.reduced_by == 2
    assert picture.image.shape == (5000, 5000, 3)
    assert picture.image.shape[0] * picture.image.shape[1] <= FULL_PIXELS
    middle = picture.image[25:475:50, 25:475:50].astype(int)
    assert np.abs(middle - tile[50:950:100, 50:950:100].astype(int)).mean() < 20


def test_a_picture_over_the_limit_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    Pillow.new("1", (20_000, 7_000)).save(tmp_path / "huge.png")
    with pytest.raises(InputError, match="140 megapixels, more than the 120"):
        load_picture(tmp_path / "huge.png")


def damaged(tmp_path: Path, name: str, content: bytes) -> str:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        load_picture(path)
    sentence = str(caught.value)
    assert str(path) in sentence
    assert "\n" not in sentence
    return sentence


def test_empty_and_foreign_files(tmp_path: Path) -> None:
    assert "is empty" in damaged(tmp_path, "a.jpg", b"")
    assert "not a picture" in damaged(tmp_path, "a.jpg", b"VRM,make,model\nAB51CDE,FORD,\n")
    assert "not a picture" in damaged(tmp_path, "a.png", b"\0" * 5000)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".webp", ".tif", ".gif"])
def test_a_picture_that_is_cut_short_is_refused(tmp_path: Path, suffix: str, capfd: pytest.CaptureFixture[str]) -> None:
    Pillow.fromarray(colours(200, 300)).save(tmp_path / f"whole{suffix}")
    content = (tmp_path / f"whole{suffix}").read_bytes()
    sentence = damaged(tmp_path, f"cut{suffix}", content[: len(content) // 2])
    assert "damaged or cut short" in sentence or "not a picture" in sentence
    assert capfd.readouterr() == ("", "")


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_picture(tmp_path / "none.jpg")
    with pytest.raises(InputError, match="is a folder"):
        load_picture(tmp_path)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # the product ignores them, see camera.sources.pictures
@settings(max_examples=150, deadline=None)
@given(kind=st.sampled_from(["JPEG", "PNG", "TIFF", "WEBP", "GIF", "BMP"]), data=st.data())
def test_damage_anywhere_gives_a_picture_or_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, kind: str, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("damage") / "a.jpg"
    Pillow.fromarray(np.full((40, 60, 3), 99, np.uint8)).save(path, format=kind)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(content))
    picture = attempt(path)
    if isinstance(picture, InputError):
        assert "\n" not in str(picture)
    else:
        assert picture.dtype == np.uint8
        assert picture.ndim == 3
        assert picture.shape[2] == 3


def attempt(path: Path) -> Image | InputError:
    try:
        return load_picture(path)
    except InputError as error:
        return error
