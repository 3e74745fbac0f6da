"""DVLA's Vehicle Enquiry Service: tax, MOT, make, colour, year, fuel. No model, no keeper, no insurance.

Written after the public description of version 1.2.0 (developer-portal.driver-vehicle-licensing.api.gov.uk): POST with the header
`x-api-key` and the mark in the body, so that no mark stands in an address.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

import httpx

from anpr.config.enquiries import EnquiriesConfig
from anpr.enquiries.answer import EnquiryAnswer, Outcome, Told, day_of, no_answer, text_of, year_of
from anpr.enquiries.source import Reply
from anpr.enquiries.web import Web, WebAnswer, by_status
from anpr.vrm import normalise

NAME: Final = "DVLA"


class Dvla:
    """Asks the Vehicle Enquiry Service (`anpr.enquiries.source.Source`)."""

    def __init__(
        self, config: EnquiriesConfig, clock_utc: Callable[[], datetime], transport: httpx.BaseTransport | None = None
    ) -> None:
        self.name = NAME
        self._config = config
        self._clock_utc = clock_utc
        self._web = Web(config.timeout_s, transport)

    def ask(self, vrm: str) -> Reply:
        """Ask once about a mark."""
        asked = self._clock_utc()
        came = self._web.send(
            "POST", self._config.dvla_url, json_body={"registrationNumber": vrm},
            headers={"x-api-key": self._config.dvla_key.to_open(), "X-Correlation-Id": str(uuid4())},
        )  # fmt: skip
        now = self._clock_utc()
        name = f"{NAME} stand-in" if came.is_stand_in else NAME
        if came.status == httpx.codes.OK and came.trouble is None:
            if normalise(text_of(came.content, "registrationNumber")) == vrm:
                return Reply(answer_of(vrm, came.content, name, asked, now))
            return Reply(no_answer(vrm, name, Outcome.UNREADABLE, asked, now, "it tells of another mark"))
        outcome, detail = _refusal(came)
        return Reply(no_answer(vrm, name, outcome, asked, now, detail), came.leave_s)

    def close(self) -> None:
        """Close the connections."""
        self._web.close()


def answer_of(vrm: str, fields: Mapping[str, Any], name: str, asked: datetime, now: datetime) -> EnquiryAnswer:
    """Return what a vehicle of the service says; fields that are not as described are as if they were not there."""
    return EnquiryAnswer(
        vrm, asked, now, (Told(name, Outcome.FOUND, now),),
        tax=text_of(fields, "taxStatus"),
        # Of a vehicle with an additional rate of tax, `artEndDate` is when that ends: no date until which it is taxed.
        tax_until=day_of(fields, "taxDueDate"),
        mot=text_of(fields, "motStatus"),
        mot_until=day_of(fields, "motExpiryDate"),
        make=text_of(fields, "make"),
        colour=text_of(fields, "colour"),
        year=year_of(fields, "yearOfManufacture"),
        fuel=text_of(fields, "fuelType"),
        exported=fields.get("markedForExport") is True,
    )  # fmt: skip


def _refusal(came: WebAnswer) -> tuple[Outcome, str]:
    """Return what an answer without a vehicle means, and its status."""
    if came.trouble is not None:
        return came.trouble, came.detail
    detail = f"status {came.status}"
    # That there is no such vehicle is said only by the service itself: a proxy or a wrong address knows nothing of vehicles.
    if isinstance(came.content.get("errors"), list):
        if came.status == httpx.codes.NOT_FOUND:
            return Outcome.NOT_FOUND, detail
        if came.status == httpx.codes.BAD_REQUEST:
            return Outcome.BAD_MARK, detail
    return by_status(came.status), detail
