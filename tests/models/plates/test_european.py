import numpy as np
import pytest

from models.plates.european import european_plate, in_lines, random_words


def test_romanian_marks_have_romanian_layouts_unless_random() -> None:
    rng = np.random.default_rng(3)
    texts = [european_plate(rng, "RO").text for _ in range(50)]
    lawful = [
        t for t in texts if t[0].isalpha() and any(c.isdigit() for c in t) and (t[-3:].isalpha() or t[-6:].isdigit())
    ]
    assert len(lawful) > 33


def test_marks_between_groups_are_not_in_the_text() -> None:
    rng = np.random.default_rng(5)
    for code in ("F", "NL", "D", "SLO", "S"):
        for _ in range(15):
            assert european_plate(rng, code).text.isalnum()


def test_texts_reach_from_one_to_ten_characters() -> None:
    rng = np.random.default_rng(9)
    lengths = [sum(c.isalnum() for c in random_words(rng)) for _ in range(500)]
    assert min(lengths) <= 2
    assert max(lengths) == 10
    assert 5 < np.mean(lengths) < 8


def test_about_an_eighth_has_two_lines() -> None:
    rng = np.random.default_rng(10)
    two = np.mean([len(in_lines(rng, "B 123 ABC")) == 2 for _ in range(800)])
    assert 0.07 < two < 0.19


@pytest.mark.parametrize("code", ["NL", "L"])
def test_yellow_countries_are_yellow(code: str) -> None:
    rng = np.random.default_rng(12)
    grounds = [np.median(european_plate(rng, code).image.reshape(-1, 3), axis=0) for _ in range(30)]
    assert sum(g[2] - g[0] > 80 for g in grounds) > 20
