"""Time is skipped in steps that no part of the car takes for a loss, each with a frame and a sentence."""

import threading
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from benchmarks.shift.clock import Count, ShiftClock
from benchmarks.shift.pictures import ROAD_MOVING, ROAD_STANDING, Clip
from benchmarks.shift.player import STEP_S, Player


class Engine:
    """Takes frames and sentences as the engine does, and counts them."""

    def __init__(self, clock: ShiftClock) -> None:
        self.clock, self.frames = clock, cast("list[bytes]", [])

    def send(self, jpeg: bytes) -> None:
        self.frames.append(jpeg)
        self.clock.tell(Count.DONE, len(self.frames))

    def speak(self) -> None:
        self.clock.tell(Count.SENTENCES, self.clock.count(Count.SENTENCES) + 2)


def made(tmp_path: Path) -> tuple[Player, Engine, list[tuple[int, int]]]:
    clock = ShiftClock.made(tmp_path / "clock")
    engine = Engine(clock)
    clips = {n: Clip(n, (b"a%d" % n, b"b%d" % n), ((), ())) for n in (0, ROAD_MOVING, ROAD_STANDING)}
    sent: list[tuple[int, int]] = []
    enough = threading.Event()

    def note(clip: int, frame: int, _: int) -> None:
        sent.append((clip, frame))
        if len(sent) > 4:
            enough.set()

    player = Player(
        cast(Any, engine), cast(Any, SimpleNamespace(speak=engine.speak)), clips, clock, lambda: False, note
    )
    engine.enough = enough  # type: ignore[attr-defined]
    return player, engine, sent


def test_skipping_moves_the_clock_by_just_that_and_sends_a_frame_for_each_step(tmp_path: Path) -> None:
    player, engine, sent = made(tmp_path)
    player.hold()
    before = engine.clock.monotonic_ns()
    player.skip(10.0)
    assert engine.clock.monotonic_ns() - before == 10_000_000_000
    assert len(sent) == len(engine.frames) == -int(-10.0 // STEP_S)
    assert {clip for clip, _ in sent} == {ROAD_STANDING}
    assert all(a != b for a, b in pairwise(sent))  # the same picture again would count as frozen
    player.close()


def test_a_pass_is_played_from_its_first_frame_to_its_last_and_then_the_road(tmp_path: Path) -> None:
    player, engine, sent = made(tmp_path)
    player.play(0)
    player.run()
    assert engine.enough.wait(5.0)  # type: ignore[attr-defined]
    player.hold()
    assert sent[:2] == [(0, 0), (0, 1)]
    assert sent[2][0] == ROAD_STANDING
    player.close()
