"""Writing the truth of an own clip: the engine proposes each sighting, a person confirms or corrects it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from anpr.vrm import ALPHABET, normalise
from benchmarks.accuracy.replayed import Replayed, Seen
from benchmarks.accuracy.truth_file import ENDING, FORMAT

HELP: Final = "Enter: right · another mark: that is what it says · -: no plate, or nobody can read it · ?: this help"
Ask = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A passing that was proposed: sightings of nearly the same text that touch in time are one."""

    text: str
    first_s: float
    last_s: float
    readings: tuple[str, ...]


def proposals(said: Replayed) -> list[Proposal]:
    """Return what to ask about, in order of time; repeated sightings of a mark within two seconds are joined."""
    joined: list[Proposal] = []
    for seen in sorted(said.sightings, key=lambda one: one.first_s):
        last = next((p for p in reversed(joined) if p.text == seen.text and seen.first_s - p.last_s < 2.0), None)
        if last is not None:
            joined[joined.index(last)] = Proposal(last.text, last.first_s, max(last.last_s, seen.last_s), last.readings)
        else:
            joined.append(Proposal(seen.text, seen.first_s, seen.last_s, _readings(seen)))
    return joined


def _readings(seen: Seen) -> tuple[str, ...]:
    return tuple(dict.fromkeys(read.text for read in seen.reads if read.text and read.text != seen.text))[:4]


def confirm(found: Sequence[Proposal], ask: Ask, say: Callable[[str], None]) -> list[dict[str, Any]]:
    """Ask about every proposal, then for vehicles that were missed; return the vehicles of the truth file."""
    vehicles = []
    say(HELP)
    for number, one in enumerate(found, 1):
        others = f"; also read {', '.join(one.readings)}" if one.readings else ""
        vrm = _mark(
            ask, say, f"{number}/{len(found)}  {one.first_s:.1f}-{one.last_s:.1f} s  {one.text}{others} > ", one.text
        )
        if vrm:
            vehicles.append({"vrm": vrm, "first_s": round(one.first_s, 2), "last_s": round(one.last_s, 2)})
    say("Vehicles that a person can read but that were not proposed: mark, first and last second; Enter to end.")
    while line := ask("missed > ").strip():
        try:
            mark, first, last = line.split()
            vrm, span = normalise(mark), (float(first), float(last))
        except ValueError:
            say("Expected three words, such as AB51CDE 12.5 13.8")
            continue
        if not _is_mark(vrm) or span[1] < span[0]:
            say(f"{line!r}: expected a mark of letters and digits, and a time span")
            continue
        vehicles.append({"vrm": vrm, "first_s": span[0], "last_s": span[1]})
    return sorted(vehicles, key=lambda item: float(str(item["first_s"])))


def _is_mark(vrm: str) -> bool:
    return bool(vrm) and all(c in ALPHABET for c in vrm)


def _mark(ask: Ask, say: Callable[[str], None], prompt: str, proposed: str) -> str:
    """Return the confirmed mark, or nothing for no plate."""
    while True:
        answer = ask(prompt).strip()
        if answer == "":
            return proposed
        if answer == "-":
            return ""
        if answer != "?" and _is_mark(normalise(answer)):
            return normalise(answer)
        say(HELP)


def truth_beside(clip: Path) -> Path:
    """Return where the truth of a clip or folder of frames belongs."""
    return clip.with_name((clip.name if clip.is_dir() else clip.stem) + ENDING)


def write_labels(
    clip: Path, fps: float, frames: int, vehicles: Sequence[dict[str, Any]], light: str, weather: str
) -> Path:
    """Write the truth file beside the clip and return its path."""
    path = truth_beside(clip)
    content = {
        "format": FORMAT, "clip": clip.name, "fps": fps, "frames": frames, "light": light, "weather": weather,
        "vehicles": list(vehicles),
    }  # fmt: skip
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return path
