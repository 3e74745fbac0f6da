"""Stops on the real desk: engine, board, records and audit."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from anpr.errors import ConfigError, InputError, StoreError
from anpr.screen.port import not_entered
from anpr.screen.stop_port import FinishedStop, StopBegin, StopView
from anpr.screen.stop_wire import origin_of_sighting, stop_json
from anpr.stops.card import NOT_GIVEN
from anpr.stops.card_set import shipped
from anpr.stops.field_texts import Outcome, Typed
from anpr.stops.vehicle import MARK, SEEN_MAKE
from anpr.trust.deed import Entry
from tests.anpr.real_desk import COVERT, RealDesk, import_marks
from tests.anpr.screen.test_stop_actions import NO_INSURANCE

ACTOR = "1234 A. Constable"


@pytest.fixture
def real(tmp_path: Path) -> Iterator[RealDesk]:
    opened = RealDesk(tmp_path)
    yield opened
    opened.close()


def says(answer: Any, sent: int = 1, writer: str = "tablet", seen: int = 0) -> Typed:
    return Typed(writer, ACTOR, tuple(answer) if isinstance(answer, list) else answer, sent, seen)


def begun(real: RealDesk, **begin: Any) -> int:
    entry = Entry(real.audit, ACTOR, "stop begun", {})
    return real.desk.stops.begin(StopBegin("no_insurance", "AB51CDE", **begin), ACTOR, entry)


def filled(real: RealDesk) -> int:
    number = begun(real)
    for sent, (key, answer) in enumerate(NO_INSURANCE.items(), 1):
        assert real.desk.stops.type(number, key, says(answer, sent)) is Outcome.KEPT
    return number


def finish(real: RealDesk, number: int) -> None:
    detail = {"stop": str(number)}

    def enter(sha256: str) -> Entry:
        detail["sha256"] = sha256
        return Entry(real.audit, ACTOR, "stop finished", detail)

    real.desk.stops.finish(number, {"markers": []}, ACTOR, enter)


def test_a_stop_is_here_and_now_and_its_beginning_is_in_the_audit(real: RealDesk) -> None:
    number = begun(real)
    stop = real.desk.stops.stop(number)
    assert isinstance(stop, StopView)
    assert (stop.place.latitude_deg, stop.place.longitude_deg, stop.place.bearing_deg) == (52.49, -1.91, 90.0)
    assert stop.line.vrm == "AB51CDE"
    assert [line.stop_id for line in real.desk.stops.open()] == [number]
    assert "stop begun" in [entry.action for entry in real.audit.entries()]


def test_what_is_kept_outlives_the_program(real: RealDesk) -> None:
    number = begun(real)
    real.desk.stops.type(number, SEEN_MAKE, says("Ford"))
    later = real.again()
    stop = later.desk.stops.stop(number)
    assert isinstance(stop, StopView)
    assert stop.progress.values[SEEN_MAKE] == "Ford"
    assert stop.held == {}
    later.close()


def test_a_finished_stop_is_signed_and_its_hash_is_in_the_audit(real: RealDesk) -> None:
    number = filled(real)
    assert real.desk.state().stops.keys() == {number}
    finish(real, number)
    done = real.desk.stops.stop(number)
    assert isinstance(done, FinishedStop)
    assert done.whole
    (entry,) = [entry for entry in real.audit.entries() if entry.action == "stop finished"]
    assert len(entry.detail["sha256"]) == 64
    assert real.desk.stops.past(None, 9) == ((done.line,), None)
    assert real.desk.state().stops == {}
    told = real.desk.stops.receipt(number, ACTOR)
    assert told.text == done.record["receipt"]


def test_a_record_that_was_changed_is_said_to_be_so(real: RealDesk) -> None:
    number = filled(real)
    finish(real, number)
    real.store.connection.execute(
        "UPDATE stops SET record = replace(record, 'reported', 'advice') WHERE id = ?", (number,)
    )
    done = real.desk.stops.stop(number)
    assert isinstance(done, FinishedStop)
    assert not done.whole


def test_nothing_that_a_person_told_is_in_the_audit_or_the_log(
    real: RealDesk, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    number = filled(real)
    finish(real, number)
    real.desk.stops.add(number, "His name is Kowalski.", ACTOR, Entry(real.audit, ACTOR, "stop added to", {}))
    entries = json.dumps([dict(entry.detail) for entry in real.audit.entries()])
    for word in ("MORGA", "Kowalski"):
        assert word not in entries
        assert word not in caplog.text
    others = [path for path in tmp_path.rglob("*") if path.is_file() and not path.name.startswith("records.db")]
    assert not any(b"MORGA" in path.read_bytes() for path in others)


def test_a_stop_that_is_not_complete_is_not_finished_and_says_why(real: RealDesk) -> None:
    number = begun(real)
    with pytest.raises(InputError, match=r"not complete: answer Motor Insurance Database, .* and 8 more"):
        finish(real, number)
    with pytest.raises(InputError, match="not complete"):
        real.desk.stops.receipt(number, ACTOR)


def test_a_deed_that_cannot_be_entered_is_not_done(real: RealDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    number = filled(real)

    def broken(*_: object) -> None:
        raise StoreError("the audit cannot be written")

    monkeypatch.setattr(Entry, "within", broken)
    with pytest.raises(StoreError):
        finish(real, number)
    assert isinstance(real.desk.stops.stop(number), StopView)


def test_unknown_stops_fields_and_cards_are_refused(real: RealDesk) -> None:
    stops = real.desk.stops
    for do in (
        lambda: stops.stop(9), lambda: stops.type(9, MARK, says("AB51CDE")), lambda: stops.take_over(9, MARK, "a", ACTOR, 0),
        lambda: stops.here(9), lambda: stops.discard(9, ACTOR, not_entered), lambda: stops.add(9, "x", ACTOR, not_entered),
    ):  # fmt: skip
        with pytest.raises(InputError, match="no such stop"):
            do()
    number = begun(real)
    with pytest.raises(InputError, match="no such question"):
        stops.type(number, "nothing", says("x"))
    with pytest.raises(InputError, match="no such stop card"):
        stops.change_card(number, "nothing")
    with pytest.raises(InputError, match="1 to 2,000 characters"):
        stops.add(number, " ", ACTOR, not_entered)


def test_the_card_of_a_stop_may_be_taken_away(real: RealDesk, tmp_path: Path) -> None:
    number = begun(real)
    real.desk.stops.folder = tmp_path / "nowhere"
    with pytest.raises(ConfigError):
        real.desk.stops.cards()
    cards = tuple(card for card in _shipped(real) if card.name != "no_insurance")
    real.desk.stops._cards = (real.desk.stops.folder, cards)
    stop = real.desk.stops.stop(number)
    assert isinstance(stop, StopView)
    assert stop.card.otherwise


def _shipped(real: RealDesk) -> Any:
    real.desk.stops.folder, nowhere = shipped(), real.desk.stops.folder
    cards = real.desk.stops.cards()
    real.desk.stops.folder = nowhere
    return cards


def test_a_stop_is_complete_though_its_receipt_may_not_be_given(real: RealDesk) -> None:
    number = begun(real)
    answers = {**NO_INSURANCE, "known_ethnicity": NOT_GIVEN, "grounds": ["He drove behind CD52 EFG."]}
    for sent, (key, answer) in enumerate(answers.items(), 1):
        real.desk.stops.type(number, key, says(answer, sent))
    with pytest.raises(InputError, match="another vehicle"):
        real.desk.stops.receipt(number, ACTOR)
    finish(real, number)
    with pytest.raises(InputError, match="no receipt"):
        real.desk.stops.receipt(number, ACTOR)


def test_who_types_holds_the_field_until_another_takes_it(real: RealDesk) -> None:
    number = begun(real)
    stops = real.desk.stops
    assert stops.type(number, SEEN_MAKE, says("Ford", seen=1)) is Outcome.KEPT
    assert stops.type(number, SEEN_MAKE, says("Opel", writer="phone", seen=2)) is Outcome.ASIDE
    stops.take_over(number, SEEN_MAKE, "phone", "5678 B", 3)
    stop = stops.stop(number)
    assert isinstance(stop, StopView)
    assert (stop.progress.values[SEEN_MAKE], stop.held[SEEN_MAKE]) == ("Opel", ("phone", "5678 B"))
    assert stop.turns[SEEN_MAKE][1].answer == "Ford"


def test_a_vehicle_of_a_covert_list_is_stopped_as_one_without_a_hit(tmp_path: Path) -> None:
    import_marks(tmp_path, COVERT, "AB51CDE", make="BMW", reason="Wanted")
    real = RealDesk(tmp_path)
    real.see("AB51CDE", reads=12, final=True)
    cameras = real.desk.state().cameras
    (seen,) = real.desk.state().sightings
    origin = origin_of_sighting(seen, cameras)
    number = real.desk.stops.begin(StopBegin("no_hit", seen.vrm, origin=origin), ACTOR, not_entered)
    stop = real.desk.stops.stop(number)
    assert isinstance(stop, StopView)
    shown = json.dumps(stop_json(stop, "tablet", stop.origin))
    assert real.desk.state().alerts == ()
    for word in ("Kestrel", "BMW", "Wanted"):
        assert word not in shown
    real.close()
