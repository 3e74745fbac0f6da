"""Room between characters: lawful plates of any grouping tell nothing, a place where a character is lacking does, whatever covers it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.perception.character_places import Place
from anpr.perception.layouts import may_lack_one
from anpr.perception.spacing import APART_MM, NARROW_MM, WIDE_MM, gaps_mm, lacking

GROUP_MM = 33.0


def laid_out(groups: list[str], *, group_mm: float = GROUP_MM, size: float = 1 / 520, row: int = 0) -> list[Place]:
    """Return the places of a British plate's characters, by the regulations' widths."""
    places, x = [], 60.0
    for group in groups:
        for character in group:
            wide = NARROW_MM if character in "1I" else WIDE_MM
            places.append(Place((x + wide / 2) * size, row))
            x += wide + APART_MM
        x += group_mm - APART_MM
    return places


MARKS = [
    ["AB12", "CDE"],
    ["K64", "AGY"],
    ["P7", "RKX"],
    ["ABC", "123D"],
    ["1234", "AB"],
    ["AB11", "III"],
    ["RK6", "AGY"],
]


@pytest.mark.parametrize("groups", MARKS)
def test_lawful_spacing_tells_nothing(groups: list[str]) -> None:
    assert lacking("".join(groups), laid_out(groups))[1:-1].max() < 0.01


@given(st.sampled_from([g for g in MARKS if len("".join(g)) > 5]), st.data(), st.floats(0.0012, 0.0019))
def test_any_wide_character_that_is_taken_out_of_the_middle_leaves_room_that_tells(
    groups: list[str], data: st.DataObject, size: float
) -> None:
    text, places = "".join(groups), laid_out(groups, size=size)
    wide = [i for i in range(1, len(text) - 1) if text[i] not in "1I"]
    which = data.draw(st.sampled_from(wide or [0]))
    if not which or not may_lack_one(text[:which] + text[which + 1 :]):
        return
    told = lacking(text[:which] + text[which + 1 :], places[:which] + places[which + 1 :])
    assert told[1:-1].argmax() == which - 1
    assert told[which] > 0.01
    assert np.delete(told, which)[1:-1].max() < 0.01


def test_a_gap_s_width_is_that_on_the_road() -> None:
    assert gaps_mm("AB12CDE", laid_out(["AB12", "CDE"])) == pytest.approx([11, 11, 11, 33, 11, 11])


@pytest.mark.parametrize("groups", [["AB", "1234"], ["HH", "AB123"], ["07", "D", "72"], ["A", "000", "AA"]])
def test_marks_that_are_no_british_one_without_a_character_are_spaced_as_their_country_likes(groups: list[str]) -> None:
    assert not lacking("".join(groups), laid_out(groups, group_mm=90.0)).any()
    assert lacking("AB12CD", laid_out(["AB12", "CD"], group_mm=90.0))[4] > 0.5


def test_two_lines_are_spaced_each_for_itself() -> None:
    places = [*laid_out(["AB12"]), *laid_out(["CDE"], row=1)]
    assert lacking("AB12CDE", places).max() < 0.01
    assert lacking("KX12CE", [p for i, p in enumerate(places) if i != 5])[1:-1].argmax() == 4


def test_of_few_characters_and_unknown_places_nothing_is_told() -> None:
    assert not lacking("AB1", laid_out(["AB1"])).any()
    assert not lacking("", []).any()
    places: list[Place | None] = [*laid_out(["AB12", "CDE"])]
    places[3] = None
    assert lacking("AB12CDE", places)[1:-1].max() < 0.01
    assert not lacking("AB12CDE", [None] * 7).any()


@given(
    st.text("AB1I70", min_size=0, max_size=9),
    st.lists(st.one_of(st.none(), st.builds(Place, st.floats(0, 1), st.integers(0, 1))), min_size=9, max_size=9),
)
def test_any_places_give_probabilities(text: str, places: list[Place | None]) -> None:
    told = lacking(text, places[: len(text)])
    assert told.shape == (len(text) + 1,)
    assert ((told >= 0) & (told <= 1)).all()


def moved(places: list[Place], by: float) -> list[Place]:
    return [Place(place.x + by, place.row) for place in places]


def test_margins_as_on_the_road_tell_nothing_a_band_at_the_left_neither() -> None:
    places = laid_out(["AB12", "CDE"])
    middle = (places[0].x + places[-1].x) / 2
    for by in (0.0, 45 / 520 / 2, -0.01):
        assert lacking("PB12CDE", moved(places, 0.5 - middle + by)).max() < 0.01


@pytest.mark.parametrize("last", [True, False])
def test_a_margin_with_room_for_another_character_tells(last: bool) -> None:
    places = laid_out(["PK12", "CDE"])
    centred = moved(places, 0.5 - (places[0].x + places[-1].x) / 2)
    text, seen = ("PK12CD", centred[:-1]) if last else ("K12CDE", moved(centred[1:], 45 / 520))
    told = lacking(text, seen)
    assert told[-1 if last else 0] > 0.01
    assert told[1:-1].max() < 0.01


def test_margins_of_continental_plates_and_of_two_lines_tell_nothing() -> None:
    assert not lacking("AB1234", moved(laid_out(["AB", "1234"]), 0.4))[[0, -1]].any()
    places = [*moved(laid_out(["AB12"]), 0.3), *laid_out(["CDE"], row=1)]
    assert not lacking("PB12CDE", places)[[0, -1]].any()
