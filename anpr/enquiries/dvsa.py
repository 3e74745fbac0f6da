"""DVSA's MOT history: model, colour, tests with mileage and expiry, recall.

Written after the public description of version 1 (documentation.history.mot.api.gov.uk): an access token by OAuth 2.0 client
credentials, cached until it ends, and an API key with each question. The mark stands in the address, as DVSA has it.
"""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import httpx

from anpr.config.enquiries import EnquiriesConfig
from anpr.enquiries.answer import EnquiryAnswer, Outcome, Told, day_of, no_answer, number_of, text_of, year_of
from anpr.enquiries.source import Reply
from anpr.enquiries.web import Web, WebAnswer, by_status
from anpr.vrm import normalise

NAME: Final = "DVSA"

_EXPIRED: Final = "MOTH-FB-02"

_CODES: Final[Mapping[str, Outcome]] = {
    "MOTH-BR-01": Outcome.BAD_MARK,
    "MOTH-NP-02": Outcome.BAD_MARK,
    "MOTH-IV-03": Outcome.BAD_MARK,
    "MOTH-NF-01": Outcome.NOT_FOUND,
    "MOTH-NF-02": Outcome.UNREADABLE,
    "MOTH-UA-01": Outcome.WRONG_KEY,
    "MOTH-FB-01": Outcome.WRONG_KEY,
    "MOTH-FB-03": Outcome.WRONG_KEY,
    "MOTH-FB-04": Outcome.WRONG_KEY,
    "MOTH-RL-01": Outcome.QUOTA,
    "MOTH-RL-02": Outcome.THROTTLED,
    "MOTH-UN-01": Outcome.DOWN,
}
"""What the published error codes mean."""

_TOKEN_MARGIN_S: Final = 30.0
_TOKEN_LIFE_S: Final = 3600.0
_MOST_MILES: Final = 9_999_999


class Dvsa:
    """Asks the MOT history (`anpr.enquiries.source.Source`). `clock_s` is monotonic."""

    def __init__(
        self, config: EnquiriesConfig, clock_utc: Callable[[], datetime], transport: httpx.BaseTransport | None = None,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.name = NAME
        self._config = config
        self._clock_utc = clock_utc
        self._clock_s = clock_s
        self._web = Web(config.timeout_s, transport)
        self._token = ""
        self._token_until_s = 0.0
        self._was_expired = False

    def ask(self, vrm: str) -> Reply:
        """Ask once about a mark, after asking for an access token if there is none."""
        asked = self._clock_utc()
        refused = self._renew()
        if refused is not None:
            outcome, detail = _token_refusal(refused)
            return Reply(no_answer(vrm, NAME, outcome, asked, self._clock_utc(), detail), refused.leave_s)
        came = self._web.send(
            "GET", self._config.dvsa_url, path=vrm,
            headers={"Authorization": f"Bearer {self._token}", "X-API-Key": self._config.dvsa_key.to_open()},
        )  # fmt: skip
        now = self._clock_utc()
        name = f"{NAME} stand-in" if came.is_stand_in else NAME
        if came.status == httpx.codes.OK and came.trouble is None:
            self._was_expired = False
            if normalise(text_of(came.content, "registration")) == vrm:
                return Reply(answer_of(vrm, came.content, name, asked, now))
            return Reply(no_answer(vrm, name, Outcome.UNREADABLE, asked, now, "it tells of another mark"))
        outcome, detail = _refusal(came)
        leave_s = came.leave_s
        if detail == _EXPIRED or (came.status == httpx.codes.UNAUTHORIZED and outcome is Outcome.WRONG_KEY):
            # The token may have ended before its time: once a new one is fetched, a second refusal in a row is one of the key.
            self._token = ""
            if not self._was_expired:
                outcome, detail, leave_s = Outcome.DOWN, f"{detail}, a new token is fetched", 0.0
            self._was_expired = not self._was_expired
        return Reply(no_answer(vrm, name, outcome, asked, now, detail), leave_s)

    def close(self) -> None:
        """Close the connections."""
        self._web.close()

    def _renew(self) -> WebAnswer | None:
        """See that there is an access token; return what came instead of one."""
        now_s = self._clock_s()
        if self._token and now_s < self._token_until_s:
            return None
        self._token = ""
        config = self._config
        came = self._web.send(
            "POST", config.dvsa_token_url, headers={},
            form={
                "grant_type": "client_credentials", "client_id": config.dvsa_client_id.to_open(),
                "client_secret": config.dvsa_client_secret.to_open(), "scope": config.dvsa_scope,
            },
        )  # fmt: skip
        token = came.content.get("access_token")
        if came.trouble is not None or came.status != httpx.codes.OK or not isinstance(token, str) or not _fits(token):
            return came
        life_s = number_of(came.content, "expires_in", 7 * 86_400)
        life = _TOKEN_LIFE_S if life_s is None else float(life_s)
        self._token, self._token_until_s = token, now_s + max(life - _TOKEN_MARGIN_S, life / 2)
        return None


def _fits(token: str) -> bool:
    """Return whether a token can stand in a header."""
    return bool(token) and token.isascii() and token.isprintable() and " " not in token


def answer_of(vrm: str, fields: Mapping[str, Any], name: str, asked: datetime, now: datetime) -> EnquiryAnswer:
    """Return what a vehicle of the MOT history says; fields that are not as described are as if they were not there.

    The MOT holds until the latest expiry of a test that was passed; of a vehicle too new for one until `motTestDueDate`.
    """
    listed = fields.get("motTests")
    tests = [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []
    tests.sort(key=lambda one: text_of(one, "completedDate"), reverse=True)
    passed = [one for one in tests if text_of(one, "testResult").upper() == "PASSED"]
    until = max((day_of(one, "expiryDate") for one in passed), default="")
    due = day_of(fields, "motTestDueDate")
    last: Mapping[str, Any] = tests[0] if tests else {}
    is_read = text_of(last, "odometerResultType").upper() in {"READ", ""}
    mileage = number_of(last, "odometerValue", _MOST_MILES) if is_read else None
    result = text_of(last, "testResult").capitalize()
    return EnquiryAnswer(
        vrm, asked, now, (Told(name, Outcome.FOUND, now),),
        mot=f"Last test {result.lower()}" if tests and result else "First test due" if due else "",
        mot_until=until or due,
        make=text_of(fields, "make"),
        model=text_of(fields, "model"),
        colour=" and ".join(c for c in (text_of(fields, "primaryColour"), text_of(fields, "secondaryColour")) if c
                            and c.upper() not in {"NOT STATED", "NO OTHER COLOUR"}),
        year=_year(fields),
        fuel=text_of(fields, "fuelType"),
        mileage=mileage,
        mileage_unit=text_of(last, "odometerUnit").lower() if mileage is not None else "",
        tested=day_of(last, "completedDate"),
        test_result=result,
        recall=text_of(fields, "hasOutstandingRecall"),
    )  # fmt: skip


def _year(fields: Mapping[str, Any]) -> int | None:
    """Return the year of manufacture, else that of the first use."""
    day = day_of(fields, "manufactureDate", "firstUsedDate", "registrationDate")
    return year_of({"year": day[:4]}, "year") if day else None


def _refusal(came: WebAnswer) -> tuple[Outcome, str]:
    """Return what an answer without a vehicle means, and its code."""
    if came.trouble is not None:
        return came.trouble, came.detail
    code = text_of(came.content, "errorCode", "code", longest=20)
    known = _CODES.get(code)
    if known is not None:
        return known, code
    return by_status(came.status), code if code == _EXPIRED else f"status {came.status}"


def _token_refusal(came: WebAnswer) -> tuple[Outcome, str]:
    """Return what an answer without a token means; Microsoft's own code tells more than the status."""
    if came.trouble is not None:
        return came.trouble, f"access token: {came.detail}"
    if came.status == httpx.codes.BAD_REQUEST:
        return Outcome.WRONG_KEY, f"access token: {text_of(came.content, 'error', longest=40) or 'status 400'}"
    return by_status(came.status), f"access token: status {came.status}"
