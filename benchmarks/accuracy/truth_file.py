"""Reading truth files: of made clips (every plate in every frame) and of own clips (a mark and a time span each)."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from anpr.errors import InputError
from anpr.values import Box
from anpr.vrm import ALPHABET, normalise

FORMAT: Final = "patrol-anpr-truth/1"
ENDING: Final = ".truth.json"
FrameName = int | str
"""The index of a frame in a clip, or its file's name in a folder of frames."""


@dataclass(frozen=True, slots=True)
class PlateAt:
    """A plate in one frame; what is not known is None. `legible`: a person could read it there."""

    frame: FrameName
    box: Box
    legible: bool
    character_px: float | None = None
    blur_px: float | None = None
    distance_m: float | None = None


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle that passes: its mark, when a person could read it, and what is known of the passing."""

    vrm: str
    first_s: float
    last_s: float
    legible: bool = True
    lane: str = "unknown"
    closing_mph: float | None = None
    frames: tuple[PlateAt, ...] = ()
    picture: PlateAt | None = None
    """Where it is seen best, in truth that a person wrote; pairing does not look at it."""


@dataclass(frozen=True, slots=True)
class ClipTruth:
    """The truth of one clip or folder of frames."""

    clip: Path
    fps: float
    frames: int | None
    light: str
    weather: str
    vehicles: tuple[Vehicle, ...]
    set_name: str = ""
    by_frame: Mapping[FrameName, list[tuple[int, PlateAt]]] = field(default_factory=dict)
    unreadable: tuple[tuple[float, float], ...] = ()
    """First and last second of vehicles that a person saw and could not read: what is said of them cannot be judged."""

    @property
    def located(self) -> bool:
        """Whether it says where the plates are, not only when."""
        return bool(self.by_frame)


def truths_in(folder: Path) -> list[Path]:
    """Return the truth files of a folder in name order; raises InputError when there are none."""
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; name a folder that holds clips and their truth files")
    found = sorted(folder.glob(f"*{ENDING}"))
    if not found:
        raise InputError(
            f"{folder}: holds no file that ends in {ENDING}; write one for each clip with `anpr bench label CLIP`"
        )
    return found


def load_truth(path: Path) -> ClipTruth:
    """Read and check a truth file; raises InputError that names the file, the place and what is wrong."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read as JSON ({error})") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise InputError(f'{path}: no truth file; expected a JSON object with "format": "{FORMAT}"')
    try:
        vehicles = tuple(_vehicles(content))
        clip = path.parent / str(content["clip"])
        fps, frames = _number(content, "fps"), _count(content)
        unreadable = tuple(_span(item, "unreadable") for item in content.get("unreadable", []))
    except (KeyError, TypeError, ValueError) as error:
        missing = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise InputError(f"{path}: {missing}; see benchmarks/MEASURES.md for the fields") from error
    if not clip.exists():
        raise InputError(f"{path}: its clip {clip.name} is not beside it")
    by_frame: dict[FrameName, list[tuple[int, PlateAt]]] = {}
    for number, vehicle in enumerate(vehicles):
        for row in vehicle.frames:
            by_frame.setdefault(row.frame, []).append((number, row))
    name = str(content.get("name", path.name[: -len(ENDING)]))
    return ClipTruth(
        clip,
        fps,
        frames,
        str(content.get("light", "unknown")),
        str(content.get("weather", "unknown")),
        vehicles,
        str(content.get("set", name.rpartition("-")[0] or name)),
        by_frame,
        unreadable,
    )


def _vehicles(content: Mapping[str, Any]) -> Iterator[Vehicle]:
    for number, item in enumerate(content["vehicles"], 1):
        vrm = normalise(str(item["vrm"]))
        if not vrm or any(c not in ALPHABET for c in vrm):
            raise ValueError(f"vehicle {number}: {vrm!r} is no mark of letters A-Z and digits")
        frames = tuple(_plates(item.get("frames", []), number))
        first, last = item.get("first_s"), item.get("last_s")
        legible = any(row.legible for row in frames) if frames else True
        if first is None or last is None:
            if not frames:
                raise ValueError(f"vehicle {number}: first_s and last_s are missing")
            first = last = 0.0
        first_s, last_s = _span({"first_s": first, "last_s": last}, f"vehicle {number}")
        closing = item.get("closing_mph")
        yield Vehicle(
            vrm,
            first_s,
            last_s,
            legible,
            str(item.get("lane", "unknown")),
            None if closing is None else float(closing),
            frames,
            next(_plates([item["picture"]], number)) if item.get("picture") else None,
        )


def _span(item: Mapping[str, Any], whose: str) -> tuple[float, float]:
    first, last = float(item["first_s"]), float(item["last_s"])
    if not 0 <= first <= last < math.inf:
        raise ValueError(f"{whose}: first_s {item['first_s']} and last_s {item['last_s']} are no time span")
    return first, last


def _plates(rows: Any, number: int) -> Iterator[PlateAt]:
    for row in rows:
        x0, y0, x1, y1 = (float(v) for v in row["box"])
        if x1 < x0 or y1 < y0:
            raise ValueError(f"vehicle {number}, frame {row['frame']}: box {row['box']} is not x0, y0, x1, y1")
        if not isinstance(row["frame"], int | str):
            raise TypeError(f"vehicle {number}: frame {row['frame']} is neither an index nor a file's name")
        measures = (
            None if row.get(key) is None else float(row[key]) for key in ("character_px", "blur_px", "distance_m")
        )
        yield PlateAt(row["frame"], (x0, y0, x1, y1), bool(row.get("legible", True)), *measures)


def _count(content: Mapping[str, Any]) -> int | None:
    frames = content.get("frames")
    if frames is not None and (not isinstance(frames, int) or frames < 0):
        raise ValueError(f"frames is {frames!r}, expected how many frames the clip has")
    return frames


def _number(content: Mapping[str, Any], key: str) -> float:
    value = float(content[key])
    if not 0 < value < math.inf:
        raise ValueError(f"{key} is {value}, expected a positive number")
    return value
