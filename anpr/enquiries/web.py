"""One question over HTTPS: the answer's status and JSON, or why there is none; never with a key or a mark in a message.

Proxies are those of the surroundings (HTTPS_PROXY), certificates are checked by the system's authorities. Nothing is followed elsewhere,
and nothing is tried again here: that is the lane's, since each try counts against the quota.
"""

import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx

from anpr.address import Address
from anpr.enquiries.answer import Outcome

LARGEST_BYTES: Final = 2_000_000
"""A vehicle of many years has some hundred kilobytes of tests; what is larger is no answer."""

_LONGEST_LEAVE_S: Final = 3600.0

STAND_IN_HEADER: Final = "X-Stand-In"
"""With this header a stand-in says that it is one: what it answers is shown as that of a stand-in."""


@dataclass(frozen=True, slots=True)
class WebAnswer:
    """What came back: `status` 0 when nothing did, `trouble` then says why; `content` is the JSON object, empty when it is none."""

    status: int
    content: Mapping[str, Any] = field(default_factory=dict)
    trouble: Outcome | None = None
    detail: str = ""
    leave_s: float | None = None
    is_stand_in: bool = False


class Web:
    """A client of one source; used by one thread at a time. `timeout_s` is for the whole of one question."""

    def __init__(self, timeout_s: float, transport: httpx.BaseTransport | None = None) -> None:
        # Each of connecting, sending and each wait for bytes has the time; a drip of bytes is cut off while it is read.
        self._client = httpx.Client(
            timeout=httpx.Timeout(timeout_s),
            transport=transport,
            follow_redirects=False,
            headers={"User-Agent": "patrol-anpr", "Accept": "application/json"},
        )
        self._timeout_s = timeout_s

    def send(
        self, method: str, address: Address, *, headers: Mapping[str, str], json_body: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None, path: str = "",
    ) -> WebAnswer:  # fmt: skip
        """Send one request and return what came; `path` is one more part of the address's path."""
        try:
            url = httpx.URL(address.to_open())
            if path:
                url = url.copy_with(path=f"{url.path.rstrip('/')}/{path}")
            body: dict[str, Any] = {"json": dict(json_body)} if json_body is not None else {}
            body |= {"data": dict(form)} if form is not None else {}
            with self._client.stream(method, url, headers=dict(headers), **body) as response:
                return self._taken(response)
        except httpx.InvalidURL:
            return WebAnswer(0, trouble=Outcome.UNREADABLE, detail="its address in the configuration is none")
        except (httpx.HTTPError, httpx.StreamError) as error:
            return WebAnswer(0, trouble=_trouble(error), detail=type(error).__name__)
        except ValueError:  # UnicodeError is one
            return WebAnswer(0, trouble=Outcome.WRONG_KEY, detail="the key holds characters that no header can")

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _taken(self, response: httpx.Response) -> WebAnswer:
        began_s = time.monotonic()
        content = b""
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > LARGEST_BYTES:
                return WebAnswer(response.status_code, trouble=Outcome.UNREADABLE, detail="larger than 2 MB")
            if time.monotonic() - began_s > self._timeout_s:
                return WebAnswer(0, trouble=Outcome.SLOW, detail="its answer drips")
        stand_in = STAND_IN_HEADER in response.headers
        leave_s = _leave_s(response.headers.get("Retry-After", ""), datetime.now(UTC))
        return WebAnswer(response.status_code, _object(content), leave_s=leave_s, is_stand_in=stand_in)


def by_status(status: int) -> Outcome:
    """Return what a status means that no source has words of its own for."""
    if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        return Outcome.WRONG_KEY
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return Outcome.THROTTLED
    return Outcome.DOWN if httpx.codes.is_server_error(status) else Outcome.UNREADABLE


def _trouble(error: Exception) -> Outcome:
    """Return what it means that nothing came back."""
    if isinstance(error, httpx.ConnectError):
        # "CERTIFICATE" is OpenSSL's word for all that is wrong with one.
        return Outcome.UNTRUSTED if "CERTIFICATE" in str(error) else Outcome.NO_NETWORK
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        return Outcome.NO_NETWORK
    return Outcome.SLOW if isinstance(error, httpx.TimeoutException) else Outcome.DOWN


def _object(content: bytes) -> Mapping[str, Any]:
    """Return the JSON object in an answer's bytes; nothing when there is none."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _leave_s(text: str, now: datetime) -> float | None:
    """Return the seconds that a Retry-After asks for (RFC 9110: seconds, or a date), at most an hour; None without one."""
    try:
        seconds = float(text) if text.strip().isdigit() else (parsedate_to_datetime(text) - now).total_seconds()
    except (ValueError, TypeError):
        return None
    return min(max(seconds, 0.0), _LONGEST_LEAVE_S) if math.isfinite(seconds) else None
