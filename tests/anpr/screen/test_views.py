from dataclasses import replace

import numpy as np
import pytest

from anpr.screen.views import alert_view, character_probabilities
from tests.anpr.screen.desk import MemoryDesk


def test_an_alert_says_what_was_read_and_what_each_list_says() -> None:
    desk = MemoryDesk()
    number = desk.hit("EY19KBV", read="EY19K8V", also=("No tax",), reason="Stolen", unsure={5: ("B", 0.4)})
    view = alert_view(desk.raw[number], captured_ns=5, muted=True)
    assert (view.read_vrm, view.list_vrm, view.captured_ns, view.muted) == ("EY19K8V", "EY19KBV", 5, True)
    assert [listed.entry.list_name for listed in view.listed] == ["PNC stolen", "No tax"]
    assert view.moment.cells[5].agreement == "differs"
    assert view.moment.cells[5].probability == pytest.approx(0.6, abs=0.01)
    assert view.listed[0].list_age_s == 3 * 3600
    assert view.moment.place is not None
    assert view.moment.place.heading_deg == 48.0


def test_a_hit_whose_date_could_not_be_checked_says_so() -> None:
    desk = MemoryDesk()
    alert = desk.raw[desk.hit("EY19KBV")]
    assert alert_view(alert).listed[0].date_checked
    doubtful = replace(alert, hits=(replace(alert.hits[0], date_checked=False),))
    assert not alert_view(doubtful).listed[0].date_checked


def test_a_fault_says_what_is_wrong_and_what_to_do() -> None:
    desk = MemoryDesk()
    number = desk.fault("disk_full", "", "The disk is full", "Copy records to the station")
    view = alert_view(desk.raw[number], captured_ns=0)
    assert (view.kind, view.fault_text, view.fault_remedy) == (
        "fault",
        "The disk is full",
        "Copy records to the station",
    )
    assert view.list_vrm == ""


def test_positions_without_a_character_are_passed_over() -> None:
    desk = MemoryDesk()
    sighting = desk.raw[desk.hit("AB1")].hits[0].sighting
    gap = np.zeros((1, 37), np.float32)
    gap[0, 36] = 1.0
    stretched = np.concatenate([sighting.probabilities[:1], gap, sighting.probabilities[1:]])
    object.__setattr__(sighting, "probabilities", stretched)
    assert len(character_probabilities(sighting)) == 3
    object.__setattr__(sighting, "probabilities", stretched[:2])
    assert character_probabilities(sighting) == (sighting.confidence,) * 3
