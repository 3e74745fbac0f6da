"""The table of what fixings make of characters: as much is said to be wrong as was, and what was meant is known."""

import tomllib

import numpy as np

from anpr.perception.fixings import added_and_meant
from anpr.vrm import ALPHABET
from models.train.hidden.reliability import MOST_ADDED, Seen, as_toml, measured


def seen(read: str, meant: str, count: int, log_odds: float = -5.0, *, fixed: bool = True) -> list[Seen]:
    return [Seen(read, meant, log_odds, fixed)] * count


def test_a_character_that_is_wrong_more_often_than_said_is_doubted_more() -> None:
    table = measured(
        [*seen("Q", "O", 60), *seen("Q", "G", 20), *seen("Q", "Q", 320), *seen("B", "B", 4000), *seen("B", "8", 20)]
    )
    assert table["Q"]["count"] == 400
    assert table["Q"]["wrong"] == 0.2
    assert table["Q"]["meant"] == {"O": 0.75, "G": 0.25}
    added = float(str(table["Q"]["added"]))
    assert 2.0 < added <= MOST_ADDED
    assert float(str(table["B"]["added"])) < 0.5


def test_a_few_characters_make_no_rule_and_what_is_said_enough_adds_nothing() -> None:
    usual = [*seen("A", "A", 3000, -5.0), *seen("A", "4", 20, -5.0)]
    few = measured([*usual, *seen("X", "K", 1), *seen("X", "X", 2)])
    assert float(str(few["X"]["added"])) < 1.6
    honest = measured([*seen("A", "A", 900, -2.2), *seen("A", "4", 100, -2.2)])
    assert float(str(honest["A"]["added"])) < 0.1


def test_o_and_0_are_alike_and_bare_plates_are_counted_apart() -> None:
    table = measured([*seen("O", "0", 50), *seen("O", "Q", 5, fixed=False), *seen("O", "O", 45, fixed=False)])
    assert table["O"]["wrong"] == 0.0
    assert table["O"]["wrong_unfixed"] == 0.1


def test_the_file_says_the_same() -> None:
    table = measured([*seen("Q", "O", 60), *seen("Q", "Q", 340), *seen("6", "G", 3), *seen("6", "6", 97)])
    added, meant = added_and_meant(tomllib.loads(as_toml(table, "a command")))
    assert added[ALPHABET.index("Q")] == float(str(table["Q"]["added"]))
    assert meant[ALPHABET.index("6"), ALPHABET.index("G")] == 1.0
    assert np.count_nonzero(meant.sum(axis=1)) == 2
