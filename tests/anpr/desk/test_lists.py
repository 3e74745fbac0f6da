"""The lists as the crew looks them up: by marks and by patterns, without what it may not know of."""

from dataclasses import replace

import pytest

from anpr.desk.lists import CREW_LIST
from anpr.errors import InputError, UserError
from anpr.screen.hand_port import NewEntry
from hotlists.store.settings import ListSettings
from tests.anpr.real_desk import RealDesk, import_marks


def listed(car: RealDesk, pattern: str) -> list[tuple[str, str]]:
    return [(one.entry.list_name, one.entry.vrm) for one in car.desk.look_up(pattern, "tablet").listed]


def test_patterns_find_entries_and_sightings_of_all_that_fit(car: RealDesk) -> None:
    import_marks(car.folder, ListSettings("Patterns", priority=10), "CC33*", "?D44DDD", "XX*")
    car.matcher.refresh()
    for track, vrm in enumerate(("CC33CCC", "CC33CCD", "CO33CCC"), start=1):
        car.see(vrm, track, final=True)
    assert listed(car, "CC33CC?") == [("Stolen", "CC33CCC"), ("Patterns", "CC33*")]
    assert listed(car, "?D44DD*") == [("Stolen", "DD44DDD"), ("Patterns", "?D44DDD")]
    found = car.desk.look_up("C?33CC*", "tablet")
    assert sorted(one.vrm for one in found.sightings) == ["CC33CCC", "CC33CCD", "CO33CCC"]
    assert [one.vrm for one in car.desk.look_up("C0*", "tablet").sightings] == ["CO33CCC"]  # O and 0 look the same
    assert (found.listed_count, found.sightings_count) == (2, 3)


def test_a_pattern_finds_no_covert_entry_and_counts_none(car: RealDesk) -> None:
    found = car.desk.look_up("??11AAA", "tablet")
    assert (found.listed, found.listed_count) == ((), 0)
    assert listed(car, "BB22*") == [("Stolen", "BB22BBB")]


def test_what_is_found_is_bounded_and_counted(car: RealDesk) -> None:
    import_marks(car.folder, ListSettings("Many", priority=99), *(f"QQ{n:02d}QQQ" for n in range(90)))
    car.matcher.refresh()
    found = car.desk.look_up("QQ*", "tablet")
    assert (len(found.listed), found.listed_count) == (60, 90)
    assert [one.entry.vrm for one in found.listed[:2]] == ["QQ00QQQ", "QQ01QQQ"]


@pytest.mark.parametrize("pattern", ["*", "A*", "?????", "*A*"])
def test_what_leaves_too_much_open_is_refused_in_a_sentence(car: RealDesk, pattern: str) -> None:
    with pytest.raises(InputError, match="would find too much: type at least 2 letters or digits"):
        car.desk.look_up(pattern, "tablet")
    with pytest.raises(InputError, match="cannot be looked up: the VRM has more than 4 stars"):
        car.desk.look_up("A*B*C*D*E*F", "tablet")


@pytest.mark.parametrize(("name", "why"), [("Stolen", "comes from a file"), ("Brand new", "no hotlist named")])
def test_crews_add_to_their_own_list_alone(car: RealDesk, name: str, why: str) -> None:
    before = car.matcher.status()
    entry = NewEntry("GG77GGG", name, "seen at the scene", "2099-01-01T00:00:00+00:00")
    with pytest.raises(UserError, match=why):
        car.desk.add_entry(entry, "1111")
    car.matcher.refresh()
    assert [(one.name, one.revision, one.origin) for one in car.matcher.status()] == [
        (one.name, one.revision, one.origin) for one in before
    ]
    car.desk.add_entry(replace(entry, list_name=CREW_LIST), "1111")
    (found,) = car.desk.look_up("GG77GGG", "1111").listed
    assert (found.hotlist.name, found.hotlist.own) == (CREW_LIST, True)
