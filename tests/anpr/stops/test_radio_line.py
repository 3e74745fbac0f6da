"""What is said over the radio."""

from hypothesis import given, settings
from hypothesis import strategies as st

from anpr.stops.radio_line import bearing_words, place_words, radio_line, spoken
from anpr.vrm import ALPHABET


def test_the_whole_line() -> None:
    line = radio_line("AB51 CDE", "black Audi A4.", ["firearms", " violent "], (51.4893656, -0.1199256), 44.6)
    assert line == (
        "Alpha Bravo five one Charlie Delta Echo. Black Audi A4. Firearms, violent. At TQ 3062 7838, road bearing 045 north-east."
    )


def test_what_is_not_known_is_said() -> None:
    assert radio_line("K1") == "Kilo one. Place not known."
    assert radio_line("K1", place_deg=(54.597, -5.93)).endswith(
        "At 54.59700 north 5.93000 west, road bearing not known."
    )
    assert spoken("?A▯*") == "unknown Alpha unknown more unknown"
    assert place_words(-1.5, 3.25) == "1.50000 south 3.25000 east"


def test_every_character_of_a_mark_has_its_own_word() -> None:
    words = [spoken(character) for character in ALPHABET]
    assert len(set(words)) == len(ALPHABET)
    assert all(len(word) >= 3 for word in words)
    assert [word[0] for word in words[10:]] == list(ALPHABET[10:])


@given(st.floats(0, 720))
def test_a_bearing_is_three_figures_and_the_nearest_point(bearing: float) -> None:
    figures, point = bearing_words(bearing).split()
    points = ["north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"]
    away = (bearing - 45 * points.index(point) + 180) % 360 - 180
    assert abs(away) <= 22.5 + 1e-9
    assert 0 <= int(figures) < 360


@settings(max_examples=30)
@given(st.text(max_size=30), st.text(max_size=30), st.lists(st.text(max_size=10), max_size=3))
def test_it_is_one_line_whatever_a_list_holds(vrm: str, vehicle: str, markers: list[str]) -> None:
    assert len(radio_line(vrm, vehicle, markers).splitlines()) == 1
