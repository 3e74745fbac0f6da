"""A browser's part, by hand: cookie, origin and token; and what tests ask of the server's answers."""

import json
import ssl
from typing import Any, ClassVar

import httpx
from playwright.sync_api import BrowserContext
from websockets.sync.client import ClientConnection, connect

from anpr.records.seals import RECORDED
from anpr.screen.rules import screen_rules
from anpr.trust.audit import AuditLog

PIN = "739146"
COLLAR, NAME = "1234", "A. Constable"
OFFICER = f"{COLLAR} {NAME}"
"""Who is logged in where a test does not say otherwise, as records and audit name them."""
WHY = screen_rules().reasons[0]


class Client:
    """A browser's part, by hand: cookie, origin and token. On the tablet `OFFICER` logs in, unless it is told otherwise."""

    made: ClassVar[list["Client"]] = []

    def __init__(self, address: str, *, logged_in: bool = True) -> None:
        self.made.append(self)
        self.address = address.rstrip("/")
        self.http = httpx.Client(base_url=self.address, verify=False, timeout=20, headers={"origin": self.address})  # noqa: S501 - the car's own certificate
        self.token = self.http.get("/api/session").json().get("token", "")
        if logged_in and address.startswith("http:"):
            assert self.log_in().status_code == 200

    def post(self, name: str, body: object = None, **headers: str) -> httpx.Response:
        return self.http.post(f"/api/{name}", json=body or {}, headers={"x-patrol-token": self.token, **headers})

    def look_up(self, vrm: str) -> httpx.Response:
        return self.post("look-up", {"vrm": vrm, "reason": WHY})

    def log_in(self, collar: str = COLLAR, pin: str = PIN) -> httpx.Response:
        answer = self.http.post("/api/login", json={"collar": collar, "pin": pin})
        self.token = answer.json().get("token", self.token)
        return answer

    def feed(self, **changes: Any) -> ClientConnection:
        cookie = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        options: dict[str, Any] = {
            "additional_headers": {"cookie": cookie},
            "origin": self.address,
            "max_size": 2**22,
            **changes,
        }
        made: ClientConnection = connect(self.address.replace("http", "ws") + "/feed", **options)
        return made


def trusting() -> ssl.SSLContext:
    """Return what takes any certificate."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def actions(audit: AuditLog) -> list[str]:
    """What crews did, without the seals that the records enter by themselves and the logins with which tests begin."""
    return [
        entry.action for entry in audit.entries()
        if entry.action != RECORDED and (entry.action, entry.detail.get("from")) != ("logged in", "tablet")
    ]  # fmt: skip


def log_in(context: BrowserContext, address: str, collar: str = COLLAR, pin: str = PIN) -> None:
    """Log an officer in to a browser whose pages are loaded after that."""
    origin = address.rstrip("/")
    answer = context.request.post(
        f"{origin}/api/login", data={"collar": collar, "pin": pin}, headers={"origin": origin}
    )
    assert answer.status == 200, answer.text()


def state_of(messages: ClientConnection) -> dict[str, object]:
    while True:
        message: dict[str, object] = json.loads(messages.recv(20))
        if message["t"] == "state":
            return message
