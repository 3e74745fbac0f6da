import numpy as np
import pytest

torch = pytest.importorskip("torch")

from models.train.reader.network import CLASSES, ROWS, STEPS, ReaderNetwork, take_weights  # noqa: E402

pytestmark = pytest.mark.training


@pytest.fixture(scope="module")
def network() -> ReaderNetwork:
    torch.manual_seed(0)
    made: ReaderNetwork = ReaderNetwork().eval()
    return made


def test_gives_log_probabilities_for_every_step(network: ReaderNetwork) -> None:
    pictures = torch.randint(0, 256, (3, 48, 160, 3), dtype=torch.uint8)
    with torch.no_grad():
        scores = network(pictures)
    assert scores.shape == (3, ROWS * STEPS, CLASSES)
    assert scores.exp().sum(dim=2).numpy() == pytest.approx(np.ones((3, ROWS * STEPS)), abs=1e-4)


def test_colour_cast_and_darkness_hardly_matter(network: ReaderNetwork) -> None:
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 256, (1, 48, 160, 3)).astype(np.float32)
    dark = picture * np.array([0.35, 0.3, 0.6], np.float32)
    with torch.no_grad():
        first, second = network(torch.from_numpy(picture)).exp(), network(torch.from_numpy(dark)).exp()
    assert (first - second).abs().max() < 0.05


def test_steps_follow_the_picture_from_left_to_right(network: ReaderNetwork) -> None:
    picture = torch.full((1, 48, 160, 3), 128, dtype=torch.uint8)
    changed = picture.clone()
    changed[:, 10:38, 140:150] = 0
    changed[:, 10:38, 10:20] = 255
    other = changed.clone()
    other[:, 10:38, 140:150] = 60
    with torch.no_grad():
        difference = (network(changed) - network(other)).abs().sum(dim=2).reshape(ROWS, STEPS)
    assert difference[:, 65:].mean() > 2 * difference[:, 10:45].mean()


def test_small_enough_to_ship() -> None:
    assert sum(p.numel() for p in ReaderNetwork().parameters()) < 1_600_000


def test_blocks_that_a_state_lacks_begin_as_if_they_were_not_there(network: ReaderNetwork) -> None:
    state = {k: v for k, v in network.state_dict().items() if not k.startswith(("body.6.", "context.4."))}
    deeper = ReaderNetwork().eval()
    take_weights(deeper, state)
    pictures = torch.randint(0, 256, (2, 48, 160, 3), dtype=torch.uint8)
    with torch.no_grad():
        found = deeper(pictures)
        network_without = ReaderNetwork().eval()
        network_without.load_state_dict(network.state_dict())
        network_without.body = network_without.body[:6]
        network_without.context = network_without.context[:4]
        expected = network_without(pictures)
    assert torch.allclose(found, expected)
    with pytest.raises(ValueError, match="lacks"):
        take_weights(deeper, {"other.weight": torch.zeros(1)})
