from models.plates.countries import COUNTRIES, OTHER_COLOURS
from models.plates.glyphs import DESIGNS


def test_thirty_countries_at_least_with_known_faces_and_codes_of_their_own() -> None:
    assert len({c.code for c in COUNTRIES}) == len(COUNTRIES) >= 30
    for country in COUNTRIES:
        assert set(country.faces) <= set(DESIGNS), country.code
        assert country.share > 0
        assert all(("@" in layout) <= bool(country.heads) for layout in country.layouts), country.code


def test_in_car_recordings_are_romanian_so_romania_has_its_share() -> None:
    total = sum(c.share for c in COUNTRIES)
    assert next(c.share for c in COUNTRIES if c.code == "RO") / total > 0.08


def test_other_colours_leave_most_plates_as_they_are() -> None:
    assert sum(share for share, _, _ in OTHER_COLOURS) < 0.15
