"""Scores a replay of a labelled drive: `python -m benchmarks.accuracy.labelled_drive ../shared/data/drive [--fps 1]`.

Runs `anpr replay FRAMES --fps F --json` as a user would and compares it with `labels.json` (a list of `{file, video,
second, plates: [{box, text, legibility}]}`). Each video of the folder is replayed by itself, since a change of video is
no journey.

vehicles right      vehicles with a clear frame of which some sighting has exactly the VRM, over all such vehicles
sightings/vehicle   sightings that hold labelled reads of a vehicle, averaged over the vehicles that have any
merged              sightings whose reads lie on two vehicles
wrong VRM           confirmed sightings (confidence at least 0.9) whose VRM no labelled vehicle has, over all confirmed
plates read         labelled plates whose read in that frame is right in every character, by legibility
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

CONFIRMED: Final = 0.9
SAME_PLATE: Final = 0.25
"""Least intersection over union of a read with a labelled box; labels are looser than detections."""

Label = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DriveScore:
    """Counts of one or several replays."""

    clear_vehicles: int
    vehicles_right: int
    vehicles_seen: int
    sightings_of_vehicles: int
    merged: int
    confirmed: int
    confirmed_wrong: int
    plates: dict[str, tuple[int, int, int]]
    """Legibility: labelled plates, found, read right."""
    missed: tuple[str, ...]
    wrong_texts: tuple[str, ...]
    wrong_on_unreadable: int = 0
    """Of the confirmed ones with a wrong VRM: read from plates whose label has no text, so that nobody can say."""


def overlap(a: Sequence[float], b: Sequence[float]) -> float:
    """Return the intersection over union of two boxes x0, y0, x1, y1."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return float(shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared))


def score(labels: Sequence[Label], sightings: Sequence[Mapping[str, Any]]) -> DriveScore:
    """Compare the sightings of a replay with the labels of its frames."""
    plates_of = {frame["file"]: frame["plates"] for frame in labels}
    vehicles_of = [Counter(_texts_of(s, plates_of)) for s in sightings]
    right: set[str] = set()
    per_vehicle: Counter[str] = Counter()
    for sighting, vehicles in zip(sightings, vehicles_of, strict=True):
        for vehicle in vehicles:
            per_vehicle[vehicle] += 1
            if sighting["text"] == vehicle:
                right.add(vehicle)
    clear = {p["text"] for f in labels for p in f["plates"] if p["text"] and p["legibility"] == "clear"}
    known = {p["text"] for f in labels for p in f["plates"] if p["text"]}
    confirmed = [s for s in sightings if s["confidence"] >= CONFIRMED]
    strangers = [s for s in confirmed if s["text"] not in known]
    wrong = [s["text"] for s in strangers]
    unreadable = sum(1 for s in strangers if _all_unreadable(s, plates_of))
    return DriveScore(
        len(clear), len(right & clear), len(per_vehicle), sum(per_vehicle.values()),
        sum(1 for v in vehicles_of if len(v) > 1), len(confirmed), len(wrong), _plates(labels, sightings),
        tuple(sorted(clear - right)), tuple(wrong), unreadable,
    )  # fmt: skip


def _texts_of(sighting: Mapping[str, Any], plates_of: Mapping[str, Sequence[Label]]) -> Iterable[str]:
    for read in sighting["reads"]:
        plate = _labelled(read["box"], plates_of.get(str(read["frame"]), ()))
        if plate is not None and plate["text"]:
            yield plate["text"]


def _all_unreadable(sighting: Mapping[str, Any], plates_of: Mapping[str, Sequence[Label]]) -> bool:
    """Whether the sighting's reads lie on labelled plates, none of which has a text."""
    found = [_labelled(read["box"], plates_of.get(str(read["frame"]), ())) for read in sighting["reads"]]
    labelled = [plate for plate in found if plate is not None]
    return bool(labelled) and not any(plate["text"] for plate in labelled)


def _labelled(box: Sequence[float], plates: Sequence[Label]) -> Label | None:
    best = max(plates, key=lambda plate: overlap(box, plate["box"]), default=None)
    return best if best is not None and overlap(box, best["box"]) >= SAME_PLATE else None


def _plates(labels: Sequence[Label], sightings: Sequence[Mapping[str, Any]]) -> dict[str, tuple[int, int, int]]:
    reads: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for sighting in sightings:
        for read in sighting["reads"]:
            reads[str(read["frame"])].append(read)
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for frame in labels:
        for plate in frame["plates"]:
            found = [r for r in reads[frame["file"]] if overlap(r["box"], plate["box"]) >= SAME_PLATE]
            tally = counts[plate["legibility"]]
            tally[0] += 1
            tally[1] += bool(found)
            tally[2] += any(r["text"] == plate["text"] for r in found)
    return {name: (tally[0], tally[1], tally[2]) for name, tally in sorted(counts.items())}


def replay_video(frames: Path, labels: Sequence[Label], fps: float, extra: Sequence[str]) -> list[dict[str, Any]]:
    """Replay the frames of one video as `anpr replay` does and return its sightings; raises RuntimeError on failure."""
    with tempfile.TemporaryDirectory() as folder:
        for frame in labels:
            shutil.copy(frames / frame["file"], folder)
        command = [sys.executable, "-m", "anpr", "replay", folder, "--fps", str(fps), "--json", *extra]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the replay failed: {done.stderr.strip()}")
    lines = [json.loads(text) for text in done.stdout.splitlines()]
    return [content for content in lines if content["type"] == "sighting"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("drive", type=Path, help="folder with frames/ and labels.json")
    parser.add_argument("--fps", type=float, default=1.0)
    parser.add_argument("--config", help="configuration for anpr replay")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    labels = json.loads((options.drive / "labels.json").read_text(encoding="utf-8"))
    extra = ["--config", options.config] if options.config else []
    sightings = []
    for video in sorted({frame["video"] for frame in labels}):
        part = [frame for frame in labels if frame["video"] == video]
        sightings.extend(replay_video(options.drive / "frames", part, options.fps, extra))
    result = score(labels, sightings)
    if options.json:
        sys.stdout.write(json.dumps({name: getattr(result, name) for name in DriveScore.__slots__}) + "\n")
        return
    table = Table("measure", "figure", "of", title=str(options.drive))
    table.add_row("vehicles right", str(result.vehicles_right), str(result.clear_vehicles))
    table.add_row("sightings per vehicle", f"{result.sightings_of_vehicles / max(result.vehicles_seen, 1):.2f}", "")
    table.add_row("merged sightings", str(result.merged), str(len(sightings)))
    table.add_row("VRM that no label has", str(result.confirmed_wrong), str(result.confirmed))
    table.add_row("  of these, on plates labelled unreadable", str(result.wrong_on_unreadable), "")
    for legibility, (plates, found, read) in result.plates.items():
        table.add_row(f"{legibility} plates found", str(found), str(plates))
        table.add_row(f"{legibility} plates read right", str(read), str(plates))
    console = Console()
    console.print(table)
    console.print("not right:", ", ".join(result.missed) or "none", highlight=False)
    console.print("wrong:", ", ".join(result.wrong_texts) or "none", highlight=False)


if __name__ == "__main__":
    main()
