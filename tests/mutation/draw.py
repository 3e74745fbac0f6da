"""Which of all small bugs are tried: drawn by a seed, from each room as many as its share of the places."""

from pathlib import Path
from random import Random
from typing import Final

from tests.mutation.mutant import Mutant, source_of
from tests.mutation.places import is_valid, places

ROOMS: Final = {
    "engine": "anpr/engine",
    "records": "anpr/records",
    "desk": "anpr/desk",
    "alerting": "anpr/alerting",
    "marks": "anpr/patrol/health.py",
}


def room_of(path: str) -> str:
    """Return the room that a file belongs to."""
    return next((room for room, where in ROOMS.items() if path.startswith(where)), "elsewhere")


def draw(tree: Path, seed: int, count: int, rooms: dict[str, str] | None = None) -> list[Mutant]:
    """Return the drawn bugs, the rooms mixed, so that the first of them are a fair part of all.

    The same files, seed and count give the same draw.
    """
    found = {room: _in_room(tree, where) for room, where in (rooms or ROOMS).items()}
    sources = {m.path: source_of(tree, m.path) for mutants in found.values() for m in mutants}
    drawn: list[Mutant] = []
    for room, share in shares({room: len(mutants) for room, mutants in found.items()}, count).items():
        mixed = list(found[room])
        Random(f"{seed} {room}").shuffle(mixed)
        valid = (mutant for mutant in mixed if is_valid(mutant, sources[mutant.path]))
        drawn += [mutant for mutant, _ in zip(valid, range(share), strict=False)]
    Random(seed).shuffle(drawn)
    return drawn


def shares(sizes: dict[str, int], count: int) -> dict[str, int]:
    """Return how many of `count` fall to each room by its size; what rounding leaves goes to the largest remainders.

    >>> shares({"a": 30, "b": 10}, 6)
    {'a': 5, 'b': 1}
    """
    total = sum(sizes.values())
    if total <= count:
        return dict(sizes)
    whole = {room: count * size // total for room, size in sizes.items()}
    rest = sorted(sizes, key=lambda room: (-(count * sizes[room] % total), room))
    for room in rest[: count - sum(whole.values())]:
        whole[room] += 1
    return whole


def _in_room(tree: Path, where: str) -> list[Mutant]:
    top = tree / where
    files = [top] if top.is_file() else sorted(top.glob("**/*.py"))
    paths = [file.relative_to(tree).as_posix() for file in files]
    return [mutant for path in paths for mutant in places(path, source_of(tree, path))]
