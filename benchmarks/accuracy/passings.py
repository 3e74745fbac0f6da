"""Which vehicles pass in an own clip, and where each is seen best, as far as the engine can tell: what a person labels.

A passing holds everything of one vehicle that was found at all, read or not. What was read stands in it too, for the
comparison after the person has typed; whoever shows passings must not show it before.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from anpr.config.car import PatrolConfig
from anpr.engine.engine import Step
from anpr.patrol.opening import open_replay_engine
from anpr.patrol.replay import replay
from anpr.values import Box, Read, Sighting
from camera.sources import open_source

LOOKS: Final = 4
"""Frames of a passing that a person is shown: the largest plates."""

LEAST_APART_S: Final = 0.1
"""Between two of them, so that they show something different where there is more than an instant."""

LEAST_FRAMES: Final = 3
LEGIBLE_PX: Final = 45.0
"""What was never read is a passing when it was so wide in so many frames: characters of 7 px, below which nobody reads."""

LOST_AFTER_S: Final = 0.4
"""A plate that was not found for so long has passed."""

JOINED_WITHIN_S: Final = 2.0
"""Two passings read alike so near to each other are one."""


@dataclass(frozen=True, slots=True)
class Look:
    """A plate in one frame: the frame's place in the clip from 0, its name (a folder's file), and the box in pixels."""

    index: int
    name: str
    second: float
    box: Box

    @property
    def width(self) -> float:
        """Width in pixels."""
        return self.box[2] - self.box[0]


@dataclass(frozen=True, slots=True)
class Passing:
    """One vehicle that passes: when, the looks to show (the largest first), and what the engine read (empty: nothing)."""

    first_s: float
    last_s: float
    looks: tuple[Look, ...]
    text: str = ""
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in a clip, passings in order of time."""

    fps: float
    frames: int
    passings: tuple[Passing, ...]


@dataclass(slots=True)
class _Chain:
    """Boxes of consecutive frames that lie where one plate would."""

    looks: list[Look]
    sightings: list[Sighting] = field(default_factory=list)


def find_passings(clip: Path, fps: float | None, done: Callable[[int, int | None], None]) -> Found:
    """Play the clip through the engine; `done` gets the frame reached and how many there are, if known.

    Raises InputError when nothing of it can be played.
    """
    source = open_source(str(clip.absolute()), fps=fps)
    chains: list[_Chain] = []
    sightings: list[Sighting] = []

    def note(step: Step) -> None:
        sightings.extend(one.sighting for one in step.sightings if one.sighting.final and one.sighting.text)
        if step.result is None:
            return
        frame = step.result.frame
        second = frame.captured_ns * 1e-9
        for found in step.result.detections:
            _join(chains, Look(frame.seq, frame.name, second, found.box_px))
        done(frame.seq + 1, source.length)

    engine = open_replay_engine(PatrolConfig(), None, live=False)
    tally = replay(source, engine, note)
    for sighting in sightings:
        _assign(chains, sighting)
    passings = [passing for chain in chains for passing in _passings(chain)]
    return Found(source.fps or 25.0, tally.frames, tuple(joined(passings)))


def joined(passings: Sequence[Passing]) -> list[Passing]:
    """Return passings in order of time, those that were read alike and nearly touch as one."""
    result: list[Passing] = []
    for one in sorted(passings, key=lambda passing: passing.first_s):
        place = next(
            (
                k
                for k in reversed(range(len(result)))
                if one.text and result[k].text == one.text and one.first_s - result[k].last_s < JOINED_WITHIN_S
            ),
            None,
        )
        if place is None:
            result.append(one)
        else:
            before = result[place]
            result[place] = replace(
                before, last_s=max(before.last_s, one.last_s), looks=best_looks((*before.looks, *one.looks)),
                confidence=max(before.confidence, one.confidence),
            )  # fmt: skip
    return result


def best_looks(looks: Sequence[Look]) -> tuple[Look, ...]:
    """Return the looks with the largest plates, some time apart, the largest first."""
    chosen: list[Look] = []
    for look in sorted(looks, key=lambda one: -one.width):
        if len(chosen) < LOOKS and all(abs(look.second - other.second) >= LEAST_APART_S - 1e-9 for other in chosen):
            chosen.append(look)
    return tuple(chosen)


def _join(chains: list[_Chain], look: Look) -> None:
    """Add a box to the chain that it lies nearest to, or begin one."""
    best, nearest = None, 1.0
    for chain in chains:
        last = chain.looks[-1]
        if not 0 < look.second - last.second <= LOST_AFTER_S:
            continue
        away = _away(chain, look)
        if away < nearest:
            best, nearest = chain, away
    if best is None:
        chains.append(_Chain([look]))
    else:
        best.looks.append(look)


def _away(chain: _Chain, look: Look) -> float:
    """Return how far the box lies from where the chain's next would, in widths of the plate; infinite for another size."""
    last = chain.looks[-1]
    if not 0.6 < look.width / max(last.width, 1.0) < 1.7:
        return float("inf")
    x, y = _centre(last)
    if len(chain.looks) > 1:
        before = chain.looks[-2]
        share = (look.second - last.second) / max(last.second - before.second, 1e-6)
        x, y = x + (x - _centre(before)[0]) * share, y + (y - _centre(before)[1]) * share
    here_x, here_y = _centre(look)
    return float(((here_x - x) ** 2 + (here_y - y) ** 2) ** 0.5) / max(look.width, 1.0)


def _centre(look: Look) -> tuple[float, float]:
    x0, y0, x1, y1 = look.box
    return (x0 + x1) / 2, (y0 + y1) / 2


def _assign(chains: Sequence[_Chain], sighting: Sighting) -> None:
    """Give a sighting to the chain that most of its reads lie in."""
    read = {(one.frame_seq, one.detection.box_px) for one in sighting.reads}
    shared = [sum((look.index, look.box) in read for look in chain.looks) for chain in chains]
    most = max(shared, default=0)
    if most:
        chains[shared.index(most)].sightings.append(sighting)


def _passings(chain: _Chain) -> list[Passing]:
    """Return one passing for each sighting of a chain, or one without a text where a person may read what we could not."""
    if not chain.sightings:
        legible = [look for look in chain.looks if look.width >= LEGIBLE_PX]
        if len(legible) < LEAST_FRAMES:
            return []
        return [Passing(legible[0].second, legible[-1].second, best_looks(legible))]
    looks = chain.looks if len(chain.sightings) == 1 else []  # of two vehicles the boxes do not say whose they are
    return [
        Passing(
            one.first_ns * 1e-9, one.last_ns * 1e-9, best_looks(looks or [_look(read) for read in one.reads]),
            one.text, one.confidence,
        )
        for one in chain.sightings
    ]  # fmt: skip


def _look(read: Read) -> Look:
    return Look(read.frame_seq, read.frame_name, read.captured_ns * 1e-9, read.detection.box_px)
