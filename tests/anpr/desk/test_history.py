from dataclasses import replace

from anpr.desk.history import history_page, past_view, recorded_pictures
from anpr.records.alerts import RecordedAlert
from tests.builders.alert import alert


def past(alert_id: int, note: str = "") -> RecordedAlert:
    return RecordedAlert(replace(alert(), alert_id=alert_id), None, None)


def test_pictures_of_a_recorded_sighting_are_its_own_and_a_purged_one_has_none() -> None:
    assert recorded_pictures(7) == ("recorded-7-plate", "recorded-7-overview")
    assert recorded_pictures(None) == ("", "")


def test_a_page_is_newest_first_and_the_board_knows_better() -> None:
    finished = [replace(past_view(past(number)), acknowledged_by="board") for number in (9, 5)]
    page = history_page(finished, [past(number) for number in (6, 5, 4, 3)], 4)
    assert [(one.alert_id, one.acknowledged_by) for one in page.alerts] == [
        (9, "board"),
        (6, ""),
        (5, "board"),
        (4, ""),
    ]
    assert page.next_before == 4
    assert history_page(finished, [past(4)], 3).next_before is None
    assert history_page([], [], 3).alerts == ()
