"""Alerts of the records as the crew's history shows them: those of earlier runs, and those the board has let go."""

from collections.abc import Iterable

from anpr.records.alerts import RecordedAlert
from anpr.screen.port import AlertView, DecidedView, HistoryPage
from anpr.screen.views import alert_view


def past_view(recorded: RecordedAlert) -> AlertView:
    """Return a recorded alert as the crew sees it; its lists are as old as they were when it ended."""
    made = recorded.decision
    decided = None
    if made is not None:
        decided = DecidedView(
            made.decision, made.note, made.typed_vrm, made.actor, made.at_utc, made.stop_recorded, made.stop
        )
    steps = recorded.alert.steps
    at_utc = steps[-1].at_utc if steps else None
    return alert_view(recorded.alert, sighting=recorded.sighting, at_utc=at_utc, decided=decided)


def history_page(
    finished: Iterable[AlertView], recorded: Iterable[RecordedAlert], count: int, not_decided: int = 0
) -> HistoryPage:
    """Return one page of what the board still has and of what the records hold, newest first.

    Of each more than `count` are given where there are more. The board knows better where both have an alert.
    """
    known = {one.alert.alert_id: past_view(one) for one in recorded} | {view.alert_id: view for view in finished}
    older = [known[alert_id] for alert_id in sorted(known, reverse=True)]
    page = tuple(older[:count])
    return HistoryPage(page, page[-1].alert_id if len(older) > count and page else None, not_decided)
