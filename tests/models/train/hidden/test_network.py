import numpy as np
import pytest

torch = pytest.importorskip("torch")

from anpr.perception.character_places import Place  # noqa: E402
from anpr.perception.hidden_characters import doubts_of  # noqa: E402
from anpr.perception.hidden_cut import COLUMNS, column_of  # noqa: E402
from models.train.hidden.network import HiddenNetwork, gap_logs  # noqa: E402

pytestmark = pytest.mark.training


def test_answers_have_a_cell_for_every_column_of_both_rows() -> None:
    network = HiddenNetwork().eval()
    answers = network(torch.zeros((2, 48, 160, 3), dtype=torch.uint8), torch.zeros((2, COLUMNS, 74)))
    assert answers.shape == (2, 3, 2, COLUMNS)
    assert sum(p.numel() for p in network.parameters()) < 150_000


def test_gaps_of_the_training_are_those_of_the_engine() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        answers = rng.normal(-3, 2, (3, 2, COLUMNS))
        places = [Place(float(x), 0) for x in np.sort(rng.uniform(0, 1, 4))] + [
            Place(float(x), 1) for x in np.sort(rng.uniform(0, 1, 3))
        ]
        cells = torch.tensor([[p.row * COLUMNS + column_of(p.x) for p in places] + [0.0] * 3], dtype=torch.float64)
        logs = gap_logs(torch.from_numpy(answers[None, 0]), cells, torch.tensor([len(places)]))
        missing = 1 - logs.exp().numpy()[0, : len(places) + 1]
        assert missing == pytest.approx(doubts_of(answers, places).missing, abs=1e-5)
        assert logs[0, len(places) + 1 :].abs().max() < 1e-9
