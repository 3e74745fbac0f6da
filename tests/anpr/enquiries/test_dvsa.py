"""DVSA's MOT history as it is described, against the stand-in: its token, its tests, its codes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from anpr.address import Address, Secret
from anpr.config.enquiries import EnquiriesConfig
from anpr.enquiries.answer import EnquiryAnswer, Outcome
from anpr.enquiries.dvsa import Dvsa, answer_of
from anpr.enquiries.source import Reply
from anpr.enquiries.stand_in import StandInServer
from tests.anpr.enquiries.conftest import config_of

NOW = datetime(2026, 11, 29, 2, 14, tzinfo=UTC)


def test_one_token_serves_until_it_ends(server: StandInServer, config: EnquiriesConfig) -> None:
    now_s = [0.0]
    source = Dvsa(config, lambda: NOW, clock_s=lambda: now_s[0])
    for vrm in ("AB12CDE", "AB12CDF"):
        assert source.ask(vrm).answer.found
    assert server.stand_in.tokens == 1
    now_s[0] = 1199 - 20.0
    assert source.ask("AB12CDE").answer.found
    assert server.stand_in.tokens == 2
    source.close()


def test_a_token_that_ended_too_early_is_renewed_at_once_and_only_once(
    server: StandInServer, config: EnquiriesConfig
) -> None:
    source = Dvsa(config, lambda: NOW)
    assert source.ask("AB12CDE").answer.found
    server.stand_in.spoilt.add("token-1")
    first = source.ask("AB12CDE")
    assert (first.answer.outcome, first.leave_s) == (Outcome.DOWN, 0.0)
    assert source.ask("AB12CDE").answer.found
    server.stand_in.spoilt |= {f"token-{n}" for n in range(10)}
    assert [source.ask("AB12CDE").answer.outcome for _ in range(2)] == [Outcome.DOWN, Outcome.WRONG_KEY]
    source.close()


@pytest.mark.parametrize("lacking", ["dvsa_client_secret", "dvsa_key"])
def test_each_wrong_key_is_one(server: StandInServer, lacking: str) -> None:
    assert once(config_of(server, **{lacking: Secret("another")})).answer.outcome is Outcome.WRONG_KEY


def once(config: EnquiriesConfig, vrm: str = "AB12CDE") -> Reply:
    source = Dvsa(config, lambda: NOW)
    try:
        return source.ask(vrm)
    finally:
        source.close()


def test_nobody_who_gives_tokens_is_no_network(server: StandInServer) -> None:
    reply = once(config_of(server, dvsa_token_url=Address("http://127.0.0.1:9/token")))
    assert reply.answer.outcome is Outcome.NO_NETWORK


@pytest.mark.parametrize(
    ("vrm", "outcome"),
    [("ER19BAD", Outcome.BAD_MARK), ("ER19NFD", Outcome.NOT_FOUND), ("ER19THR", Outcome.THROTTLED), ("ER19MNT", Outcome.DOWN)],
)  # fmt: skip
def test_each_refusal(config: EnquiriesConfig, vrm: str, outcome: Outcome) -> None:
    assert once(config, vrm).answer.outcome is outcome


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (404, "MOTH-NF-01", Outcome.NOT_FOUND), (404, "MOTH-NF-02", Outcome.UNREADABLE), (404, "", Outcome.UNREADABLE),
        (429, "MOTH-RL-01", Outcome.QUOTA), (429, "MOTH-RL-02", Outcome.THROTTLED), (429, "", Outcome.THROTTLED),
        (403, "MOTH-FB-01", Outcome.WRONG_KEY), (403, "MOTH-FB-03", Outcome.WRONG_KEY), (400, "MOTH-BR-01", Outcome.BAD_MARK),
        (500, "MOTH-UN-01", Outcome.DOWN), (503, "", Outcome.DOWN), (403, "MOTH-FB-02", Outcome.DOWN),
    ],
)  # fmt: skip
def test_each_published_code(status: int, code: str, outcome: Outcome) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 1199})
        assert request.url.raw_path == b"/v1/trade/vehicles/registration/AB12CDE"
        assert (request.headers["authorization"], request.headers["x-api-key"]) == ("Bearer t", "k")
        return httpx.Response(status, json={"errorCode": code, "errorMessage": "m", "requestId": "r"})

    config = EnquiriesConfig(
        dvsa_key=Secret("k"), dvsa_client_id=Secret("c"), dvsa_client_secret=Secret("s"),
        dvsa_token_url=Address("https://login.example/t"),
    )  # fmt: skip
    source = Dvsa(config, lambda: NOW, httpx.MockTransport(answer))
    assert source.ask("AB12CDE").answer.outcome is outcome


def read(**fields: Any) -> EnquiryAnswer:
    return answer_of("AB12CDE", {"registration": "AB12CDE", **fields}, "DVSA", NOW, NOW)


def a_test(day: str, result: str = "PASSED", expiry: str = "", **more: str) -> dict[str, str]:
    return {"completedDate": f"{day}T10:00:00.000Z", "testResult": result, "expiryDate": expiry, "odometerUnit": "MI",
            "odometerResultType": "READ", **more}  # fmt: skip


def test_the_last_test_tells_the_mileage_and_the_latest_pass_until_when() -> None:
    answer = read(
        motTests=[
            a_test("2024-06-01", expiry="2025-06-01", odometerValue="70000"),
            a_test("2026-06-03", "FAILED", odometerValue="90000"),
            a_test("2025-06-02", expiry="2026-06-02", odometerValue="80000"),
        ],
        make="FORD", model="FOCUS", primaryColour="Blue", secondaryColour="Not Stated", manufactureDate="2018-02-01",
        hasOutstandingRecall="Yes",
    )  # fmt: skip
    assert (answer.mot, answer.mot_until) == ("Last test failed", "2026-06-02")
    assert (answer.mileage, answer.mileage_unit, answer.tested, answer.test_result) == (
        90000,
        "mi",
        "2026-06-03",
        "Failed",
    )
    assert (answer.model, answer.colour, answer.year, answer.recall) == ("FOCUS", "Blue", 2018, "Yes")


def test_a_new_car_has_a_first_test_due() -> None:
    answer = read(motTestDueDate="2027-09-01", make="KIA")
    assert (answer.mot, answer.mot_until, answer.mileage, answer.tested) == ("First test due", "2027-09-01", None, "")


def test_an_odometer_that_was_not_read_has_no_mileage() -> None:
    answer = read(motTests=[a_test("2026-06-03", odometerValue="0", odometerResultType="UNREADABLE")])
    assert (answer.mileage, answer.mileage_unit) == (None, "")


@pytest.mark.parametrize("tests", [None, {}, "x", [None, 7, []], [{"completedDate": 7}]])
def test_tests_that_are_not_as_described_are_left_out(tests: Any) -> None:
    answer = read(motTests=tests)
    assert answer.found
    assert (answer.mot, answer.mot_until, answer.mileage) == ("", "", None)


def test_the_stand_in_tells_of_three_tests(config: EnquiriesConfig) -> None:
    answer = once(config).answer
    assert answer.mileage == 84_210
    assert answer.told[0].source == "DVSA stand-in"
    assert NOW - timedelta(days=1000) < datetime.fromisoformat(answer.tested).replace(tzinfo=UTC)
