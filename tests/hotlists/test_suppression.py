from datetime import timedelta

from anpr.values import Hit, HotlistEntry, HotlistInfo
from hotlists.suppression import RepeatSuppressor
from tests.hotlists.made import NOON, sighting


def hit(track_id: int, minutes: float = 0.0, place=(51.0, 0.0), probability: float = 0.9, vrm: str = "AB51CDE") -> Hit:
    info = HotlistInfo("stolen", 1, NOON, NOON, threshold=0.8, repeat_s=600.0, repeat_m=2000.0)
    seen = sighting("AB51CDE", NOON + timedelta(minutes=minutes), place, track_id)
    return Hit(seen, HotlistEntry(vrm, "stolen"), info, probability, exact=True, reading=vrm, list_age_s=0.0)


def split(suppressor: RepeatSuppressor, one: Hit) -> str | tuple[int, int]:
    fresh, repeats = suppressor.split([one])
    return "fresh" if fresh else (repeats[0].first_track_id, repeats[0].count)


def test_repeats_are_counted_on_the_first_sighting() -> None:
    suppressor = RepeatSuppressor()
    assert split(suppressor, hit(1)) == "fresh"
    assert split(suppressor, hit(1, 0.1)) == "fresh"
    assert split(suppressor, hit(2, 3)) == (1, 1)
    assert split(suppressor, hit(2, 3.1)) == (1, 1)
    assert split(suppressor, hit(3, 9)) == (1, 2)
    assert split(suppressor, hit(4, 9, vrm="CD52EFG")) == "fresh"


def test_later_or_farther_is_a_new_alert() -> None:
    suppressor = RepeatSuppressor()
    split(suppressor, hit(1))
    assert split(suppressor, hit(2, 5, (51.02, 0.0))) == "fresh"
    assert split(suppressor, hit(3, 6, (51.02, 0.01))) == (2, 1)
    assert split(suppressor, hit(4, 16, (51.02, 0.0))) == "fresh"
    assert split(suppressor, hit(5, 17, None)) == (4, 1)


def test_a_hit_that_does_not_alert_suppresses_nothing() -> None:
    suppressor = RepeatSuppressor()
    assert split(suppressor, hit(1, probability=0.5)) == "fresh"
    assert split(suppressor, hit(2, 1)) == "fresh"
    assert split(suppressor, hit(3, 2)) == (2, 1)
    suppressor.forget_before(NOON + timedelta(hours=1))
    assert split(suppressor, hit(4, 3)) == "fresh"
