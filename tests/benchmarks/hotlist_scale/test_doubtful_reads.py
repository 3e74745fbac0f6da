"""The model of a reader's doubts."""

import numpy as np

from anpr.vrm import fold
from benchmarks.hotlist_scale.doubtful_reads import ReaderModel, evidence_for
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
