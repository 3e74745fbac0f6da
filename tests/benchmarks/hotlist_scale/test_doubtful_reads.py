"""The model of a reader's doubts."""

import numpy as np

from anpr.vrm import ALPHABET, NOTHING, fold
from benchmarks.hotlist_scale.doubtful_reads import ReaderModel, evidence_for, glyphs
from benchmarks.hotlist_scale.made_up_lists import distinct_vrms
from hotlists.keys import unpack
from hotlists.matching.readings import folded_readings


def test_model_s_doubts_mean_what_they_say() -> None:
    """Of the readings with probability p about the part p is right, when nothing is tempered or missing."""
    marks = distinct_vrms(1500, 2)
    model = ReaderModel(noise=0.12, temper=0.0, missing=0.0, extra=0.0, floor=0.0)
    claimed, right = [], []
    for vrm, evidence in zip(marks, evidence_for(marks, model, 3), strict=True):
        readings = folded_readings(evidence, k=2)
        claimed.append(readings.probability[0])
        right.append(unpack(int(readings.folded[0])) == fold(vrm))
    assert abs(np.mean(claimed) - np.mean(right)) < 0.04
    assert 0.5 < np.mean(right) < 0.95


SURE = ReaderModel(noise=0.01, dirt=0.0, missing=0.0, extra=0.0)


def test_evidence_is_probabilities_with_the_floor_in_every_column() -> None:
    for table in evidence_for(["AB51CDE"] * 20, ReaderModel(), 1):
        assert table.shape[1] == NOTHING + 1
        assert table.dtype == np.float32
        assert np.allclose(table.sum(axis=1), 1.0, atol=1e-5)
        assert table.min() >= 0.002 / 37 - 1e-7


def test_good_pictures_are_read_right_and_what_looks_alike_is_split_evenly() -> None:
    (table,) = evidence_for(["AB51COE"], SURE, 1)
    best = ["".join(ALPHABET[c] for c in np.flatnonzero(row > 0.4)) for row in table]
    assert best == ["A", "B", "5", "1I", "C", "0O", "E"]
    drawn = glyphs()
    assert drawn.shape == (36, 54)
    assert np.array_equal(drawn[ALPHABET.index("0")], drawn[ALPHABET.index("O")])


def test_characters_are_missing_and_added_as_often_as_said() -> None:
    def lengths(**model: float) -> list[int]:
        return [
            len(t)
            for t in evidence_for(
                ["AB51CDE"] * 400, ReaderModel(noise=0.01, dirt=0.0, **{"missing": 0.0, "extra": 0.0, **model}), 1
            )
        ]

    assert set(lengths()) == {7}
    # Half of the time the reader notices that something is odd and keeps the position.
    assert abs(lengths(missing=1.0).count(6) / 400 - 0.5) < 0.08
    assert set(lengths(extra=1.0)) == {8}


def test_the_same_seed_gives_the_same_doubts_and_noise_more_of_them() -> None:
    def tables(noise: float, seed: int) -> np.ndarray:
        return np.array(list(evidence_for(["AB51CDE"] * 50, ReaderModel(noise=noise, missing=0, extra=0), seed)))

    assert np.array_equal(tables(0.1, 1), tables(0.1, 1))
    assert not np.array_equal(tables(0.1, 1), tables(0.1, 2))
    assert tables(0.3, 1).max(axis=2).mean() < tables(0.05, 1).max(axis=2).mean() - 0.1
