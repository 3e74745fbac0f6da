"""The stand-in says what it is, is the same for the same mark, and keeps the quota it is given."""

import json
import subprocess
import sys
import tomllib
from datetime import UTC, datetime

import httpx
import pytest

from anpr.enquiries.stand_in import DVLA_PATH, KEY, StandIn, StandInServer
from anpr.enquiries.web import STAND_IN_HEADER

NOW = datetime(2026, 11, 29, tzinfo=UTC)


def test_every_answer_says_that_it_is_made_up(server: StandInServer) -> None:
    for path in (DVLA_PATH, "/nothing"):
        answer = httpx.post(server.url + path, json={"registrationNumber": "AB12CDE"}, headers={"x-api-key": KEY})
        assert "made up" in answer.headers[STAND_IN_HEADER]


def test_a_mark_has_the_same_vehicle_each_time_and_marks_differ() -> None:
    stand_in = StandIn()
    marks = [f"AB{number}CDE" for number in range(100)]
    once = [json.dumps(stand_in.facts(mark, NOW)) for mark in marks]
    assert once == [json.dumps(StandIn().facts(mark, NOW)) for mark in marks]
    facts = [stand_in.facts(mark, NOW) or {} for mark in marks]
    assert len({(one["make"], one["colour"]) for one in facts}) > 20
    assert {one["taxStatus"] for one in facts} == {"Taxed", "Untaxed"}


def test_it_refuses_what_goes_beyond_its_quota(server: StandInServer) -> None:
    server.stand_in.a_second = 3
    server.stand_in.retry_after = "7"
    ask = {"json": {"registrationNumber": "AB12CDE"}, "headers": {"x-api-key": KEY}}
    with httpx.Client() as client:
        answers = [client.post(server.url + DVLA_PATH, **ask) for _ in range(5)]  # type: ignore[arg-type]
    assert [one.status_code for one in answers[:3]] == [200] * 3
    assert answers[-1].status_code == 429
    assert answers[-1].headers["Retry-After"] == "7"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"registrationNumber": 7}', b'{"registrationNumber": "../x"}'])
def test_what_is_no_question_is_refused(server: StandInServer, body: bytes) -> None:
    assert httpx.post(server.url + DVLA_PATH, content=body, headers={"x-api-key": KEY}).status_code == 400


def test_the_command_prints_a_configuration_that_asks_it() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "anpr.enquiries.stand_in", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:  # fmt: skip
        assert running.stdout is not None
        lines = [running.stdout.readline() for _ in range(9)]
        running.terminate()
        running.wait(10)
        assert running.stderr is not None
        assert "every vehicle is made up" in running.stderr.read()
    assert tomllib.loads("".join(lines))["enquiries"]["dvla_key"] == KEY
