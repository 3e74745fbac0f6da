"""DVLA's service as it is described, against the stand-in: what it says, and each way in which it says nothing."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from anpr.address import Address, Secret
from anpr.config.enquiries import EnquiriesConfig
from anpr.enquiries.answer import EnquiryAnswer, Outcome
from anpr.enquiries.dvla import Dvla
from anpr.enquiries.stand_in import StandInServer
from tests.anpr.enquiries.conftest import config_of

NOW = datetime(2026, 11, 29, 2, 14, tzinfo=UTC)

PUBLISHED = {
    "registrationNumber": "AA19AAA", "artEndDate": "2025-03-30", "co2Emissions": 300, "engineCapacity": 2000, "euroStatus": "EURO1",
    "markedForExport": False, "fuelType": "PETROL", "motStatus": "No details held by DVLA", "revenueWeight": 0, "colour": "RED",
    "make": "FORD", "typeApproval": "M1", "yearOfManufacture": 2019, "taxDueDate": "2027-03-30", "taxStatus": "Taxed",
    "dateOfLastV5CIssued": "2019-05-20", "wheelplan": "2 AXLE RIGID BODY", "monthOfFirstDvlaRegistration": "2019-03",
    "monthOfFirstRegistration": "2019-03", "realDrivingEmissions": "1",
}  # fmt: skip
"""The shape of DVLA's published answer for its test mark."""


def ask(config: EnquiriesConfig, vrm: str, transport: httpx.BaseTransport | None = None) -> EnquiryAnswer:
    source = Dvla(config, lambda: NOW, transport)
    try:
        return source.ask(vrm).answer
    finally:
        source.close()


def answering(status: int, content: Any, **headers: str) -> tuple[httpx.MockTransport, list[httpx.Request]]:
    """A transport that answers so, and what it was asked."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return httpx.Response(status, content=body, headers=headers)

    return httpx.MockTransport(answer), asked


CONFIG = EnquiriesConfig(dvla_key=Secret("a-key"))


def test_the_published_answer_is_understood_and_the_question_is_as_described() -> None:
    transport, asked = answering(200, PUBLISHED)
    answer = ask(CONFIG, "AA19AAA", transport)
    assert (answer.outcome, answer.source, answer.tax, answer.tax_until) == (
        Outcome.FOUND,
        "DVLA",
        "Taxed",
        "2027-03-30",
    )
    assert (answer.make, answer.model, answer.colour, answer.year, answer.fuel) == ("FORD", "", "RED", 2019, "PETROL")
    assert (answer.mot, answer.mot_until, answer.exported) == ("No details held by DVLA", "", False)
    (request,) = asked
    assert request.method == "POST"
    assert str(request.url) == "https://driver-vehicle-licensing.api.gov.uk/vehicle-enquiry/v1/vehicles"
    assert request.headers["x-api-key"] == "a-key"
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.content) == {"registrationNumber": "AA19AAA"}


@pytest.mark.parametrize(
    ("vrm", "outcome"),
    [
        ("ER19BAD", Outcome.BAD_MARK), ("ER19NFD", Outcome.NOT_FOUND), ("ER19THR", Outcome.THROTTLED), ("ER19ERR", Outcome.DOWN),
        ("ER19MNT", Outcome.DOWN), ("AB12CDE", Outcome.FOUND),
    ],
)  # fmt: skip
def test_each_published_test_mark(config: EnquiriesConfig, vrm: str, outcome: Outcome) -> None:
    answer = ask(config, vrm)
    assert answer.outcome is outcome
    assert answer.told[0].source == "DVLA stand-in"


def test_a_wrong_key_is_a_wrong_key(server: StandInServer) -> None:
    assert ask(config_of(server, dvla_key=Secret("another")), "AB12CDE").outcome is Outcome.WRONG_KEY


def test_nobody_there_is_no_network(config: EnquiriesConfig) -> None:
    closed = config_dvla(config, Address("http://127.0.0.1:9/x"))
    assert ask(closed, "AB12CDE").outcome is Outcome.NO_NETWORK


def config_dvla(config: EnquiriesConfig, url: Address) -> EnquiriesConfig:
    return EnquiriesConfig(dvla_key=config.dvla_key, dvla_url=url, timeout_s=0.5)


def test_one_that_does_not_answer_is_slow(server: StandInServer) -> None:
    server.stand_in.delay_s = 0.4
    assert ask(config_of(server, timeout_s=0.1), "AB12CDE").outcome is Outcome.SLOW


@pytest.mark.parametrize(
    ("status", "content", "outcome"),
    [
        (200, b"", Outcome.UNREADABLE),
        (200, b"<html>log in to the network</html>", Outcome.UNREADABLE),
        (200, [], Outcome.UNREADABLE),
        (200, b"[" * 100_000, Outcome.UNREADABLE),
        (200, {**PUBLISHED, "registrationNumber": "AA19AAB"}, Outcome.UNREADABLE),
        (302, b"", Outcome.UNREADABLE),
        (404, b"<html>", Outcome.UNREADABLE),
        (404, {"message": "no such path"}, Outcome.UNREADABLE),
        (404, {"errors": [{"status": "404", "code": "404", "title": "Vehicle Not Found"}]}, Outcome.NOT_FOUND),
        (400, {"errors": [{"status": "400", "code": "ENQ103", "title": "Bad Request"}]}, Outcome.BAD_MARK),
        (400, b"", Outcome.UNREADABLE),
        (403, {"message": "Forbidden"}, Outcome.WRONG_KEY),
        (401, b"", Outcome.WRONG_KEY),
        (502, b"", Outcome.DOWN),
    ],
)  # fmt: skip
def test_what_is_no_answer(status: int, content: Any, outcome: Outcome) -> None:
    """Above all: that there is no such vehicle is believed of the service alone, never of a proxy or a hotel's network."""
    assert ask(CONFIG, "AA19AAA", answering(status, content)[0]).outcome is outcome


def test_fields_that_are_not_as_described_are_left_out() -> None:
    strange = {"registrationNumber": "aa19 aaa", "make": 7, "colour": None, "taxDueDate": "soon", "yearOfManufacture": "MMXIX",
               "markedForExport": "yes", "taxStatus": "Taxed\u202e", "fuelType": "\x1b[2J"}  # fmt: skip
    answer = ask(CONFIG, "AA19AAA", answering(200, strange)[0])
    assert answer.found
    assert (answer.make, answer.colour, answer.tax_until, answer.year, answer.exported, answer.fuel) == (
        "", "", "", None, False, ""
    )  # fmt: skip


@pytest.mark.parametrize(("text", "leave_s"), [("30", 30.0), ("99999999", 3600.0), ("soon", None), ("", None)])
def test_it_is_left_alone_for_as_long_as_it_asks(text: str, leave_s: float | None) -> None:
    source = Dvla(CONFIG, lambda: NOW, answering(429, {}, **({"Retry-After": text} if text else {}))[0])
    assert source.ask("AA19AAA").leave_s == leave_s


def test_neither_key_nor_mark_is_in_what_is_told_of_a_failure() -> None:
    answer = ask(CONFIG, "AB12CDE", answering(500, {"echo": "a-key AB12CDE"})[0])
    told = " ".join((repr(answer.told), answer.told[0].sentence))
    assert "a-key" not in told
    assert "AB12CDE" not in told


def test_a_key_that_no_header_can_hold_is_said_to_be_none_that_is_understood() -> None:
    answer = ask(EnquiriesConfig(dvla_key=Secret("clé-€")), "AB12CDE", answering(200, PUBLISHED)[0])
    assert answer.outcome is Outcome.WRONG_KEY
    assert "€" not in repr(answer)
