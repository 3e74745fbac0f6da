import itertools

import pytest

from anpr.screen.palette import day_colours, parse_colour
from hotlists.store.colours import COLOURS, OTHER, default_colour


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("PNC stolen", "stolen"), ("STOLEN_VEHICLES", "stolen"), ("Wanted on warrant", "wanted"),
        ("Missing persons", "missing"), ("Firearms", "firearms"), ("Drugs VOI", "drugs"), ("Cloned plates", "clones"),
        ("MID no insurance", "no insurance"), ("Uninsured", "no insurance"), ("Untaxed", "no tax"), ("No tax", "no tax"),
        ("SORN", "no tax"), ("No keeper", "no keeper"), ("No MOT", "no test"), ("Op Kestrel", "intelligence"),
        ("Motorway open incidents", ""), ("Local VOI", ""),
    ],
)  # fmt: skip
def test_a_list_has_the_colour_of_what_its_name_says(name: str, kind: str) -> None:
    assert default_colour(name) == (COLOURS[kind][1] if kind else OTHER)


def test_no_two_kinds_of_lists_look_alike_by_day() -> None:
    colours = [parse_colour(day_colours(colour).surface) for _, colour in COLOURS.values()]
    colours.append(parse_colour(day_colours(OTHER).surface))
    for one, other in itertools.combinations(colours, 2):
        assert sum(abs(a - b) for a, b in zip(one, other, strict=True)) > 60, (one, other)
