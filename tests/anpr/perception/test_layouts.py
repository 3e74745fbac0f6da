from itertools import pairwise
from math import exp, isfinite, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.perception.layouts import (
    HOME_FACTOR,
    HOMES,
    LAYOUT_FACTOR,
    LOOK_ALIKE_FACTOR,
    MOST_VARIANTS,
    apply_prior,
    log_home,
    log_prior,
    variants,
)  # fmt: skip
from anpr.vrm import ALPHABET, fold

texts = st.text(ALPHABET, max_size=10)
twins = st.text("0O1IAB5", max_size=10)
readings = st.dictionaries(texts, st.floats(1e-9, 1), min_size=1, max_size=12).map(
    lambda d: tuple((t, p / sum(d.values())) for t, p in d.items())
)


@pytest.mark.parametrize(
    "mark",
    [
        "AB51CDE",
        "AE02RYA",
        "OE11UKP",
        "BF10YHP",
        "LO70OOO",
        "T49ASE",
        "S10WOK",
        "J100RGR",
        "R115ODD",
        "N6OTE",
        "Q101OOO",
        "OWV991G",
        "WOR516K",
        "GIG5679",
        "OIJ1010",
        "1010OIL",
        "1LUX",
        "F1",
        "MGB10",
        "808VVU",
        "148OAS",
        "101D110",
        "J10101",
        "MAN1001",
        "MN172E",
        "UB91OP",
        "10101",
        "B100OOI",
        "GOOGLE",
        "1OAC075",
        "87JDN1",
        "B101OIU",
        "DL000DT",
        "IF10ABI",
        "MARRIED",
    ],
)
def test_of_the_look_alikes_the_lawful_mark_is_preferred(mark: str) -> None:
    assert max(variants(mark), key=log_prior) == mark


@given(texts | twins)
def test_every_text_has_a_finite_bounded_weight(text: str) -> None:
    weight = log_prior(text)
    assert isfinite(weight)
    assert -log(LOOK_ALIKE_FACTOR) - 1e-9 <= weight <= log(LAYOUT_FACTOR) + 1e-9


@given(twins)
def test_look_alikes_differ_by_no_more_than_their_factor(text: str) -> None:
    weights = [log_prior(v) for v in variants(text)]
    assert max(weights) - min(weights) <= log(LOOK_ALIKE_FACTOR) + 1e-9


@given(texts, texts)
def test_the_best_readings_of_two_keys_differ_by_little(one: str, other: str) -> None:
    best = [max(log_prior(v) for v in variants(text)) for text in (one, other)]
    assert abs(best[0] - best[1]) <= log(LAYOUT_FACTOR) + 1e-9


@given(texts | twins)
def test_variants_share_the_folded_key(text: str) -> None:
    found = variants(text)
    assert found[0] == text
    assert len(set(found)) == len(found) <= MOST_VARIANTS
    assert {fold(v) for v in found} == {fold(text)}
    ambiguous = sum(c in "01OI" for c in text)
    assert len(found) == min(2**ambiguous, MOST_VARIANTS)


@given(readings, st.floats(0, 1))
def test_applying_keeps_the_readings_and_their_sum(
    given_readings: tuple[tuple[str, float], ...], strength: float
) -> None:
    found = apply_prior(given_readings, strength)
    assert {t for t, _ in found} == {t for t, _ in given_readings}
    assert sum(p for _, p in found) == pytest.approx(sum(p for _, p in given_readings))
    assert all(a[1] >= b[1] for a, b in pairwise(found))


@given(readings)
def test_without_strength_nothing_changes(given_readings: tuple[tuple[str, float], ...]) -> None:
    found = dict(apply_prior(given_readings, 0.0))
    assert found == pytest.approx(dict(given_readings))


def test_equal_evidence_goes_to_the_lawful_mark() -> None:
    found = apply_prior((("AEO2RYA", 0.5), ("AE02RYA", 0.5)))
    assert found[0][0] == "AE02RYA"
    assert found[0][1] > 0.95


def test_a_certain_reader_is_not_overruled() -> None:
    # A German plate whose zero has its slit: the reader is sure, the layout prior would prefer the letter.
    sure = (("BO0100", 0.9995), ("BOO100", 0.0005))
    assert apply_prior(sure)[0][0] == "BO0100"


def test_what_the_k_best_leave_open_stays_open() -> None:
    found = apply_prior((("AB52CDE", 0.3), ("ABS2CDE", 0.2)))
    assert sum(p for _, p in found) == pytest.approx(0.5)
    assert found[0][1] / found[1][1] == pytest.approx(1.5 * LAYOUT_FACTOR)


def test_no_readings_and_no_probability_come_back_as_they_are() -> None:
    assert apply_prior(()) == ()
    assert apply_prior((("AB", 0.0),)) == (("AB", 0.0),)


def test_the_prior_prefers_but_allows_what_follows_no_layout() -> None:
    strange, lawful = log_prior("0O0O0O0O0O"), log_prior("AB51CDE")
    assert strange < lawful
    assert exp(strange) > 0


@pytest.mark.parametrize(("read", "meant"), [("IHRV", "1HRV"), ("IMLT", "1MLT"), ("GIVWW", "G1VWW")])
def test_at_home_a_text_of_no_layout_gives_way_to_its_lawful_look_alike(read: str, meant: str) -> None:
    sure = ((read, 0.98), (meant, 0.005))
    assert apply_prior(sure, 2.0, "GB")[0][0] == meant
    assert apply_prior(sure, 2.0)[0][0] == read


@given(texts)
def test_a_home_chooses_between_look_alikes_alone(text: str) -> None:
    weights = {home: [log_home(v, home) for v in variants(text)] for home in HOMES}
    assert set(weights["none"]) == {0.0}
    assert max(weights["GB"]) == 0.0
    assert set(weights["GB"]) <= {0.0, -log(HOME_FACTOR)}


@pytest.mark.parametrize(
    "mark",
    ["AA630DJ", "S170MZ", "11740", "DA740V", "BS310NL", "OOO000", "M0505", "IS01ABC", "GOOGLE", "001ABC", "AB51CDE"],
)
def test_marks_of_any_layout_and_names_without_a_lawful_look_alike_stay_as_they_are_read(mark: str) -> None:
    assert log_home(mark, "GB") == 0.0
