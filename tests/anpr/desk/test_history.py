from dataclasses import replace
from datetime import timedelta

from anpr.desk.history import history_page, past_view
from anpr.records.alerts import RecordedAlert
from anpr.values import AlertStep, StepKind
from tests.builders.alert import alert
from tests.builders.hit import hit, hotlist
from tests.builders.sighting import NOW, sighting


def past(alert_id: int) -> RecordedAlert:
    return RecordedAlert(replace(alert(), alert_id=alert_id), None)


def test_an_alert_of_the_past_shows_the_moment_that_it_showed() -> None:
    seen = sighting("AB12CDF", pictures=True)
    shown = past_view(RecordedAlert(alert(hit(0.9, of=seen)), seen)).moment
    assert (shown.read_vrm, shown.probability, shown.plate_picture) == ("AB12CDF", 0.9, "pictures1v0-plate")
    assert [cell.agreement for cell in shown.cells][-1] == "differs"
    without_hits = past_view(RecordedAlert(replace(alert(), hits=()), seen)).moment
    assert (without_hits.read_vrm, without_hits.cells, without_hits.overview_picture) == (
        "AB12CDF", (), "pictures1v0-overview",
    )  # fmt: skip


def test_a_list_is_as_old_as_it_was_when_the_alert_ended() -> None:
    of = replace(hit(0.9), hotlist=replace(hotlist(), current_utc=NOW - timedelta(hours=2)))
    over = replace(alert(of), steps=(AlertStep(StepKind.DECIDED, NOW + timedelta(hours=1), decision="no_action"),))
    assert past_view(RecordedAlert(over, of.sighting)).listed[0].list_age_s == 3 * 3600.0


def test_a_page_is_newest_first_and_the_board_knows_better() -> None:
    finished = [replace(past_view(past(number)), acknowledged_by="board") for number in (9, 5)]
    page = history_page(finished, [past(number) for number in (6, 5, 4, 3)], 4, 2)
    assert [(one.alert_id, one.acknowledged_by) for one in page.alerts] == [
        (9, "board"),
        (6, ""),
        (5, "board"),
        (4, ""),
    ]
    assert (page.next_before, page.not_decided) == (4, 2)
    assert history_page(finished, [past(4)], 3).next_before is None
    assert history_page([], [], 3).alerts == ()
