import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anpr.vrm import ALPHABET, fold
from hotlists.keys import fold_keys, pack, unpack
from hotlists.matching.density import OTHER_SHARE
from hotlists.matching.posterior import (
    EXTRA_CHARACTER,
    MISSING_CHARACTER,
    Hypotheses,
    hypotheses,
    joined,
    one_more_or_less,
    posterior,
)


def made(texts: dict[str, float]) -> Hypotheses:
    return hypotheses(fold_keys(pack(list(texts))[0]), np.array(list(texts.values())))


def test_listed_text_competes_with_the_existing_part_of_the_others() -> None:
    texts = made({"AB51CDE": 0.3, "AB51CDF": 0.5})
    assert texts.share.tolist() == [0.1, 0.1]
    # the listed one counts whole, the other by the tenth that exists, and so does the fifth that is left open
    total = 0.3 + 0.5 * 0.1 + 0.2 * 0.1
    assert posterior(texts, np.array([True, False])).tolist() == pytest.approx([0.3 / total, 0.05 / total])
    # where nothing is listed the shares alone decide
    total = 0.3 * 0.1 + 0.5 * 0.1 + 0.2 * 0.1
    assert posterior(texts, np.array([False, False])).tolist() == pytest.approx([0.03 / total, 0.05 / total])


def test_what_no_vehicle_bears_hardly_competes() -> None:
    chances = posterior(made({"AB51CDE": 0.001, "ABCDEFGH": 0.999}), np.array([True, False]))
    assert chances[0] == pytest.approx(0.001 / (0.001 + 0.999 * OTHER_SHARE))


def test_no_evidence_is_no_chance() -> None:
    assert posterior(made({}), np.zeros(0, dtype=np.bool_)).tolist() == []
    assert posterior(Hypotheses(*(np.zeros(1),) * 3), np.array([False])).tolist() != [1.0]  # type: ignore[arg-type]


@given(arrays(np.float64, 5, elements=st.floats(0.0, 0.2)), arrays(np.bool_, 5))
def test_chances_are_probabilities_and_a_listed_text_is_never_worse_off(
    probability: np.ndarray, listed: np.ndarray
) -> None:
    texts = made(dict(zip(["AB51CDE", "A1", "ABC1A", "X", "AB51CDEFGH"], probability.tolist(), strict=True)))
    chances = posterior(texts, listed)
    assert (chances >= 0.0).all()
    assert chances.sum() <= 1.0 + 1e-9
    for place in np.flatnonzero(~listed).tolist():
        more = listed.copy()
        more[place] = True
        assert posterior(texts, more)[place] >= chances[place] - 1e-12


@given(st.text("AB01O", min_size=1, max_size=12))
def test_one_more_or_less_is_every_insertion_and_every_omission(text: str) -> None:
    text = fold(text)
    keys, probability = one_more_or_less(
        Hypotheses(pack([text])[0], np.array([0.5]), np.array([OTHER_SHARE])), floor=1e-9
    )
    glyphs = sorted({fold(c) for c in ALPHABET})
    longer = [text[:i] + c + text[i:] for i in range(len(text) + 1) for c in glyphs] if len(text) < 12 else []
    shorter = [text[:i] + text[i + 1 :] for i in range(len(text))] if len(text) > 1 else []
    assert sorted(unpack(int(key)) for key in keys) == sorted(longer + shorter)
    expected = (MISSING_CHARACTER if longer else 0.0) + (EXTRA_CHARACTER if shorter else 0.0)
    assert probability.sum() == pytest.approx(0.5 * expected)


def test_only_the_two_best_readings_are_stretched_and_only_where_there_is_room() -> None:
    texts = made({"XQ": 0.5, "QX": 0.3, "QQ": 0.2})
    found = {unpack(int(key)) for key in one_more_or_less(texts, 0.01)[0]}
    assert {"XQX", "QXX"} <= found
    assert "QQQ" not in found
    # a certain reading of a current mark leaves none
    keys, probability = one_more_or_less(made({"AB51CDE": 1.0}), 0.01)
    assert len(keys) == len(probability) == 0


def test_joined_keeps_the_order_of_the_parts() -> None:
    both = joined(made({"A1": 0.25}), made({"AB51CDE": 0.5, "B2": 0.125}))
    assert [unpack(int(key)) for key in both.keys] == ["A1", "AB51CDE", "B2"]
    assert both.probability.tolist() == [0.25, 0.5, 0.125]
    assert both.share.tolist() == made({"A1": 0.0, "AB51CDE": 0.0, "B2": 0.0}).share.tolist()
