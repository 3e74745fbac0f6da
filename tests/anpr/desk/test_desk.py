"""The crew's desk on a real board: what a screen is shown of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from anpr.desk.needs import DeskSurroundings

from anpr.alerting.board import AlertBoard
from anpr.alerting.decisions import Choice, Decision
from anpr.desk.desk import EngineDesk
from anpr.desk.history import past_alerts
from anpr.engine.engine import MatchedSighting, Step
from anpr.errors import InputError
from anpr.records.alerts import undecided
from anpr.records.store import RecordStore
from anpr.screen.port import FURTHER_UNSEEN, QUEUE_WINDOW, AlertView, DrivingView, ListedView, ListView, NewEntry
from anpr.values import Alert, RecordedSighting
from tests.anpr.alerting.test_board import NOW, consider, hit, sighting


class Lists:
    """One list in the car, shown to the crew."""

    def views(self, muted: frozenset[str]) -> tuple[ListView, ...]:
        return (ListView("stolen", 80, "#c00", 3, 1, 60.0, None, True, False, False, "stolen" in muted),)

    def look_up(self, vrm: str) -> tuple[ListedView, ...]:
        return ()

    def add(self, entry: NewEntry) -> None: ...

    def set_enabled(self, list_name: str, enabled: bool) -> None: ...


class Records:
    """A real records file, written in the calling thread."""

    def __init__(self, path: Path) -> None:
        self.store = RecordStore(path, "test")

    def alerts(self, alerts: tuple[Alert, ...]) -> None:
        for alert in alerts:
            record = self.store.record_sighting(alert.hits[0].sighting) if alert.hits else None
            self.store.record_alert(alert, record)
            if record is not None:
                self.store.record_hits(record, alert.hits)

    def decision(self, alert_id: int, camera_id: str, choice: Choice, actor: str) -> None:
        self.store.record_decision(
            alert_id, camera_id=camera_id, decision=choice.decision.value, actor=actor, at_utc=NOW, note=choice.note
        )

    def stop(self, alert_id: int, camera_id: str, answers: Mapping[str, str], actor: str) -> None: ...

    def sightings_of(self, vrm: str) -> list[RecordedSighting]:
        return self.store.sightings_of(vrm)

    def past_alerts(
        self, before: int | None, count: int, *, run_from: int, waiting: frozenset[int], lists: Mapping[str, ListView]
    ) -> list[AlertView]:
        return past_alerts(self.store.connection, before, count, run_from=run_from, waiting=waiting, lists=lists)

    def picture(self, sighting_id: int, kind: str) -> bytes | None:
        return self.store.picture(sighting_id, kind)

    def decisions(self) -> list[tuple[str, str]]:
        return self.store.decisions()

    def painted(self, alert_id: int, paint_ms: float) -> None: ...


def desk_on(board: AlertBoard, records: Records) -> EngineDesk:
    around = DeskSurroundings(
        lambda: (), lambda: DrivingView(None, False), (), lambda _: None, lambda: 0.0, lambda: NOW
    )
    return EngineDesk(board, Lists(), records, around)


@pytest.fixture
def desk(tmp_path: Path) -> EngineDesk:
    return desk_on(AlertBoard(), Records(tmp_path / "records.db"))


def raised(desk: EngineDesk, track: int, vrm: str, p: float = 0.9) -> AlertView:
    consider(desk.board, sighting(track), hit(p, vrm), after_s=track)
    return desk._view(desk.board.queue()[-1])


def test_a_long_queue_of_seen_alerts_hides_no_new_one(desk: EngineDesk) -> None:
    for track in range(1, 101):
        raised(desk, track, f"AB{track}")
        desk.acknowledge(track, "tablet")
    assert desk.state().unseen == ()
    new = raised(desk, 101, "NEW1")
    state = desk.state()
    assert (len(state.alerts), state.waiting) == (QUEUE_WINDOW, 101)
    assert [a.alert_id for a in state.unseen] == [new.alert_id]
    for track in range(102, 200):
        raised(desk, track, f"AB{track}")
    beyond = [a.alert_id for a in desk.state().unseen]
    assert beyond == [*range(101, 101 + FURTHER_UNSEEN), *range(200 - FURTHER_UNSEEN, 200)]


def test_what_was_acknowledged_asks_again_when_evidence_changes_it(desk: EngineDesk) -> None:
    raised(desk, 1, "AB12CDF", 0.85)
    desk.acknowledge(1, "tablet")
    assert desk.state().alerts[0].acknowledged_by == "tablet"
    consider(desk.board, sighting(reads=2), hit(0.9, "AB12CDE"))
    assert (desk.state().alerts[0].acknowledged_by, desk.state().alerts[0].list_vrm) == ("", "AB12CDE")
    desk.acknowledge(1, "tablet")
    consider(desk.board, sighting(reads=3), hit(0.1, "AB12CDE"))
    assert (desk.state().alerts[0].acknowledged_by, desk.state().alerts[0].state) == ("", "withdrawn")
    desk.acknowledge(1, "tablet")  # and does not look like a live hit again
    assert (desk.state().alerts[0].acknowledged_by, desk.state().alerts[0].state) == ("tablet", "withdrawn")


def test_a_second_decision_is_refused(desk: EngineDesk) -> None:
    raised(desk, 1, "AB12CDE")
    desk.decide(1, Choice(Decision.NO_ACTION), "tablet")
    with pytest.raises(InputError, match="decided already"):
        desk.decide(1, Choice(Decision.WRONG_PLATE), "1234")
    assert desk.history(None, 10).alerts[0].decided.actor == "tablet"  # type: ignore[union-attr]


def test_the_history_outlives_a_restart_and_shows_what_nobody_decided(desk: EngineDesk, tmp_path: Path) -> None:
    for track, vrm in enumerate(("AA11AAA", "BB22BBB", "CC33CCC"), start=1):
        consider(desk.board, sighting(track), replace(hit(0.9, vrm), sighting=sighting(track)), after_s=track)
        desk.announce((desk.board.get(track),))
    desk.decide(2, Choice(Decision.NO_ACTION, note="known"), "tablet")
    assert [a.alert_id for a in desk.history(None, 10).alerts] == [2]  # the others wait
    again = desk_on(AlertBoard(first_id=4), Records(tmp_path / "records.db"))
    page = again.history(None, 2)
    assert [(a.alert_id, a.list_vrm, a.decided and a.decided.note) for a in page.alerts] == [
        (3, "CC33CCC", None),
        (2, "BB22BBB", "known"),
    ]
    assert [a.alert_id for a in again.history(page.next_before, 2).alerts] == [1]
    assert again.history(1, 2).alerts == ()


def test_a_list_that_is_covert_or_gone_stays_hidden_in_the_history(desk: EngineDesk, tmp_path: Path) -> None:
    consider(desk.board, sighting(), hit(0.9, list_name="covert operation"))
    desk.announce((desk.board.get(1),))
    again = desk_on(AlertBoard(first_id=2), Records(tmp_path / "records.db"))
    (alert,) = again.history(None, 5).alerts
    assert alert.listed == ()
    assert datetime.fromisoformat(alert.raised_utc) == NOW.astimezone(UTC) + timedelta(0)


class RecordsOfALaterRun(Records):
    """Changes of alerts are recorded as the patrol does: the sighting stays what it was."""

    def alerts(self, alerts: tuple[Alert, ...]) -> None:
        for alert in alerts:
            self.store.record_alert(alert, None)


def test_what_nobody_decided_is_in_the_queue_again_after_a_restart(desk: EngineDesk, tmp_path: Path) -> None:
    for track, vrm in enumerate(("AA11AAA", "BB22BBB", "CC33CCC"), start=1):
        consider(desk.board, sighting(track), replace(hit(0.9, vrm), sighting=sighting(track)), after_s=track)
        desk.announce((desk.board.get(track),))
    desk.acknowledge(1, "tablet")
    desk.decide(2, Choice(Decision.NO_ACTION), "tablet")
    before = {a.alert_id: a for a in desk.state().alerts}

    def restarted(*, covert: bool = False) -> EngineDesk:
        records = RecordsOfALaterRun(tmp_path / "records.db")
        again = desk_on(AlertBoard(first_id=records.store.next_alert_id()), records)
        again.take_up(undecided(records.store.connection, {} if covert else {"stolen": hit(0.9, "X").hotlist}))
        return again

    again = restarted()
    after = {a.alert_id: a for a in again.state().alerts}
    assert list(after) == [1, 3]
    assert (bool(after[1].acknowledged_by), after[3].acknowledged_by) == (True, "")
    for number, alert in after.items():
        old = before[number]
        assert (alert.list_vrm, alert.listed, alert.priority, alert.raised_utc) == (
            old.list_vrm, old.listed, old.priority, old.raised_utc,
        )  # fmt: skip
        assert alert.plate_picture == f"recorded-{number}-plate"
    assert [a.alert_id for a in again.history(None, 10).alerts] == [2]
    again.decide(1, Choice(Decision.WRONG_PLATE), "tablet")
    assert [a.alert_id for a in again.history(None, 10).alerts] == [2, 1]
    assert [a.alert_id for a in restarted().state().alerts] == [3]
    hidden = restarted(covert=True)
    assert hidden.state().alerts == ()
    assert [a.alert_id for a in hidden.history(None, 10).alerts] == [3, 2, 1]


def test_a_damaged_record_keeps_no_car_from_starting(desk: EngineDesk) -> None:
    raised(desk, 1, "AA11AAA")
    desk.announce(desk.board.queue())
    store = desk.records.store  # type: ignore[attr-defined]
    store.connection.execute("UPDATE hits SET entry = '{'")
    assert undecided(store.connection, {"stolen": hit(0.9, "X").hotlist}) == []


def test_what_turns_out_to_be_unread_leaves_the_strip(desk: EngineDesk) -> None:
    told: list[int] = []
    desk.subscribe(lambda: told.append(len(desk.state().sightings)))
    for seen in (sighting(1), sighting(2), replace(sighting(1, final=True), text="")):
        desk.take(Step(None, (MatchedSighting(seen, (), ()),), (), {}))
    assert told == [1, 2, 1]
    assert [s.sighting_id for s in desk.state().sightings] == [2]
