"""Still pictures of every kind become uint8 BGR, upright, or one clear sentence.

Pillow decodes, not OpenCV: it names the damage of a damaged file (OpenCV returns a picture with a grey rest, or
prints to the terminal), knows a picture's size before it is decoded, and turns JPEGs down while decoding.
"""

import struct
import warnings
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import ImageOps, UnidentifiedImageError

from anpr.errors import InputError
from anpr.values import Image

PICTURE_SUFFIXES: Final = frozenset(
    (".jpg", ".jpeg", ".jpe", ".png", ".bmp", ".dib", ".tif", ".tiff", ".webp", ".gif", ".ppm", ".pgm", ".pnm", ".avif")
)

FULL_PIXELS: Final = 26_000_000
"""Larger pictures are reduced to fewer than this: a plate has enough pixels then, and the tablet enough memory."""

MOST_PIXELS_JPEG: Final = 400_000_000
"""JPEGs are reduced while they are decoded, so large ones need little memory."""

MOST_PIXELS: Final = 120_000_000
"""Other kinds must be decoded in full first: 360 MB at this size."""


Pillow.MAX_IMAGE_PIXELS = None  # the limits above replace Pillow's own, which warns first and raises later
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")  # odd EXIF entries do not concern a reader

_ORIENTATION: Final = 0x0112
"""EXIF tag 274."""

_DAMAGE: Final = (
    OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, AttributeError, OverflowError,
    ZeroDivisionError, MemoryError, struct.error, zlib.error,
)  # fmt: skip
"""What Pillow raises for damaged files, depending on the format and on the place of the damage."""


@dataclass(frozen=True, slots=True, eq=False)
class StillPicture:
    """A decoded picture; each of its pixels is `reduced_by` x `reduced_by` pixels of the file."""

    image: Image
    reduced_by: int = 1


def load_picture(path: Path) -> Image:
    """Return the picture as uint8 (height, width, 3) BGR, turned upright by its EXIF orientation.

    Grey, 16-bit, palette, CMYK and transparent pictures are converted (transparent parts become white), very large
    ones reduced (`open_picture` says by how much). Raises InputError in one sentence.
    """
    return open_picture(path).image


def open_picture(path: Path) -> StillPicture:
    """Return the picture as `load_picture` does, with the factor by which a very large one was reduced."""
    if not path.exists():
        raise InputError(f"{path}: no such file")
    if path.is_dir():
        raise InputError(f"{path}: is a folder, not a picture")
    try:
        if path.stat().st_size == 0:
            raise InputError(f"{path}: is empty (0 bytes)")
        with Pillow.open(path) as picture:
            return _decode(picture, path)
    except UnidentifiedImageError as error:
        raise InputError(f"{path}: is not a picture that can be read (its content, whatever its name says)") from error
    except PermissionError as error:
        raise InputError(f"{path}: may not be read by this account") from error
    except _DAMAGE as error:
        raise InputError(f"{path}: is damaged or cut short ({str(error).strip() or type(error).__name__})") from error


def _decode(picture: Pillow.Image, path: Path) -> StillPicture:
    width, height = picture.size
    pixels = width * height
    is_jpeg = picture.format in ("JPEG", "MPO")
    limit = MOST_PIXELS_JPEG if is_jpeg else MOST_PIXELS
    if pixels > limit:
        raise InputError(
            f"{path}: has {pixels / 1e6:.0f} megapixels, more than the {limit / 1e6:.0f} that are read; make it smaller"
        )
    factor = 1
    while pixels / factor**2 > FULL_PIXELS:
        factor *= 2
    if factor > 1 and is_jpeg:
        picture.draft("RGB", (width // factor, height // factor))
    picture.load()
    left = max(1, round(width / picture.size[0]))
    if factor > left:
        picture = picture.reduce(factor // left)
    if picture.getexif().get(_ORIENTATION, 1) != 1:
        picture = ImageOps.exif_transpose(picture)
    return StillPicture(_bgr(picture), factor)


def _bgr(picture: Pillow.Image) -> Image:
    if picture.mode.startswith(("I", "F")):
        return _from_deep_grey(np.asarray(picture))
    if "transparency" in picture.info or picture.mode in ("RGBA", "LA", "PA", "RGBa", "La"):
        layer = picture.convert("RGBA")
        ground = Pillow.new("RGBA", layer.size, (255, 255, 255, 255))
        picture = Pillow.alpha_composite(ground, layer)
    rgb = np.asarray(picture if picture.mode == "RGB" else picture.convert("RGB"))
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), dtype=np.uint8)


def _from_deep_grey(values: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> Image:
    """Return grey of 10 to 16 bits as 8-bit BGR: by the bits in use, since 10 and 12 bits come in 16-bit files."""
    grey = np.nan_to_num(values.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    top = float(grey.max(initial=0.0))
    if np.issubdtype(values.dtype, np.floating) and top <= 1.0:
        grey = grey * 255.0
    elif top > 255.0:
        grey = grey * (256.0 / 2.0 ** np.ceil(np.log2(top + 1.0)))
    eight = np.clip(grey, 0, 255).astype(np.uint8)
    return np.ascontiguousarray(np.repeat(eight[:, :, None], 3, axis=2))
