from datetime import UTC, datetime, timedelta

import pytest

from anpr.screen.sun import is_night, sun_elevation_deg


@pytest.mark.parametrize(
    ("latitude", "longitude", "moment", "elevation"),
    [
        # culminations: 90° - latitude ± 23.44° at the solstices, 90° - latitude at the equinox
        (51.5, 0.0, datetime(2026, 6, 21, 12, 2, tzinfo=UTC), 61.9),
        (51.5, 0.0, datetime(2026, 12, 21, 11, 58, tzinfo=UTC), 15.1),
        (0.0, 0.0, datetime(2026, 3, 20, 12, 7, tzinfo=UTC), 89.9),
        # midnight sun: lower culmination at 70° north is 23.44° - 20°
        (70.0, 0.0, datetime(2026, 6, 21, 0, 2, tzinfo=UTC), 3.4),
    ],
)
def test_known_elevations(latitude: float, longitude: float, moment: datetime, elevation: float) -> None:
    assert sun_elevation_deg(latitude, longitude, moment) == pytest.approx(elevation, abs=0.3)


def test_sunset_in_london_at_the_equinox_is_about_six() -> None:
    noon = datetime(2026, 9, 23, 12, tzinfo=UTC)
    setting = next(m for m in range(720) if sun_elevation_deg(51.5, 0.0, noon + timedelta(minutes=m)) < -0.83)
    assert setting == pytest.approx(355, abs=8)


def test_night_without_a_place_is_that_of_great_britain() -> None:
    assert is_night(None, None, datetime(2026, 11, 22, 2, tzinfo=UTC))
    assert not is_night(None, None, datetime(2026, 11, 22, 12, tzinfo=UTC))
    assert not is_night(-33.9, 151.2, datetime(2026, 11, 22, 2, tzinfo=UTC))  # Sydney at noon
