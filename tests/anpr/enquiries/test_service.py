"""All sources together: each is asked, fresh answers are not asked for again, late ones are told when they come."""

import threading
from functools import partial
from pathlib import Path

import pytest

from anpr.clock import SystemClock
from anpr.config.enquiries import EnquiriesConfig
from anpr.enquiries.answer import Outcome
from anpr.enquiries.quota import Quota
from anpr.enquiries.service import Enquiries, open_enquiries
from anpr.enquiries.stand_in import StandInServer
from anpr.errors import StoreError
from anpr.trust.audit import AuditLog
from tests.anpr.enquiries.conftest import config_of, gateway_of
from tests.anpr.enquiries.made import HandClock, MadeSource


class Made:
    def __init__(self) -> None:
        self.clock = HandClock()
        self.dvla, self.dvsa = MadeSource(self.clock), MadeSource(self.clock, "DVSA")
        self.enquiries = Enquiries(
            [(self.dvla, Quota(10, 1000)), (self.dvsa, Quota(10, 1000))], self.clock.utc, fresh_s=900.0, clock_s=self.clock
        )  # fmt: skip
        self.changes = 0
        self.enquiries.changed = self.count

    def count(self) -> None:
        self.changes += 1

    def step(self, seconds: float = 1.0) -> None:
        for lane in self.enquiries.lanes:
            lane.step()
        self.clock.now_s += seconds

    def outcomes(self, vrm: str) -> list[Outcome]:
        answer = self.enquiries.answer(vrm)
        return [] if answer is None else [told.outcome for told in answer.told]


def test_each_source_is_asked_once_and_told_together() -> None:
    made = Made()
    made.enquiries.ask("AB12CDE", 50)
    assert made.outcomes("AB12CDE") == [Outcome.WAITING, Outcome.WAITING]
    made.step()
    assert made.outcomes("AB12CDE") == [Outcome.FOUND, Outcome.FOUND]
    assert made.changes == 2
    assert not made.enquiries.is_waiting("AB12CDE")
    made.enquiries.ask("AB12CDE", 50)
    made.step(899.0)
    assert len(made.dvla.tries) == 1
    made.clock.now_s += 2.0
    made.enquiries.ask("AB12CDE", 50)
    made.step()
    assert len(made.dvla.tries) == len(made.dvsa.tries) == 2


def test_one_that_is_down_does_not_hold_up_the_other_and_is_told_of_every_mark_that_waits() -> None:
    made = Made()
    made.dvla.says = lambda vrm: Outcome.WRONG_KEY
    for vrm in ("AB12CDE", "CD12EFG"):
        made.enquiries.ask(vrm, 50)
    made.step()
    made.step()
    assert made.outcomes("AB12CDE") == [Outcome.WRONG_KEY, Outcome.FOUND]
    assert made.outcomes("CD12EFG") == [Outcome.WRONG_KEY, Outcome.FOUND]
    answer = made.enquiries.answer("CD12EFG")
    assert answer is not None
    assert answer.told[0].again
    assert len(made.dvla.tries) == 1


def test_an_answer_that_comes_late_keeps_when_it_was_asked() -> None:
    made = Made()
    made.dvla.says = lambda vrm: Outcome.NO_NETWORK if made.clock.now_s < 1100 else Outcome.FOUND
    asked = made.clock.utc()
    made.enquiries.ask("AB12CDE", 50)
    for _ in range(200):
        made.step()
    answer = made.enquiries.answer("AB12CDE")
    assert answer is not None
    assert answer.asked_utc == asked
    assert (answer.answered_utc - asked).total_seconds() >= 100


def test_nobody_is_asked_when_the_audit_cannot_be_written_and_it_is_written_once() -> None:
    made = Made()
    entered: list[str] = []
    made.enquiries.ask("AB12CDE", 50, lambda: entered.append("AB12CDE"))

    def refuse() -> None:
        raise StoreError("full")

    made.enquiries.ask("CD12EFG", 40, refuse)
    for _ in range(3):
        made.step()
    assert entered == ["AB12CDE"]
    assert made.outcomes("CD12EFG") == [Outcome.NOT_ENTERED, Outcome.NOT_ENTERED]
    assert {vrm for _, vrm in made.dvla.tries} == {"AB12CDE"}


def test_a_mark_that_was_never_asked_about_has_no_answer() -> None:
    assert Made().enquiries.answer("AB12CDE") is None
    assert open_enquiries(EnquiriesConfig(), SystemClock().utc).lanes == ()


def test_the_configured_sources_are_asked_for_real(server: StandInServer, tmp_path: Path) -> None:
    config = config_of(server, gateway_url=gateway_of(server), gateway_key=config_of(server).dvla_key)
    enquiries = open_enquiries(config, SystemClock().utc)
    assert [lane.source.name for lane in enquiries.lanes] == ["DVLA", "DVSA", "Force"]
    audit = AuditLog(tmp_path / "records.db")
    news = threading.Event()
    enquiries.changed = lambda: news.set() if not enquiries.is_waiting("AB12CDE") else None
    enquiries.ask("AB12CDE", 80, partial(audit.record, "engine", "enquiry", {"vrm": "AB12CDE"}))
    threads = [threading.Thread(target=lane.step) for lane in enquiries.lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert news.is_set()
    answer = enquiries.answer("AB12CDE")
    assert answer is not None
    assert answer.source == "DVLA stand-in + DVSA stand-in + Force stand-in"
    assert answer.tax
    assert answer.mileage == 84_210
    assert [entry.action for entry in audit.entries()] == ["enquiry"]
    audit.close()
    enquiries.close()


def test_what_nobody_asks_about_any_more_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anpr.enquiries.service.MOST_KNOWN", 20)
    made = Made()
    for number in range(25):
        made.enquiries.ask(f"A{number}", 50)
    assert made.enquiries.answer("A4") is None
    assert made.enquiries.answer("A5") is not None
