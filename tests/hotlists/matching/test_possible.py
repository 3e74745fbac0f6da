from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from math import prod
from pathlib import Path
from random import Random

import numpy as np
import pytest

from anpr.values import Hidden, Hit, Sighting
from anpr.vrm import ALPHABET, fold
from hotlists.importers.import_list import ImportOptions, import_list
from hotlists.importers.options import FileKind, ReadOptions
from hotlists.keys import pack, unpack
from hotlists.matching.density import TYPICAL_SHARE, existing_shares
from hotlists.matching.matcher import HotlistMatcher, open_matcher
from hotlists.matching.possible import (
    FLOOR,
    LEAST_EVIDENCE,
    LEAST_SEEN,
    MOST_CHANCE_FITS,
    MOST_HIDDEN,
    TWO_AT_AN_END,
    VEHICLES,
    filled,
    without_doubt,
)
from hotlists.matching.readings import folded_readings, readings_of_texts
from hotlists.matching.wildcards import matches
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore
from tests.builders.read import read_of
from tests.hotlists.made import Clock, evidence, import_vrms, police_row, random_vrms, sighting, write_rows

FIRST = (Hidden(0, 0.9),)


@pytest.fixture
def matcher(store: HotlistStore, clock: Clock) -> Iterator[HotlistMatcher]:
    opened = open_matcher(store.path, clock=clock, reload_every_s=None)
    yield opened
    opened.close()


def seen(text: str, *hidden: Hidden, doubts: dict[int, dict[str, float]] | None = None) -> Sighting:
    return replace(sighting(evidence(text, doubts, 1.0)), text=text, hidden=hidden)


def by_vrm(hits: list[Hit]) -> dict[str, Hit]:
    return {hit.entry.vrm: hit for hit in hits}


def test_a_mark_whose_first_letter_is_hidden_may_be_the_longer_one_and_the_shorter_one(
    store: HotlistStore, tmp_path: Path, matcher: HotlistMatcher
) -> None:
    import_vrms(store, tmp_path, ["RK64AGY", "K64AGY", "RK64AGX"])
    matcher.refresh()
    hits = by_vrm(matcher.match(seen("K64AGY", *FIRST)))
    assert set(hits) == {"RK64AGY", "K64AGY"}
    for hit in hits.values():
        assert (hit.possible, hit.exact, hit.passes, hit.reading) == (True, False, True, "▯K64AGY")
    # by Bayes' rule: 0.9 for one of 36 characters beside 0.1 for none, both listed and so in existence
    longer, shorter = hits["RK64AGY"].probability, hits["K64AGY"].probability
    assert longer / shorter == pytest.approx(0.9 * (1 - TWO_AT_AN_END) / 36 / 0.1)
    assert 0.05 < longer < 0.5 < shorter < 0.8


def test_what_looks_hidden_from_afar_is_offered_once_a_nearer_look_bears_it_out_or_none_can_come(
    store: HotlistStore, tmp_path: Path, matcher: HotlistMatcher
) -> None:
    import_vrms(store, tmp_path, ["RK64AGY"])
    matcher.refresh()
    one = seen("K64AGY", *FIRST)
    afar = replace(one, reads=(read_of(one.probabilities, 0.0, (0.0, 0.0, 30.0, 8.0)),), final=False)
    near = replace(afar, reads=(*afar.reads, read_of(one.probabilities, 0.1, (0.0, 0.0, 45.0, 11.0))))
    later = replace(afar, reads=(*afar.reads, read_of(one.probabilities, 0.6, (0.0, 0.0, 31.0, 8.0))))
    offered = [matcher.match(looked)[0].passes for looked in (afar, near, later, replace(afar, final=True))]
    assert offered == [False, True, True, True]


def test_the_whole_mark_is_an_exact_hit_as_ever(store: HotlistStore, tmp_path: Path, matcher: HotlistMatcher) -> None:
    import_vrms(store, tmp_path, ["RK64AGY", "K64AGY"])
    matcher.refresh()
    (hit,) = matcher.match(seen("RK64AGY"))
    assert (hit.possible, hit.exact, hit.offer) == (False, True, 0.0)
    nearly_none = matcher.match(seen("RK64AGY", Hidden(0, 0.009)))
    assert [(h.entry.vrm, h.probability, h.exact, h.possible) for h in nearly_none] == [
        (hit.entry.vrm, hit.probability, True, False)
    ]


@pytest.mark.parametrize(
    ("text", "places", "listed"),
    [
        ("K64AGY", (0,), "RK64AGY"),
        ("RK64AG", (6,), "RK64AGY"),
        ("RK6AGY", (3,), "RK64AGY"),
        ("64AGY", (0,), "RK64AGY"),
        ("K64AG", (0, 5), "RK64AGY"),
        ("RK4AG", (2, 5), "RK64AGY"),
        ("K64AGY", (0,), "?K64AGY"),
        ("K64AGY", (0,), "*64AGY"),
        ("K64AGY", (0,), "RK64*"),
        ("K64AGY", (0,), "RK64A?Y"),
    ],
)
def test_hidden_characters_of_every_place_are_found(
    store: HotlistStore, tmp_path: Path, matcher: HotlistMatcher, text: str, places: tuple[int, ...], listed: str
) -> None:
    import_vrms(store, tmp_path, [listed])
    matcher.refresh()
    (hit,) = matcher.match(seen(text, *(Hidden(place, 0.9) for place in places)))
    assert (hit.entry.vrm, hit.possible, hit.passes) == (listed, True, listed != "RK64*")  # of that too little was seen


def test_a_partial_mark_that_fits_whatever_is_hidden_keeps_all_of_its_probability(
    store: HotlistStore, tmp_path: Path, matcher: HotlistMatcher
) -> None:
    import_vrms(store, tmp_path, ["*64AGY"])
    matcher.refresh()
    (hit,) = matcher.match(seen("64AGY", *FIRST))
    assert hit.probability > 0.95


def test_on_a_list_so_long_that_something_nearly_always_fits_it_is_recorded_and_not_offered() -> None:
    fits = filled(folded_readings(evidence("K64AGY", None, 1.0)), FIRST)
    texts = [unpack(key) for key in fits.texts.keys.tolist()]
    place = [texts.index("RK64AGY")]
    assert 1.5 < fits.fits < 3.0  # 23 letters, of which one in ten is given to a vehicle
    assert fits.offer(place, 10_000) > 1.0
    assert fits.offer(place, 10_000_000) < 0.1
    most = MOST_CHANCE_FITS * VEHICLES / fits.fits
    assert fits.offer(place, round(most * 0.99)) >= 1.0 > fits.offer(place, round(most * 1.01))


def test_what_is_hidden_too_improbably_or_leaves_too_little_is_not_offered() -> None:
    for text, chance, offered in (("K64AGY", 0.05, False), ("K64AGY", 0.1, True), ("1AA", 0.9, False)):
        fits = filled(folded_readings(evidence(text, None, 1.0)), (Hidden(0, chance),))
        texts = [unpack(key) for key in fits.texts.keys.tolist()]
        assert (fits.offer([texts.index("R" + fold(text))], 10) >= 1.0) is offered


def test_a_likely_hit_of_a_long_list_passes_by_its_threshold(
    store: HotlistStore, tmp_path: Path, matcher: HotlistMatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hotlists.matching.possible.VEHICLES", 10.0)  # as if the list held most vehicles
    import_vrms(store, tmp_path, ["K64AGY", "RK64AGY"])
    matcher.refresh()
    hits = by_vrm(matcher.match(seen("K64AGY", Hidden(0, 0.2))))
    assert (hits["K64AGY"].passes, hits["K64AGY"].possible, hits["RK64AGY"].passes) == (True, True, False)
    assert hits["K64AGY"].probability > ListSettings("x").threshold


def test_recorded_sightings_without_evidence_are_read_by_their_texts(
    store: HotlistStore, tmp_path: Path, matcher: HotlistMatcher
) -> None:
    import_vrms(store, tmp_path, ["RK64AGY"])
    matcher.refresh()
    kept = seen("K64AGY", *FIRST)
    texts = replace(
        kept, probabilities=np.zeros((0, 37), np.float32), alternatives=(("K64AGY", 0.09), ("K64ACY", 0.01))
    )
    (hit,) = matcher.match(texts)
    (whole,) = matcher.match(kept)
    assert hit.possible
    assert hit.probability == pytest.approx(whole.probability * 0.9, rel=0.05)


@pytest.mark.parametrize("places", [FIRST, (Hidden(0, 0.999), Hidden(3, 0.999), Hidden(7, 0.999))])
def test_a_hopeless_read_of_which_much_may_be_hidden_offers_nothing(
    store: HotlistStore, tmp_path: Path, matcher: HotlistMatcher, places: tuple[Hidden, ...]
) -> None:
    import_vrms(store, tmp_path, ["AB51CDE"])
    matcher.refresh()
    unsure = evidence("AB51CDE", {i: {c: 0.4, "X": 0.3, "Y": 0.3} for i, c in enumerate("AB51CDE")}, 1.0)
    hits = matcher.match(replace(sighting(unsure), hidden=places))
    assert not any(hit.passes for hit in hits)


def test_probabilities_of_the_whole_mark_become_those_of_what_was_seen() -> None:
    readings = readings_of_texts((("K64AGY", 0.08), ("K64ACY", 0.02)))
    assert without_doubt(readings, FIRST).probability.tolist() == pytest.approx([0.8, 0.2])
    assert without_doubt(readings, (Hidden(0, 1.0),)).probability.tolist() == [1.0]


def one_by_one(text_chances: dict[str, float], places: tuple[Hidden, ...], listed: list[str]) -> dict[str, float]:
    """The probability of every listed mark, by trying all texts one after the other."""
    weights: dict[str, float] = {}
    best = max(text_chances, key=lambda text: text_chances[text])
    for text, chance in text_chances.items():
        options = []
        for one in places:
            at = len(text) if one.position >= len(best) else min(one.position, len(text))
            two = TWO_AT_AN_END if at in {0, len(text)} else 0.0
            options.append(
                [(at, 0, 1 - one.probability), (at, 1, one.probability * (1 - two)), (at, 2, one.probability * two)]
            )
        for way in product(*options):
            count = sum(number for _, number, _ in way)
            of_way = chance * prod(p for *_, p in way)
            if not of_way or count > MOST_HIDDEN:
                continue
            for characters in product(ALPHABET, repeat=count):
                put, given_ = text, list(characters)
                for at, number, _ in reversed(way):
                    part = [given_.pop() for _ in range(number)]
                    put = put[:at] + "".join(reversed(part)) + put[at:]
                weights[fold(put)] = weights.get(fold(put), 0.0) + of_way / len(ALPHABET) ** count
    marks = list(weights)
    keys, _ = pack(marks)
    on_list = {fold(vrm) for vrm in listed}
    prior = [
        1.0 if mark in on_list else share for mark, share in zip(marks, existing_shares(keys).tolist(), strict=True)
    ]
    total = sum(weights[mark] * p for mark, p in zip(marks, prior, strict=True))
    total += max(0.0, 1.0 - sum(weights.values())) * TYPICAL_SHARE
    posterior = {mark: weights[mark] * p / total for mark, p in zip(marks, prior, strict=True)}
    found = {vrm: sum(p for mark, p in posterior.items() if matches(vrm, mark)) for vrm in listed}
    return {vrm: p for vrm, p in found.items() if p >= FLOOR}


def of_few(rng: Random, least: int, most: int, extra: str = "") -> str:
    """A text of few different characters, so that texts and lists meet often."""
    return "".join(rng.choice("AB12O" + extra) for _ in range(rng.randint(least, most)))


@pytest.mark.parametrize("seed", range(30))
def test_matching_finds_what_trying_all_texts_one_by_one_finds(
    store: HotlistStore, tmp_path: Path, matcher: HotlistMatcher, seed: int
) -> None:
    rng = Random(seed)
    text, other = of_few(rng, 2, 4), rng.choice("AB2")
    places = sorted(rng.sample(range(len(text) + 1), rng.randint(1, 2)))
    hidden = tuple(Hidden(place, rng.choice([0.02, 0.3, 0.9, 1.0])) for place in places)
    is_sure = fold(other) == fold(text[0])
    chances = {text: 1.0} if is_sure else {text: 0.7, other + text[1:]: 0.3}
    listed = {fold(of_few(rng, 2, 5)) for _ in range(6)} | {fold(of_few(rng, 3, 5, "?*")) for _ in range(4)}
    file = write_rows(tmp_path / "list.csv", [police_row(vrm) for vrm in sorted(listed)])
    import_list(store, file, ListSettings("stolen"), ImportOptions(ReadOptions(FileKind.POLICE), most_rejects=1.0))
    matcher.refresh()
    (one,) = matcher.in_force.lists
    rows = sorted(row[1] for row in store.rows(one.revision))
    hits = by_vrm(matcher.match(seen(text, *hidden, doubts=None if is_sure else {0: {text[0]: 0.7, other: 0.3}})))
    expected = one_by_one(chances, hidden, rows)
    assert all(hit.possible and not hit.exact for hit in hits.values())
    found = {vrm: hits[vrm].probability if vrm in hits else 0.0 for vrm in rows}
    # what is too improbable to be looked up (`_LEAST_WAY`) is left out
    assert found == {vrm: pytest.approx(expected.get(vrm, 0.0), abs=0.02) for vrm in rows}


def test_random_lists_offer_the_right_mark_and_hardly_another(
    store: HotlistStore, tmp_path: Path, matcher: HotlistMatcher
) -> None:
    marks = random_vrms(900)
    import_vrms(store, tmp_path, marks[:500])
    matcher.refresh()
    offered = sum(
        any(hit.passes and hit.entry.vrm == mark for hit in matcher.match(seen(mark[1:], *FIRST)))
        for mark in marks[:100]
    )
    false = sum(any(hit.passes for hit in matcher.match(seen(mark[1:], *FIRST))) for mark in marks[500:])
    assert offered == 100
    assert false <= 4


def test_what_the_rule_asks_for_is_what_the_documents_say() -> None:
    assert (LEAST_EVIDENCE, LEAST_SEEN, MOST_HIDDEN, MOST_CHANCE_FITS) == (0.05, 4, 2, 0.01)
