from hypothesis import given
from hypothesis import strategies as st

from anpr.screen.palette import contrast, day_colours, night_colours, parse_colour, relative_luminance

colours = st.tuples(*[st.integers(0, 255)] * 3).map(lambda rgb: "#{:02x}{:02x}{:02x}".format(*rgb))


@given(colours)
def test_signs_are_legible_by_day_and_by_night(colour: str) -> None:
    for pair, least in ((day_colours(colour), 7.0), (night_colours(colour), 4.5)):
        assert contrast(parse_colour(pair.surface), parse_colour(pair.sign)) >= least


@given(colours)
def test_the_night_is_neither_bright_nor_blue(colour: str) -> None:
    r, g, b = parse_colour(night_colours(colour).surface)
    assert relative_luminance((r, g, b)) <= 0.045
    assert b <= max(r, g) / 4 + 1


def test_legible_colours_stay_as_they_are() -> None:
    assert day_colours("#8c0d0d").surface == "#8c0d0d"
    assert day_colours("#ffcc00").sign == "#000000"


def test_what_is_no_colour_is_red_and_not_invisible() -> None:
    for text in ("", "red", "#12345", "url(http://x)", "#d22;background:url(x)"):
        assert parse_colour(text) == (221, 34, 34)
