"""Recordings played without threads."""

from pathlib import Path

import cv2

from anpr.values import Frame, Image
from camera.sources import open_source
from camera.sources.source import FrameSource, frames


def play(path: Path, fps: float | None = None) -> tuple[list[Frame], FrameSource]:
    source = open_source(str(path), fps=fps)
    return list(frames(source)), source


def numbers(played: list[Frame]) -> list[int]:
    return [round((float(f.image.mean()) - 20) / 10) for f in played]


def folder_of(path: Path, named: dict[str, Image]) -> Path:
    path.mkdir()
    for name, picture in named.items():
        cv2.imwrite(str(path / name), picture)
    return path
