import numpy as np
import pytest

from anpr.perception.fusion import EvidenceFuser, FusionSettings
from anpr.values import Readings
from tests.builders.evidence import evidence
from tests.builders.read import read_of


def fuse(*reads: object, settings: FusionSettings | None = None) -> EvidenceFuser:
    fuser = EvidenceFuser(settings or FusionSettings())
    for second, table in enumerate(reads):
        fuser.add(read_of(table, second * 0.1))  # type: ignore[arg-type]
    return fuser


def test_no_reads_give_no_text() -> None:
    fused = EvidenceFuser().fused()
    assert (fused.text, fused.confidence, fused.probabilities.shape) == ("", 0.0, (0, 37))


def test_an_empty_read_is_no_evidence() -> None:
    fuser = fuse("AB12CDE")
    before = fuser.fused().readings
    fuser.add(read_of(np.zeros((0, 37), np.float32), 0.5))
    assert fuser.fused().readings == before


def test_two_half_sure_reads_are_surer_together() -> None:
    doubt = evidence("AB12CDE", {2: {"1": 0.6, "7": 0.38}})
    one = fuse(doubt).fused()
    two = fuse(doubt, doubt).fused()
    assert one.text == two.text == "AB12CDE"
    assert two.confidence > one.confidence


def test_repeating_one_look_does_not_make_it_certain() -> None:
    doubt = evidence("AB12CDE", {2: {"1": 0.55, "7": 0.43}}, certainty=0.9999)
    fuser = EvidenceFuser()
    for frame in range(16):
        fuser.add(read_of(doubt, frame / 30))
    assert fuser.fused().confidence < 0.75


def test_looks_far_apart_in_time_count_more_than_those_of_one_moment() -> None:
    doubt = evidence("AB12CDE", {2: {"1": 0.6, "7": 0.38}}, certainty=0.9999)
    close, far = EvidenceFuser(), EvidenceFuser()
    for frame in range(4):
        close.add(read_of(doubt, frame / 30))
        far.add(read_of(doubt, frame * 1.0))
    assert far.fused().confidence > close.fused().confidence + 0.02


def test_blurred_frames_do_not_weaken_a_clear_one() -> None:
    clear = fuse("AB12CDE").fused().confidence
    blurred = evidence("AB12CDE", {i: {"B": 0.03, "8": 0.03} for i in range(7)})
    assert fuse("AB12CDE", *[blurred] * 10).fused().confidence > clear - 0.02


def test_one_confident_wrong_read_does_not_veto_many() -> None:
    wrong = evidence("AB12CDE", {2: {"7": 0.9999}}, certainty=0.9999)
    right = evidence("AB12CDE", {2: {"1": 0.9}}, certainty=0.999)
    assert fuse(wrong, right, right, right, right, right, right).fused().text == "AB12CDE"


def test_complementary_reads_are_joined() -> None:
    left = evidence("AB12CDE", {5: {"O": 0.5, "D": 0.45}, 6: {"F": 0.5, "E": 0.45}})
    right = evidence("AB12CDE", {0: {"4": 0.5, "A": 0.45}, 1: {"8": 0.5, "B": 0.45}})
    assert fuse(left, right).fused().text == "AB12CDE"


@pytest.mark.parametrize("short", ["B12CDE", "AB12CD", "AB1CDE"])
def test_a_cut_read_does_not_shorten_the_plate(short: str) -> None:
    assert fuse("AB12CDE", short, "AB12CDE").fused().text == "AB12CDE"


def test_a_longer_read_gives_the_missing_character_when_it_is_the_rule() -> None:
    assert fuse("AB1CDE", "AB12CDE", "AB12CDE", "AB12CDE").fused().text == "AB12CDE"


def test_the_order_of_the_reads_does_not_matter() -> None:
    tables = [evidence("AB12CDE", {i: {"X": 0.3}}, 0.9 + i / 100) for i in range(5)]
    forwards, backwards = EvidenceFuser(), EvidenceFuser()
    for i, t in enumerate(tables):
        forwards.add(read_of(t, i * 0.1))
    for i, t in reversed(list(enumerate(tables))):
        backwards.add(read_of(t, i * 0.1))
    assert np.allclose(forwards.fused().probabilities, backwards.fused().probabilities)


def test_the_prior_reweighs_the_readings() -> None:
    def prior(readings: Readings) -> Readings:
        return tuple(sorted(readings, key=lambda r: (r[0] != "AB12CDO", r)))

    fuser = EvidenceFuser(prior=prior)
    fuser.add(read_of(evidence("AB12CD0", {6: {"0": 0.5, "O": 0.48}})))
    assert fuser.fused().text == "AB12CDO"


@pytest.mark.parametrize("apart_s", [1 / 30, 0.3, 2.0])
def test_hopeless_reads_stay_hopeless_however_many(apart_s: float) -> None:
    rng = np.random.default_rng(3)
    fuser = EvidenceFuser()
    for frame in range(77):
        doubt = {i: {"YPG1N"[i]: 0.5, "ABCDEFH3456"[rng.integers(11)]: 0.5} for i in range(5)}
        fuser.add(read_of(evidence("YPG1N", doubt), frame * apart_s))
    assert fuser.fused().text == "YPG1N"
    assert fuser.fused().confidence < 0.2
