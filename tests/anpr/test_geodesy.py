import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.geodesy import great_circle_m

latitudes, longitudes = st.floats(-90, 90), st.floats(-180, 180)


def test_known_distances() -> None:
    assert great_circle_m(51.5, -0.12, 51.5, -0.12) == 0
    assert great_circle_m(51.0, 0.0, 52.0, 0.0) == pytest.approx(111_195, rel=1e-4)
    assert great_circle_m(51.4775, -0.4614, 53.3537, -2.2750) == pytest.approx(
        242_900, rel=0.01
    )  # Heathrow, Manchester


@given(latitudes, longitudes, latitudes, longitudes)
def test_it_is_the_same_both_ways_and_never_more_than_half_round(a: float, b: float, c: float, d: float) -> None:
    there, back = great_circle_m(a, b, c, d), great_circle_m(c, d, a, b)
    assert there == pytest.approx(back, abs=1e-3)
    assert 0 <= there <= 20_015_200
