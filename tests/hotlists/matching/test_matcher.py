from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anpr.engine.engine import Matcher
from anpr.values import CharacterProbabilities
from hotlists.importers.import_list import import_list
from hotlists.matching.matcher import HotlistMatcher, MatchSettings, open_matcher
from hotlists.matching.readings import PlateReadings, folded_readings
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore
from tests.builders.read import read_of
from tests.hotlists.made import Clock, evidence, import_vrms, police_row, random_vrms, sighting, write_rows


@pytest.fixture
def matcher(store: HotlistStore, clock: Clock) -> Iterator[HotlistMatcher]:
    opened = open_matcher(store.path, clock=clock, reload_every_s=None)
    yield opened
    opened.close()


def found(matcher: Matcher, *args: Any, **kwargs: Any) -> list[tuple[str, float]]:
    return [(hit.entry.vrm, round(hit.probability, 2)) for hit in matcher.match(sighting(*args, **kwargs))]


def test_certain_reading_of_an_entry_is_an_exact_hit(
    store: HotlistStore, tmp_path: Path, matcher: HotlistMatcher, clock: Clock
) -> None:
    import_vrms(store, tmp_path, ["AB51CDE", "CD52EFG"])
    matcher.refresh()
    clock.move(hours=5)
    (hit,) = matcher.match(sighting("AB51CDE", clock.at))
    assert (hit.entry.vrm, hit.entry.make, hit.exact, hit.reading) == ("AB51CDE", "FORD", True, "AB51CDE")
    assert hit.probability > 0.99
    assert hit.hotlist.name == "stolen"
    assert hit.list_age_s == pytest.approx(5 * 3600)
    assert found(matcher, "AB51CDF") == []


def test_glyphs_that_look_alike_are_the_same_and_the_list_s_vrm_is_shown(
    store: HotlistStore, tmp_path: Path, matcher: HotlistMatcher
) -> None:
    import_vrms(store, tmp_path, ["OI10ABC"])
    matcher.refresh()
    (hit,) = matcher.match(sighting("0110ABC"))
    assert (hit.entry.vrm, hit.exact, hit.reading) == ("OI10ABC", True, "0110ABC")


def test_second_best_reading_is_a_hit_that_is_not_exact(
    store: HotlistStore, tmp_path: Path, matcher: HotlistMatcher
) -> None:
    import_vrms(store, tmp_path, ["AB51CDE"])
    matcher.refresh()
    doubt = evidence("A851CDE", {1: {"8": 0.6, "B": 0.4}})
    (hit,) = matcher.match(sighting(doubt))
    assert (hit.entry.vrm, hit.exact, hit.reading) == ("AB51CDE", False, "AB51CDE")
    assert 0.5 < hit.probability < 1.0


def test_probability_follows_bayes_rule(store: HotlistStore, tmp_path: Path, matcher: HotlistMatcher) -> None:
    """Two current marks, one listed: the other counts by the tenth of such marks that exist."""
    import_vrms(store, tmp_path, ["AB51CDE"])
    matcher.refresh()
    doubt = evidence("AB51CDE", {6: {"E": 0.3, "F": 0.7}}, certainty=1.0)
    (hit,) = matcher.match(sighting(doubt))
    assert hit.probability == pytest.approx(0.3 / (0.3 + 0.7 * 0.1), abs=1e-3)


def test_from_afar_a_listed_mark_has_no_advantage_over_its_look_alikes(
    store: HotlistStore, tmp_path: Path, matcher: HotlistMatcher
) -> None:
    import_vrms(store, tmp_path, ["HC48XRJ"])
    matcher.refresh()
    doubt = evidence("HC46XRJ", {3: {"6": 0.6, "8": 0.4}}, certainty=1.0)
    afar = replace(sighting(doubt), reads=(read_of(doubt, 0.0, (0.0, 0.0, 30.0, 8.0)),))
    near = replace(afar, reads=(*afar.reads, read_of(doubt, 0.1, (0.0, 0.0, 45.0, 11.0))))
    assert [round(hit.probability, 2) for hit in matcher.match(afar)] == [0.4]
    assert [round(hit.probability, 2) for hit in matcher.match(near)] == [round(0.4 / (0.4 + 0.6 * 0.1), 2)]


def test_a_mark_that_is_not_given_out_yet_competes_like_any_other(
    store: HotlistStore, tmp_path: Path, matcher: HotlistMatcher
) -> None:
    import_vrms(store, tmp_path, ["HC48XRJ"])
    matcher.refresh()
    assert found(matcher, evidence("HC46XRJ", {3: {"6": 0.999, "8": 0.001}}, certainty=1.0)) in (
        [],
        [("HC48XRJ", 0.01)],
    )


def test_listed_readings_compete_with_each_other(store: HotlistStore, tmp_path: Path, matcher: HotlistMatcher) -> None:
    import_vrms(store, tmp_path, ["AB51CDE"], "one")
    import_vrms(store, tmp_path, ["AB51CDF"], "other")
    matcher.refresh()
    doubt = evidence("AB51CDE", {6: {"E": 0.3, "F": 0.7}}, certainty=1.0)
    assert found(matcher, doubt) == [("AB51CDF", 0.7), ("AB51CDE", 0.3)]


def test_one_missing_or_extra_character(store: HotlistStore, tmp_path: Path, matcher: HotlistMatcher) -> None:
    import_vrms(store, tmp_path, ["AB51CDE"])
    matcher.refresh()
    assert [v for v, _ in found(matcher, "AB51CD")] == ["AB51CDE"]
    assert [v for v, _ in found(matcher, "B51CDE8")] == []
    assert [v for v, _ in found(matcher, "AB51CDE1")] == ["AB51CDE"]
    # a reader that doubts whether the character is there says so itself
    doubt = evidence("AB51CDE1", {7: {"1": 0.5, "_": 0.5}})
    assert found(matcher, doubt)[0][1] > 0.9


def test_wildcards_gather_the_probability_of_all_their_readings(
    store: HotlistStore, tmp_path: Path, matcher: HotlistMatcher
) -> None:
    import_vrms(store, tmp_path, ["AB51???", "A*DE", "*51C*", "ZZ*"])
    matcher.refresh()
    doubt = evidence("AB51CDE", {4: {"C": 0.5, "G": 0.5}}, certainty=1.0)
    hits = {hit.entry.vrm: hit for hit in matcher.match(sighting(doubt))}
    assert {v: round(h.probability, 2) for v, h in hits.items()} == {"AB51???": 1.0, "A*DE": 1.0, "*51C*": 0.5}
    assert not any(hit.exact for hit in hits.values())


def test_all_lists_are_reported_highest_priority_first(
    store: HotlistStore, tmp_path: Path, matcher: HotlistMatcher
) -> None:
    for name, priority in (("tax", 10), ("firearms", 99), ("stolen", 50)):
        import_vrms(store, tmp_path, ["AB51CDE"], name, priority=priority)
    matcher.refresh()
    assert [hit.hotlist.name for hit in matcher.match(sighting("AB51CDE"))] == ["firearms", "stolen", "tax"]


def test_weed_date_ends_an_entry_at_local_midnight(
    store: HotlistStore, tmp_path: Path, matcher: HotlistMatcher, clock: Clock
) -> None:
    rows = [police_row("AB51CDE", weed_date="20/11/2026"), police_row("CD52EFG")]
    import_list(store, write_rows(tmp_path / "a.csv", rows), ListSettings("stolen", default_weed_days=2))
    matcher.refresh()
    midnight = clock.at.replace(hour=0) + timedelta(days=1)
    assert len(found(matcher, "AB51CDE", midnight - timedelta(seconds=1))) == 1
    assert found(matcher, "AB51CDE", midnight) == []
    assert len(found(matcher, "CD52EFG", clock.at + timedelta(days=1.9))) == 1
    assert found(matcher, "CD52EFG", clock.at + timedelta(days=2)) == []


def test_a_date_in_doubt_neither_silences_nor_passes_for_checked(
    store: HotlistStore, tmp_path: Path, clock: Clock
) -> None:
    rows = [
        police_row("AB51CDE", weed_date="20/11/2026"),
        police_row("CD52EFG"),
        police_row("EF53GHJ", weed_date="18/11/2026"),
    ]
    import_list(store, write_rows(tmp_path / "a.csv", rows), ListSettings("stolen", hours="Mon 09:00-10:00"))
    sure: list[datetime | None] = [clock.at]
    with closing(open_matcher(store.path, clock=clock, doubt=lambda: sure[0], reload_every_s=None)) as matcher:
        for wall in (clock.at + timedelta(days=5000), clock.at - timedelta(days=20000)):
            for vrm, checked in (("AB51CDE", False), ("CD52EFG", True)):
                (hit,) = matcher.match(sighting(vrm, wall))
                assert (hit.date_checked, hit.list_age_s) == (checked, 0.0)
            assert matcher.match(sighting("EF53GHJ", wall)) == []  # over before the date came into doubt
        sure[0] = None
        assert matcher.match(sighting("AB51CDE", clock.at + timedelta(days=5000))) == []


def test_hours_area_expiry_and_switching_off(
    store: HotlistStore, tmp_path: Path, matcher: HotlistMatcher, clock: Clock
) -> None:
    import_vrms(store, tmp_path, ["AB51CDE"], "hours", hours="Fri 13:00-14:00")
    import_vrms(store, tmp_path, ["AB51CDE"], "area", area='{"circle": [51.5, -0.1, 1000]}')
    import_vrms(store, tmp_path, ["AB51CDE"], "expiry", expires_utc="2026-11-20T12:30:00+00:00")
    import_vrms(store, tmp_path, ["AB51CDE"], "off", crew_may_disable=True)
    store.switch("off", off=True)
    matcher.refresh()

    def lists(at: datetime, place: tuple[float, float] | None = None) -> set[str]:
        return {hit.hotlist.name for hit in matcher.match(sighting("AB51CDE", at, place))}

    # without a position an area does not silence a list
    assert lists(clock.at) == {"area", "expiry"}
    assert lists(clock.at, (51.501, -0.1)) == {"area", "expiry"}
    assert lists(clock.at, (51.52, -0.1)) == {"expiry"}
    assert lists(clock.at + timedelta(hours=1), (51.52, -0.1)) == {"hours"}
    store.switch("off", off=False)
    matcher.refresh()
    assert "off" in lists(clock.at)


@given(arrays(np.float32, st.tuples(st.integers(0, 14), st.just(37)), elements=st.floats(width=32)))
def test_no_evidence_at_all_makes_it_raise(tmp_path_factory: pytest.TempPathFactory, rows: list[str]) -> None:
    matcher = _shared(tmp_path_factory)
    made = sighting("AB51CDE")
    object.__setattr__(made, "probabilities", rows)
    assert all(0.0 <= hit.probability <= 1.0 for hit in matcher.match(made))


_MATCHERS: list[HotlistMatcher] = []


def _shared(tmp_path_factory: pytest.TempPathFactory) -> HotlistMatcher:
    if not _MATCHERS:
        folder = tmp_path_factory.mktemp("shared")
        with HotlistStore(folder / "hotlists.db") as store:
            import_vrms(store, folder, [*random_vrms(500), "AB*", "??51???"])
        _MATCHERS.append(open_matcher(folder / "hotlists.db", MatchSettings(floor=0.0), reload_every_s=None))
    return _MATCHERS[0]


def test_look_up_by_hand_ignores_conditions(store: HotlistStore, tmp_path: Path, matcher: HotlistMatcher) -> None:
    import_vrms(store, tmp_path, ["AB51CDE", "AB*"], "hours", hours="Mon 01:00-01:01")
    matcher.refresh()
    assert [entry.vrm for entry, _, _ in matcher.look_up("ab5i cde")] == ["AB51CDE", "AB*"]
    assert matcher.look_up("Ж") == matcher.look_up("") == matcher.look_up("A" * 30) == []


def test_a_new_revision_is_loaded_and_a_withdrawn_list_is_silent_at_once(
    store: HotlistStore, tmp_path: Path, matcher: HotlistMatcher
) -> None:
    import_vrms(store, tmp_path, ["AB51CDE"])
    assert matcher.refresh()
    assert not matcher.refresh()
    import_vrms(store, tmp_path, ["CD52EFG"])
    assert found(matcher, "AB51CDE") != []
    assert matcher.refresh()
    assert found(matcher, "AB51CDE") == []
    assert found(matcher, "CD52EFG") != []
    store.erase("stolen")
    assert found(matcher, "CD52EFG") == []


def test_changes_are_told(store: HotlistStore, tmp_path: Path, matcher: HotlistMatcher) -> None:
    told = []
    matcher.on_change = lambda before, after: told.append((len(before.lists), len(after.lists)))
    import_vrms(store, tmp_path, ["AB51CDE"])
    matcher.refresh()
    assert told == [(0, 1)]


def test_more_readings_are_looked_up_where_the_best_is_unsure(
    store: HotlistStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_vrms(store, tmp_path, ["AB51CDE"])
    asked = []

    def counted(probabilities: CharacterProbabilities, k: int, coverage: float) -> PlateReadings:
        asked.append(k)
        return folded_readings(probabilities, k, coverage)

    monkeypatch.setattr("hotlists.matching.matcher.folded_readings", counted)
    matcher = open_matcher(store.path, MatchSettings(floor=0.0), reload_every_s=None)
    # 107 readings are likelier than the listed one, which lies beyond the 50 best
    doubts = {i: {"AB51CDE"[i]: 0.12, **dict.fromkeys(wrong, 0.42)} for i, wrong in ((0, "HK"), (1, "PR"), (4, "DG"))}
    hits = matcher.match(sighting(evidence("AB51CDE", doubts | {5: {"D": 0.3, "P": 0.7}, 6: {"E": 0.3, "F": 0.7}})))
    assert [hit.entry.vrm for hit in hits] == ["AB51CDE"]
    assert asked == [50, 200]
    asked.clear()
    matcher.match(sighting("AB51CDE"))
    assert asked == [50]
    matcher.close()


def test_stale_lists_are_named(store: HotlistStore, tmp_path: Path, matcher: HotlistMatcher, clock: Clock) -> None:
    import_vrms(store, tmp_path, ["AB51CDE"], max_age_s=3600)
    import_vrms(store, tmp_path, ["AB51CDE"], "other")
    clock.move(minutes=59)
    assert [one.name for one in matcher.status() if one.stale] == []
    clock.move(minutes=2)
    assert [(one.name, one.age_s) for one in matcher.status() if one.stale] == [("stolen", 61 * 60)]


def test_age_of_a_hit_s_list_is_that_at_the_sighting_and_not_at_the_asking(
    store: HotlistStore, tmp_path: Path, matcher: HotlistMatcher, clock: Clock
) -> None:
    import_vrms(store, tmp_path, ["AB51CDE"])
    seen = clock.at + timedelta(hours=2)
    clock.move(hours=9)
    store.confirm_current("stolen", clock.at - timedelta(hours=8))
    matcher.refresh()
    (hit,) = matcher.match(sighting("AB51CDE", seen))
    assert hit.list_age_s == 3600.0
    assert matcher.look_up("AB51CDE")[0][2] == 8 * 3600.0
