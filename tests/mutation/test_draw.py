from pathlib import Path

import pytest

from tests.mutation.draw import ROOMS, draw, room_of, shares

ROOMS_HERE = {"large": "large", "small": "small.py"}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "large").mkdir()
    for name in ("one", "two", "three"):
        (tmp_path / "large" / f"{name}.py").write_text("".join(f"x{i} = {i}\n" for i in range(30)))
    (tmp_path / "small.py").write_text("".join(f"x{i} = {i}\n" for i in range(10)))
    return tmp_path


def test_the_same_seed_draws_the_same_and_another_seed_others(tree: Path) -> None:
    assert draw(tree, 1, 20, ROOMS_HERE) == draw(tree, 1, 20, ROOMS_HERE)
    assert set(draw(tree, 1, 20, ROOMS_HERE)) != set(draw(tree, 2, 20, ROOMS_HERE))


def test_each_room_has_its_share_and_nothing_is_drawn_twice(tree: Path) -> None:
    drawn = draw(tree, 1, 20, ROOMS_HERE)
    assert len(set(drawn)) == 20
    assert sum(mutant.path == "small.py" for mutant in drawn) == 2


def test_a_change_in_one_room_leaves_the_draw_of_another_if_its_share_is_the_same(tree: Path) -> None:
    before = {mutant for mutant in draw(tree, 1, 20, ROOMS_HERE) if mutant.path != "small.py"}
    small = tree / "small.py"
    small.write_text(small.read_text().replace("x9", "y9"))
    assert {mutant for mutant in draw(tree, 1, 20, ROOMS_HERE) if mutant.path != "small.py"} == before


def test_all_are_drawn_where_there_are_fewer_than_asked_for(tree: Path) -> None:
    assert len(draw(tree, 1, 1000, ROOMS_HERE)) == 100


def test_shares_add_up() -> None:
    assert shares({"a": 1, "b": 1, "c": 1}, 2) == {"a": 1, "b": 1, "c": 0}
    assert sum(shares({"a": 460, "b": 381, "c": 335, "d": 265, "e": 153}, 300).values()) == 300


def test_rooms_are_places_of_the_tree() -> None:
    for room, where in ROOMS.items():
        assert (Path(__file__).parents[2] / where).exists()
        assert room_of(where) == room
