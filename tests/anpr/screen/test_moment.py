from dataclasses import FrozenInstanceError, replace
from datetime import timedelta

import pytest

from anpr.screen.moment import NO_MOMENT, Moment
from anpr.screen.views import alert_view, moment_of, sighting_view
from tests.builders.alert import alert, fault_alert
from tests.builders.hit import hit
from tests.builders.sighting import NOW, sighting


def test_a_moment_is_of_one_version_of_a_sighting_and_the_hit_that_it_gave() -> None:
    seen = sighting(
        "AB12CDF", 4, revision=2, at=NOW + timedelta(seconds=7), place=(52.0, -1.0), camera_id="rear", pictures=True
    )
    shown = moment_of(hit(0.83, of=seen))
    assert (shown.seen_utc, shown.pictured_utc) == ("2026-01-01T12:00:07.000+00:00",) * 2
    assert (shown.camera_id, shown.read_vrm, shown.probability) == ("rear", "AB12CDF", 0.83)
    assert shown.place is not None
    assert (shown.place.latitude_deg, shown.place.longitude_deg) == (52.0, -1.0)
    assert (shown.plate_picture, shown.overview_picture) == ("pictures4v2-plate", "pictures4v2-overview")
    assert [(cell.read, cell.listed, cell.agreement) for cell in shown.cells][-1] == ("F", "E", "differs")
    assert replace(shown, cells=(), probability=seen.confidence) == moment_of(seen)


def test_every_view_takes_the_moment_whole() -> None:
    led, other = (
        hit(0.83, of=sighting("AB12CDF", 4, pictures=True)),
        hit(0.99, list_name="other", of=sighting(track_id=9)),
    )
    assert alert_view(alert(led, other)).moment == moment_of(led)
    assert sighting_view(1, led.sighting).moment == moment_of(led.sighting)
    assert alert_view(fault_alert()).moment is NO_MOMENT


def test_nothing_of_a_moment_can_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Moment().read_vrm = "AB12CDE"  # type: ignore[misc]
