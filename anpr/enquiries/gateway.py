"""The force's own gateway: the port for what has no public interface (PNC, LEDS, MIDAS), and for a force's own enquiry service.

A force that may ask such a system puts a small server before it that speaks this: POST to one address, header `x-api-key`, body
`{"registrationNumber": "AB12CDE"}`; answer 200 with the same mark and what is known of the fields of `FIELDS`, 404 with
`{"notFound": true}`. This program was never connected to any of those systems and claims nothing of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import httpx

from anpr.config.enquiries import EnquiriesConfig
from anpr.enquiries import dvla
from anpr.enquiries.answer import EnquiryAnswer, Outcome, day_of, no_answer, number_of, text_of
from anpr.enquiries.source import Reply
from anpr.enquiries.web import Web, by_status
from anpr.vrm import normalise

FIELDS: Final = (
    "taxStatus", "taxDueDate", "motStatus", "motExpiryDate", "make", "model", "colour", "yearOfManufacture", "fuelType",
    "lastTestDate", "lastTestResult", "odometerValue", "odometerUnit", "hasOutstandingRecall", "markedForExport", "remarks",
)  # fmt: skip
"""What a gateway may tell: the names of DVLA and DVSA where those have one; `remarks` are words for the crew."""

_LONGEST_REMARK: Final = 300


class Gateway:
    """Asks a force's gateway (`anpr.enquiries.source.Source`)."""

    def __init__(
        self, config: EnquiriesConfig, clock_utc: Callable[[], datetime], transport: httpx.BaseTransport | None = None
    ) -> None:
        self.name = config.gateway_name
        self._config = config
        self._clock_utc = clock_utc
        self._web = Web(config.timeout_s, transport)

    def ask(self, vrm: str) -> Reply:
        """Ask once about a mark."""
        asked = self._clock_utc()
        headers = {"x-api-key": self._config.gateway_key.to_open()} if self._config.gateway_key else {}
        came = self._web.send(
            "POST", self._config.gateway_url, json_body={"registrationNumber": vrm}, headers=headers
        )  # fmt: skip
        now = self._clock_utc()
        name = f"{self.name} stand-in" if came.is_stand_in else self.name
        if came.trouble is not None:
            return Reply(no_answer(vrm, name, came.trouble, asked, now, came.detail), came.leave_s)
        if came.status == httpx.codes.OK and normalise(text_of(came.content, "registrationNumber")) == vrm:
            return Reply(answer_of(vrm, came.content, name, asked, now))
        is_known = came.status == httpx.codes.NOT_FOUND and came.content.get("notFound") is True
        outcome = Outcome.NOT_FOUND if is_known else by_status(came.status)
        return Reply(no_answer(vrm, name, outcome, asked, now, f"status {came.status}"), came.leave_s)

    def close(self) -> None:
        """Close the connections."""
        self._web.close()


def answer_of(vrm: str, fields: Mapping[str, Any], name: str, asked: datetime, now: datetime) -> EnquiryAnswer:
    """Return what a gateway's vehicle says; fields that are not as described are as if they were not there."""
    mileage = number_of(fields, "odometerValue", 9_999_999)
    return replace(
        dvla.answer_of(vrm, fields, name, asked, now),  # the port has DVLA's names, and those that only it has
        model=text_of(fields, "model"),
        mileage=mileage,
        mileage_unit=text_of(fields, "odometerUnit").lower() if mileage is not None else "",
        tested=day_of(fields, "lastTestDate"),
        test_result=text_of(fields, "lastTestResult"),
        recall=text_of(fields, "hasOutstandingRecall"),
        remarks=text_of(fields, "remarks", longest=_LONGEST_REMARK),
    )
