"""Hotlists and records as parts of the one report."""

from itertools import islice

from anpr.values import Sighting
from benchmarks.load.records import made_sightings, records_section


def test_records_are_kept_and_found() -> None:
    section = records_section(quick=True)
    assert set(section["stage_ms"]) == {"keep one with pictures", "find by mark"}
    assert section["stage_ms"]["keep one with pictures"]["p50"] > 0


def test_made_sightings_differ_and_have_pictures_and_a_place() -> None:
    some: list[Sighting] = list(islice(made_sightings(), 3000))
    assert len({one.text for one in some}) == 3000
    assert {len(one.text) for one in some} == {7}
    assert [one.track_id for one in some[:3]] == [0, 1, 2]
    assert (some[1].first_utc - some[0].first_utc).total_seconds() == 1.0
    for one in some[:2]:
        assert one.position is not None
        assert one.plate_image is not None
        assert one.overview_image is not None
        assert one.plate_image.shape == (53, 240, 3)
