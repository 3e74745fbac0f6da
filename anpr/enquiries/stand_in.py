"""A stand-in for DVLA, DVSA and a force's gateway: for tests, demonstrations and development, on this machine alone.

Every vehicle in it is made up from its mark, and every answer says so by the header `X-Stand-In`, by which the crew is shown "DVLA
stand-in". It speaks as the public descriptions say (`anpr.enquiries.dvla`, `anpr.enquiries.dvsa`), with their published marks for
tests: ER19BAD, ER19NFD, ER19THR, ER19ERR and ER19MNT are refused as their names say. It proves nothing of the real services.

`python -m anpr.enquiries.stand_in` serves until it is stopped, and prints the configuration that asks it.
"""

import argparse
import hashlib
import json
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, unquote

from anpr.enquiries.web import STAND_IN_HEADER
from anpr.vrm import is_mark, normalise

DVLA_PATH: Final = "/vehicle-enquiry/v1/vehicles"
DVSA_PATH: Final = "/v1/trade/vehicles/registration"
TOKEN_PATH: Final = "/oauth2/v2.0/token"  # noqa: S105 - a path
GATEWAY_PATH: Final = "/gateway"
KEY: Final = "stand-in-key"
SECRET: Final = "stand-in-secret"  # noqa: S105 - of the stand-in, no secret

_MAKES: Final = (
    ("FORD", "FOCUS ZETEC"), ("VAUXHALL", "CORSA SE"), ("VOLKSWAGEN", "GOLF MATCH"), ("BMW", "320D M SPORT"), ("AUDI", "A3 SPORT"),
    ("TOYOTA", "YARIS ICON"), ("NISSAN", "QASHQAI ACENTA"), ("MERCEDES-BENZ", "C220 AMG LINE"), ("KIA", "SPORTAGE 2"), ("SKODA", "OCTAVIA SE"),
)  # fmt: skip
_COLOURS: Final = ("BLACK", "WHITE", "GREY", "BLUE", "RED", "SILVER", "GREEN", "BROWN")
_FUELS: Final = ("PETROL", "DIESEL", "HYBRID ELECTRIC", "ELECTRICITY")

_REFUSED: Final[Mapping[str, int]] = {"ER19BAD": 400, "ER19NFD": 404, "ER19THR": 429, "ER19ERR": 500, "ER19MNT": 503}
"""DVLA's published marks for its test environment."""

_TITLES: Final[Mapping[int, str]] = {
    400: "Bad Request", 404: "Vehicle Not Found", 429: "Too Many Requests", 500: "Internal Server Error", 503: "Service Unavailable",
}  # fmt: skip
_CODES: Final[Mapping[int, str]] = {
    400: "MOTH-IV-03",
    404: "MOTH-NF-01",
    429: "MOTH-RL-02",
    500: "MOTH-UN-01",
    503: "MOTH-UN-01",
}


@dataclass(slots=True)
class StandIn:
    """The stand-in's behaviour, which may be changed while it serves.

    `vehicles` gives fields of single marks other values (names as of DVLA, and `model`; None as the whole: there is none). `status` answers
    everything with it (0: as it should be). `a_second` refuses what goes beyond it in one second. `asked` holds what was asked: monotonic
    seconds, source, mark.
    """

    vehicles: dict[str, Mapping[str, Any] | None] = field(default_factory=dict)
    status: int = 0
    delay_s: float = 0.0
    a_second: float = 0.0
    retry_after: str = ""
    token_life_s: int = 1199
    key: str = KEY
    asked: list[tuple[float, str, str]] = field(default_factory=list)
    tokens: int = 0
    """How many access tokens were given."""
    spoilt: set[str] = field(default_factory=set)
    """Access tokens that count as expired."""
    raw: bytes | None = None
    """Instead of any answer, with status 200."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def facts(self, vrm: str, now: datetime) -> dict[str, Any] | None:
        """Return the made-up vehicle of a mark in DVLA's names, with `model`; None when there is none."""
        changed = self.vehicles.get(vrm, {})
        if changed is None:
            return None
        seed = hashlib.sha256(vrm.encode()).digest()
        make, model = _MAKES[seed[0] % len(_MAKES)]
        due = now + timedelta(days=seed[3] * 1.4 - 20)
        is_taxed, is_tested = seed[4] % 8 != 0, seed[5] % 8 != 0
        test = now + timedelta(days=seed[6] * 1.4) if is_tested else now - timedelta(days=seed[6] + 1)
        year = now.year - 4 - seed[7] % 12
        return {
            "registrationNumber": vrm,
            "taxStatus": "Taxed" if is_taxed else "Untaxed",
            "taxDueDate": f"{due if is_taxed else now - timedelta(days=40):%Y-%m-%d}",
            "motStatus": "Valid" if is_tested else "Not valid",
            "motExpiryDate": f"{test:%Y-%m-%d}",
            "make": make,
            "model": model,
            "colour": _COLOURS[seed[1] % len(_COLOURS)],
            "yearOfManufacture": year,
            "monthOfFirstRegistration": f"{year}-03",
            "fuelType": _FUELS[seed[2] % len(_FUELS)],
            "engineCapacity": 1000 + seed[8] * 10,
            "markedForExport": False,
            "wheelplan": "2 AXLE RIGID BODY",
            "hasOutstandingRecall": ("No", "No", "Unknown", "Yes")[seed[9] % 4],
            **changed,
        }

    def is_throttled(self, source: str, vrm: str) -> bool:
        """Note what was asked; return whether it was one too many in the last second."""
        now_s = time.monotonic()
        with self.lock:
            self.asked.append((now_s, source, vrm))
            recent = sum(1 for at_s, of, _ in self.asked[-1000:] if of == source and now_s - at_s < 1.0)
        return 0 < self.a_second < recent


class StandInServer:
    """Serves a stand-in on a port of this machine, 0 for any free one; `close` ends it."""

    def __init__(self, stand_in: StandIn | None = None, port: int = 0) -> None:
        self.stand_in = stand_in or StandIn()
        handler = type("Handler", (_Handler,), {"stand_in": self.stand_in})
        self._server = _Server(("127.0.0.1", port), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="stand-in", daemon=True)

    def __enter__(self) -> "StandInServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End serving."""
        if self._thread.ident is not None:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def configuration(self) -> str:
        """Return the section of a car's configuration that asks this stand-in."""
        return (
            f'[enquiries]\nlists = ["*"]\ndvla_key = "{KEY}"\ndvla_url = "{self.url}{DVLA_PATH}"\ndvsa_key = "{KEY}"\n'
            f'dvsa_client_id = "stand-in"\ndvsa_client_secret = "{SECRET}"\ndvsa_token_url = "{self.url}{TOKEN_PATH}"\n'
            f'dvsa_url = "{self.url}{DVSA_PATH}"\n'
        )


class _Server(ThreadingHTTPServer):
    """As the library's, but that whoever asked and did not wait for the answer is no error."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """Answers one request as the service whose address it has does."""

    stand_in: StandIn
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), 100_000))
        if self.path == TOKEN_PATH:
            self._token(body)
        elif self.path in {DVLA_PATH, GATEWAY_PATH}:
            self._vehicle("DVLA" if self.path == DVLA_PATH else "gateway", _mark_in(body))
        else:
            self._send(404, {"message": "Not Found"})

    def do_GET(self) -> None:
        place, _, mark = self.path.rpartition("/")
        if place == DVSA_PATH:
            self._vehicle("DVSA", unquote(mark))
        else:
            self._send(404, {"errorCode": "MOTH-NF-02", "errorMessage": "The URL requested has not been found"})

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the library has it
        """Write nothing: marks stand in the addresses."""

    def _token(self, body: bytes) -> None:
        form = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        if form.get("grant_type") != "client_credentials" or form.get("client_secret") != SECRET:
            self._send(401, {"error": "invalid_client"})
            return
        self.stand_in.tokens += 1
        life_s = self.stand_in.token_life_s
        self._send(200, {"token_type": "Bearer", "expires_in": life_s, "access_token": f"token-{self.stand_in.tokens}"})

    def _vehicle(self, source: str, vrm: str) -> None:
        stand_in = self.stand_in
        is_throttled = stand_in.is_throttled(source, vrm)
        if stand_in.delay_s:
            time.sleep(stand_in.delay_s)
        if stand_in.raw is not None:
            self._send_bytes(200, stand_in.raw)
            return
        if self.headers.get("x-api-key") != stand_in.key:
            self._send(403, {"errorCode": "MOTH-FB-03"} if source == "DVSA" else {"message": "Forbidden"})
            return
        if source == "DVSA" and (refusal := self._token_refusal()):
            self._send(403, {"errorCode": refusal})
            return
        status = 429 if is_throttled else stand_in.status or _REFUSED.get(vrm, 0) or (200 if is_mark(vrm) else 400)
        facts = stand_in.facts(vrm, datetime.now(UTC)) if status == 200 else None
        if status == 200 and facts is None:
            status = 404
        self._send(status, _refusal(source, status) if facts is None else _AS_SAID[source](facts))

    def _token_refusal(self) -> str:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if not token.startswith("token-"):
            return "MOTH-FB-04"
        return "MOTH-FB-02" if token in self.stand_in.spoilt else ""

    def _send(self, status: int, content: Any) -> None:
        self._send_bytes(status, json.dumps(content).encode())

    def _send_bytes(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header(STAND_IN_HEADER, "Patrol ANPR: every vehicle is made up")
        if status == 429 and self.stand_in.retry_after:
            self.send_header("Retry-After", self.stand_in.retry_after)
        self.end_headers()
        self.wfile.write(body)


def _mark_in(body: bytes) -> str:
    try:
        content = json.loads(body)
    except ValueError:
        return ""
    mark = content.get("registrationNumber") if isinstance(content, dict) else ""
    return normalise(mark) if isinstance(mark, str) else ""


def _refusal(source: str, status: int) -> dict[str, Any]:
    if source == "DVSA":
        return {
            "errorCode": _CODES.get(status, "MOTH-UN-01"),
            "errorMessage": _TITLES.get(status, ""),
            "requestId": "stand-in",
        }
    if source == "gateway" and status == 404:
        return {"notFound": True}
    return {
        "errors": [{"status": str(status), "code": str(status), "title": _TITLES.get(status, "Error"), "detail": ""}]
    }


def _as_dvla(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name not in {"model", "hasOutstandingRecall"}}


def _as_dvsa(facts: Mapping[str, Any]) -> dict[str, Any]:
    expiry = datetime.fromisoformat(facts["motExpiryDate"]).replace(tzinfo=UTC)
    tests = [
        {
            "completedDate": f"{expiry - timedelta(days=365 * (n + 1)):%Y-%m-%dT10:00:00.000Z}", "testResult": "PASSED",
            "expiryDate": f"{expiry - timedelta(days=365 * n):%Y-%m-%d}", "odometerValue": str(84_210 - 9_000 * n),
            "odometerUnit": "MI", "odometerResultType": "READ", "motTestNumber": f"{n:012d}", "dataSource": "DVSA", "defects": [],
        }
        for n in range(3)
    ]  # fmt: skip
    return {
        "registration": facts["registrationNumber"],
        "make": facts["make"],
        "model": facts["model"],
        "firstUsedDate": f"{facts['yearOfManufacture']}-03-14",
        "manufactureDate": f"{facts['yearOfManufacture']}-01-31",
        "fuelType": facts["fuelType"].capitalize(),
        "primaryColour": facts["colour"].capitalize(),
        "engineSize": str(facts["engineCapacity"]),
        "hasOutstandingRecall": facts["hasOutstandingRecall"],
        "motTests": tests,
    }


def _as_gateway(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {**facts, "remarks": "Made up: a stand-in for the force's gateway"}


_AS_SAID: Final = {"DVLA": _as_dvla, "DVSA": _as_dvsa, "gateway": _as_gateway}


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(
        description="A stand-in for DVLA and DVSA on this machine; every vehicle is made up."
    )
    parser.add_argument("--port", type=int, default=8790)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument(
        "--a-second", type=float, default=0.0, help="refuse what goes beyond so many questions a second"
    )
    chosen = parser.parse_args()
    with StandInServer(StandIn(delay_s=chosen.delay, a_second=chosen.a_second), chosen.port) as server:
        sys.stderr.write(
            "A stand-in for DVLA and DVSA: every vehicle is made up. Put this into a car's configuration:\n\n"
        )
        sys.stdout.write(server.configuration())
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
