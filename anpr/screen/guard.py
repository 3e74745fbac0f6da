"""What every request must pass before any page or action sees it: host, origin, size, time; and what every answer says.

Hosts are checked against DNS rebinding, origins against other sites in the same browser, bodies are read whole within
a size and a time, so that a slow or fat client costs nothing but its own connection.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT: Final = 16 * 1024
BODY_WITHIN_S: Final = 5.0
DISCARD_LIMIT: Final = 1 << 20
DISCARD_WITHIN_S: Final = 1.0

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; "
    "connect-src 'self'; media-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)

HEADERS: Final = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)

_LOG: Final = logging.getLogger("anpr.screen")


class Guard:
    """ASGI middleware. `hosts` are the allowed Host headers; `refused(source, reason)` is told of what was refused."""

    def __init__(
        self, app: ASGIApp, *, scheme: str, hosts: Callable[[], frozenset[str]], refused: Callable[[str, str], None]
    ) -> None:
        self._app = app
        self._scheme = scheme
        self._hosts = hosts
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, then pass on."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        if reason := self._objection(scope, headers):
            source = scope["client"][0] if scope.get("client") else "?"
            _LOG.warning("refused a request from %s: %s", source, reason)
            self._refused(source, reason)
            await _refuse(scope, receive, send, 403, reason)
            return
        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
            return
        try:
            body = await asyncio.wait_for(_whole_body(headers, receive), BODY_WITHIN_S)
        except TimeoutError:
            await _refuse(scope, receive, send, 408, "the request took too long")
            return
        if body is None:
            await _refuse(scope, receive, send, 413, f"a request may have at most {BODY_LIMIT} bytes")
            return
        await self._app(scope, _replay(body, receive), _with_headers(send))

    def _objection(self, scope: Scope, headers: dict[str, str]) -> str:
        """Return why the request is refused, or nothing."""
        hosts = self._hosts()
        if headers.get("host", "") not in hosts:
            return "this is not one of the car's addresses"
        origins = {f"{self._scheme}://{host}" for host in hosts}
        changes = scope["type"] == "websocket" or scope["method"] not in {"GET", "HEAD"}
        origin = headers.get("origin")
        if (changes or origin is not None) and origin not in origins:
            return "the request came from another origin"
        site = headers.get("sec-fetch-site", "same-origin")
        if site not in {"same-origin", "none"} and not _is_page(scope, headers):
            return "the request came from another site"
        return ""


def _is_page(scope: Scope, headers: dict[str, str]) -> bool:
    """A link from elsewhere may open the page itself; the strict cookie does not come with it."""
    return scope["type"] == "http" and scope["path"] == "/" and headers.get("sec-fetch-mode") == "navigate"


async def _whole_body(headers: dict[str, str], receive: Receive) -> bytes | None:
    """Return the body, or None when it is larger than allowed."""
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > BODY_LIMIT:
        return None
    body: bytes = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        body += message.get("body", b"")
        if len(body) > BODY_LIMIT:
            return None
        if not message.get("more_body"):
            return body


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = {key for key, _ in message["headers"]}
            extra = [*HEADERS, (b"cache-control", b"no-store")]
            message["headers"] = [*message["headers"], *((k, v) for k, v in extra if k not in present)]
        await send(message)

    return sent


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, reason: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 4403, "reason": reason})
        return
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(_discard(receive), DISCARD_WITHIN_S)
    body = json.dumps({"error": reason}).encode()
    headers = [(b"content-type", b"application/json"), (b"connection", b"close"), *HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _discard(receive: Receive) -> None:
    """Read what still comes of the body: closing on unread data would reset the connection and lose the answer."""
    left = DISCARD_LIMIT
    while left > 0:
        message = await receive()
        left -= len(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return
