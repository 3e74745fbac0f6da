"""The port for what has no public interface: a gateway that speaks a few words of JSON."""

from datetime import UTC, datetime

import httpx
import pytest

from anpr.address import Address, Secret
from anpr.config.enquiries import EnquiriesConfig
from anpr.enquiries.answer import Outcome
from anpr.enquiries.gateway import Gateway
from anpr.enquiries.stand_in import KEY, StandInServer
from tests.anpr.enquiries.conftest import gateway_of

NOW = datetime(2026, 11, 29, 2, 14, tzinfo=UTC)


def test_what_it_knows_is_told_under_the_force_s_own_name(server: StandInServer) -> None:
    config = EnquiriesConfig(gateway_url=gateway_of(server), gateway_key=Secret(KEY), gateway_name="PNC")
    source = Gateway(config, lambda: NOW)
    answer = source.ask("AB12CDE").answer
    assert (answer.outcome, answer.source) == (Outcome.FOUND, "PNC stand-in")
    assert answer.model
    assert "Made up" in answer.remarks
    server.stand_in.vehicles["AB12CDE"] = None
    assert source.ask("AB12CDE").answer.outcome is Outcome.NOT_FOUND
    assert source.ask("ER19MNT").answer.outcome is Outcome.DOWN
    source.close()


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        (httpx.Response(200, json={"registrationNumber": "XX99XXX"}), Outcome.UNREADABLE),
        (httpx.Response(404, text="nothing here"), Outcome.UNREADABLE),
        (httpx.Response(404, json={"notFound": True}), Outcome.NOT_FOUND),
        (httpx.Response(403), Outcome.WRONG_KEY),
    ],
)
def test_only_what_is_agreed_counts(response: httpx.Response, outcome: Outcome) -> None:
    config = EnquiriesConfig(gateway_url=Address("https://gateway.example/"))
    source = Gateway(config, lambda: NOW, httpx.MockTransport(lambda request: response))
    assert source.ask("AB12CDE").answer.outcome is outcome
    source.close()
