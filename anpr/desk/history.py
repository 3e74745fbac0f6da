"""Alerts of the records as the crew's history shows them: those of earlier runs, and those the board has let go."""

from anpr.desk.pictures import recorded_id
from anpr.records.alerts import RecordedAlert
from anpr.screen.port import AlertView, DecidedView, HistoryPage, PlaceView, SightingView
from anpr.screen.views import alert_view, iso
from anpr.values import RecordedSighting


def past_view(recorded: RecordedAlert) -> AlertView:
    """Return a recorded alert as the crew sees it, with its recorded pictures."""
    plate, overview = recorded_pictures(recorded.sighting_id)
    made = recorded.decision
    decided = None
    if made is not None:
        decided = DecidedView(
            made.decision, made.note, made.typed_vrm, made.actor, made.at_utc, made.stop_recorded, made.stop
        )
    return alert_view(
        recorded.alert, sighting=recorded.sighting, plate_picture=plate, overview_picture=overview, decided=decided
    )


def past_sighting(recorded: RecordedSighting) -> SightingView:
    """Return a recorded sighting as the crew sees it, with its recorded pictures."""
    place = None
    if recorded.latitude_deg is not None and recorded.longitude_deg is not None:
        place = PlaceView(recorded.latitude_deg, recorded.longitude_deg, stale=False, heading_deg=recorded.heading_deg)
    return SightingView(
        recorded.sighting_id, recorded.vrm, recorded.confidence, recorded.camera_id, iso(recorded.last_utc),
        recorded.motion, *recorded_pictures(recorded.sighting_id), recorded.alternatives[1:4], place,
        recorded.typed_by, recorded.engine_read,
    )  # fmt: skip


def recorded_pictures(sighting_id: int | None) -> tuple[str, str]:
    """Return the ids of a recorded sighting's plate and overview picture."""
    if sighting_id is None:
        return "", ""
    return recorded_id(sighting_id, "plate"), recorded_id(sighting_id, "overview")


def history_page(finished: list[AlertView], recorded: list[RecordedAlert], count: int) -> HistoryPage:
    """Return one page of what the board still has and of what the records hold, newest first.

    Of each more than `count` are given where there are more. The board knows better where both have an alert.
    """
    known = {one.alert.alert_id: past_view(one) for one in recorded} | {view.alert_id: view for view in finished}
    older = [known[alert_id] for alert_id in sorted(known, reverse=True)]
    page = tuple(older[:count])
    return HistoryPage(page, page[-1].alert_id if len(older) > count and page else None)
