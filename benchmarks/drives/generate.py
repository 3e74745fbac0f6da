"""Making clips from drives: the clip, and its truth beside it."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from anpr.errors import Failure, InputError
from anpr.values import Image
from benchmarks.drives.encode import ClipWriter, Codec, best_codec
from benchmarks.drives.plan import Drive
from benchmarks.drives.scene import Scene
from benchmarks.drives.truth import write_truth

PICTURES: Final = {".jpg", ".jpeg", ".png", ".bmp"}
SUFFIX: Final[dict[str, str]] = {"h264": ".mp4", "mjpeg": ".avi"}


def truth_path(clip: Path) -> Path:
    """Return where the truth of a clip or of a folder of frames lies: beside it, ending in .truth.json."""
    return clip.with_name(clip.stem + ".truth.json")


def generate(
    drive: Drive, folder: Path, *, codec: Codec | None = None, quality: int = 21, preset: str = "veryfast",
    backgrounds: Path | None = None, tick: Callable[[], None] = lambda: None,
) -> Path:  # fmt: skip
    """Write the clip of a drive and its truth into the folder, and return the clip's path.

    The same drive, codec and encoder give the same bytes. The truth is written last, so a clip with truth is
    complete. Raises Failure when the disk is full, InputError when `backgrounds` has no pictures.
    """
    chosen = codec or best_codec()
    scene = Scene(drive, load_backgrounds(backgrounds, drive) if backgrounds else ())
    clip = folder / f"{drive.name}{SUFFIX[chosen]}"
    picture_hash = hashlib.sha256()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        truth_path(clip).unlink(missing_ok=True)
        size = (drive.camera.width_px, drive.camera.height_px)
        with ClipWriter(clip, drive.camera.fps, size, chosen, quality, preset) as writer:
            for picture in scene.frames():
                picture_hash.update(picture.data)
                writer.write(picture)
                tick()
        header, vehicles = scene.truth()
        header |= {
            "clip": clip.name,
            "codec": chosen,
            "clip_sha256": sha256(clip),
            "frames_sha256": picture_hash.hexdigest(),
        }
        write_truth(truth_path(clip), header, vehicles, drive.camera.fps)
    except OSError as error:
        raise Failure(f"{clip} cannot be written ({error.strerror}): free space or name another folder") from error
    return clip


def load_backgrounds(folder: Path, drive: Drive) -> Sequence[Image]:
    """Return the pictures of a folder in name order, each filled to the camera's size; they replace the scenery."""
    wanted = (drive.camera.width_px, drive.camera.height_px)
    pictures = []
    for path in sorted(p for p in folder.iterdir() if p.suffix.lower() in PICTURES):
        picture = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
        if picture is None:
            raise InputError(f"{path} is no picture that can be read: remove it from the folder of backgrounds")
        grow = max(wanted[0] / picture.shape[1], wanted[1] / picture.shape[0])
        picture = cv2.resize(
            picture, None, fx=grow, fy=grow, interpolation=cv2.INTER_AREA if grow < 1 else cv2.INTER_LINEAR
        )
        y, x = (picture.shape[0] - wanted[1]) // 2, (picture.shape[1] - wanted[0]) // 2
        pictures.append(np.ascontiguousarray(picture[y : y + wanted[1], x : x + wanted[0]], np.uint8))
    if not pictures:
        raise InputError(f"{folder} holds no pictures for backgrounds: expected some of {', '.join(sorted(PICTURES))}")
    return pictures


def sha256(path: Path) -> str:
    """Return the sha256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
