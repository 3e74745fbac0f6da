from dataclasses import replace
from datetime import timedelta

from anpr.alerting.encounter import Encounter, Support, fallen, led_by, passing
from tests.anpr.alerting.test_board import NOW, hit, sighting


def support(track: int, probability: float, after_s: float, *, final: bool) -> Support:
    seen = sighting(track, final=final, at=NOW + timedelta(seconds=after_s))
    one = replace(hit(probability), sighting=seen)
    return Support((one,), passes=probability >= one.hotlist.threshold, is_final=final)


def test_of_finished_tracks_the_latest_that_holds_the_alert_up_is_kept() -> None:
    encounter = Encounter(0, NOW)
    encounter.hear(1, support(1, 0.9, 0, final=True))
    encounter.hear(2, support(2, 0.95, 5, final=True))
    encounter.hear(3, support(3, 0.3, 9, final=True))
    assert set(encounter.supports) == {2}
    encounter.hear(4, support(4, 0.85, 10, final=False))
    assert set(encounter.supports) == {2, 4}
    assert encounter.holds_without(4)
    encounter.forget(4)
    assert encounter.shown is encounter.supports[2]
    assert encounter.last_utc == NOW + timedelta(seconds=5)


def test_what_passes_leads_and_what_fell_keeps_its_moment() -> None:
    hits = [hit(0.79), hit(0.8), hit(0.9, "AB12CDF")]
    assert passing(hits) == (hits[1], hits[2])
    assert led_by(hits, "AB12CDF") == (hits[2], hits[0], hits[1])
    later = sighting(1, reads=2, at=NOW + timedelta(seconds=1))
    low = fallen(hits[1], later, [hits[2]])
    assert (low.probability, low.exact, low.sighting) == (0.0, False, later)
    assert fallen(hits[1], later, hits) is hits[1]
