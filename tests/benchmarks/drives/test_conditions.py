"""Light and weather: gains, haze and what lies between two lights."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.drives.conditions import DAY, LIGHTS, conditions

NIGHT = LIGHTS["night"]


@given(st.floats(3.0, 200.0), st.floats(3.0, 200.0), st.floats(0, 1))
def test_own_lamps_light_what_is_near_more(one: float, other: float, facing: float) -> None:
    near, far = sorted((one, other))
    for light in LIGHTS.values():
        assert np.all(np.array(light.plate_gain(near, facing)) >= np.array(light.plate_gain(far, facing)))
        assert np.all(np.array(light.body_gain(near, facing)) >= np.array(light.body_gain(far, facing)))
        assert 0.0 <= light.haze(near)[0] <= light.haze(far)[0] < 1.0


def test_a_plate_sends_the_lamps_back_by_the_stated_law() -> None:
    ambient = NIGHT.ambient  # night has no sun
    at = {metres: np.array(NIGHT.plate_gain(metres, 0.4)) / NIGHT.tint for metres in (12.0, 24.0, 48.0)}
    assert at[12.0] == pytest.approx(ambient + NIGHT.retroreflection)
    assert at[24.0] - ambient == pytest.approx((at[12.0] - ambient) / 2**1.5)
    assert at[48.0] - ambient == pytest.approx((at[24.0] - ambient) / 2**1.5)
    assert max(NIGHT.plate_gain(3.0, 0.4)) <= 2.2 * max(NIGHT.tint)  # exposure control


def test_surfaces_that_face_the_sun_are_brighter_and_by_night_nothing_is() -> None:
    assert DAY.body_gain(20, 1.0)[0] > DAY.body_gain(20, 0.4)[0] > DAY.body_gain(20, 0.0)[0]
    assert DAY.body_gain(20, 0.4) == pytest.approx((0.95, 0.95, 0.95))
    assert NIGHT.body_gain(20, 1.0) == NIGHT.body_gain(20, 0.0)
    assert NIGHT.body_gain(20, 0.4, facing_us=0.0)[1] == pytest.approx(NIGHT.ambient * NIGHT.tint[1])


def test_haze_hides_two_thirds_at_the_visibility() -> None:
    share, colour = DAY.haze(DAY.visibility_m)
    assert share == pytest.approx(1 - 1 / np.e)
    assert colour == DAY.sky_bottom
    assert DAY.haze(0.0)[0] == 0.0


def test_rain_is_darker_duller_wet_and_hides_the_distance() -> None:
    for name, dry in LIGHTS.items():
        rain = conditions(name, "rain")
        assert conditions(name) is dry
        assert rain.ambient == pytest.approx(0.8 * dry.ambient)
        assert rain.visibility_m == 180.0 < dry.visibility_m
        assert (rain.light, rain.weather, rain.rain, rain.wet) == (name, "rain", 1.0, 1.0)
        assert len(set(rain.sky_bottom)) == 1  # no colour in the sky
        assert rain.lamps >= 0.35
        assert rain.exposure_s == dry.exposure_s


@given(st.floats(0, 1))
def test_between_two_lights_everything_lies_between(share: float) -> None:
    dusk, mixed = LIGHTS["dusk"], LIGHTS["day"].toward(LIGHTS["dusk"], share)
    assert mixed.light == ("day" if share < 0.5 else "dusk")
    assert mixed.ambient == pytest.approx(DAY.ambient + (dusk.ambient - DAY.ambient) * share)
    assert mixed.sky_top == pytest.approx(
        tuple(a + (b - a) * share for a, b in zip(DAY.sky_top, dusk.sky_top, strict=True))
    )


def test_the_ends_between_two_lights_are_these_lights() -> None:
    assert DAY.toward(NIGHT, 0.0) == DAY
    assert DAY.toward(NIGHT, 1.0).ambient == pytest.approx(NIGHT.ambient)
