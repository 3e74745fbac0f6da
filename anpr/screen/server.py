"""Serves the screen from a thread of its own: on loopback for the tablet, and on the car's network after a login."""

import asyncio
import contextlib
import logging
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from anpr.alerting.plate_views import PlateViews
from anpr.errors import ConfigError, Failure, StoreError
from anpr.screen.actions import CrewActions
from anpr.screen.car_network import is_of_car_network
from anpr.screen.certificate import CarCertificate, car_certificate
from anpr.screen.changed_accounts import end_changed
from anpr.screen.connection import MOST_OPEN, BoundedListener, PatientProtocol, PatientWebSocket, ScreenLoop
from anpr.screen.feed import MESSAGE_LIMIT, Feed
from anpr.screen.guard import Guard
from anpr.screen.host_sound import HostSound, Player
from anpr.screen.hub import Hub
from anpr.screen.pages import Pages, static_files
from anpr.screen.port import CrewDesk
from anpr.screen.rules import ScreenRules
from anpr.screen.second_device import qr_svg
from anpr.screen.sessions import Sessions
from anpr.trust.accounts import CrewAccounts, CrewMember
from anpr.trust.audit import AuditLog

_LOG: Final = logging.getLogger("anpr.screen")
_START_WITHIN_S: Final = 10.0
_REFUSAL_AUDIT_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the screen is served. Port 0 takes any free one.

    The tablet's own browser uses 127.0.0.1, where alerts are shown before anybody has logged in. With `network_host` (an address of the car's network, or
    0.0.0.0) the crew's devices use TLS and log in; `network_names` are the names and addresses that they type.
    """

    port: int = 8737
    network_host: str | None = None
    network_port: int = 8738
    network_names: tuple[str, ...] = ()
    certificate_folder: Path | None = None


class ScreenServer:
    """The screen's server. It never blocks the engine: its own thread, and nothing that the engine waits for.

    `clock_ns` is the clock of `Frame.captured_ns`, so that grab to paint can be measured; `player` sounds alerts on
    this machine when no page does. Without `accounts` nobody can log in; `by_itself` is logged in on the tablet without doing
    anything (a demonstration's). Raises ConfigError when network access lacks accounts, names or a folder.
    """

    def __init__(
        self,
        desk: CrewDesk,
        config: ScreenRules,
        *,
        audit: AuditLog,
        clock_utc: Callable[[], datetime],
        listening: Listening | None = None,
        accounts: CrewAccounts | None = None,
        by_itself: CrewMember | None = None,
        player: Player | None = None,
        clock_ns: Callable[[], int] = time.monotonic_ns,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._listening = listening or Listening()
        where = self._listening
        complete = accounts is not None and where.certificate_folder is not None and bool(where.network_names)
        if where.network_host is not None and not complete:
            raise ConfigError("the screen on the car's network needs crew accounts, names and a certificate folder")
        self._desk, self._config, self._audit, self._accounts = desk, config, audit, accounts
        self._clock_s, self._clock_ns, self._clock_utc = clock_s, clock_ns, clock_utc
        self._by_itself = by_itself
        self._sessions = Sessions(
            clock_s, idle_s=config.idle_lock_s, longest_s=config.session_s, tablet_idle_s=config.tablet_idle_lock_s
        )
        if accounts is None:
            self._sessions.has_accounts = False
        self._sound = HostSound(desk, config, player, self._sessions.any_audible)
        self._started = Event()
        self._failure: Exception | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._servers: list[uvicorn.Server] = []
        self._refused_at: dict[tuple[str, str], float] = {}
        self._certificate: CarCertificate | None = None
        self._sockets: list[socket.socket] = []
        self._ports: list[int] = []
        self._thread = Thread(target=self._run, name="screen", daemon=True)

    @property
    def address(self) -> str:
        """The address for the tablet's own browser."""
        return f"http://127.0.0.1:{self._port(0)}/"

    @property
    def network_address(self) -> str | None:
        """The address for the crew's devices, None when they are not served."""
        if self._listening.network_host is None:
            return None
        return f"https://{self._listening.network_names[0]}:{self._port(1)}/"

    @property
    def fingerprint(self) -> str:
        """The certificate's SHA-256 fingerprint, empty when only loopback is served."""
        return self._certificate.fingerprint if self._certificate else ""

    def start(self) -> None:
        """Begin to serve; returns when pages can be fetched. Raises ConfigError when an address cannot be used."""
        where = self._listening
        self._sockets = [_bound("127.0.0.1", where.port)]
        if where.network_host is not None and where.certificate_folder is not None:
            self._certificate = car_certificate(where.certificate_folder, where.network_names, self._clock_utc)
            bound = _bound(where.network_host, where.network_port)
            bound.serves = partial(is_of_car_network, where.network_names)
            bound.knows = self._sessions.knows
            self._sockets.append(bound)
        self._ports = [int(bound.getsockname()[1]) for bound in self._sockets]
        self._sound.start()
        self._thread.start()
        self._started.wait(_START_WITHIN_S)
        if self._failure is not None:
            raise Failure(f"the screen cannot be served ({type(self._failure).__name__}: {self._failure})")

    def stop(self) -> None:
        """End serving; pages then say in red that the engine is lost."""
        for server in self._servers:
            server.should_exit = True
        self._sound.stop()
        self._thread.join(5.0)
        for open_socket in self._sockets:
            open_socket.close()

    def _port(self, index: int) -> int:
        return self._ports[index]

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=ScreenLoop) as runner:
                runner.run(self._serve())
        except Exception as error:  # noqa: BLE001 - top of the thread: start() reports it, pages lose the engine
            _LOG.exception("the screen's server ended")
            self._failure = error
        finally:
            self._started.set()

    async def _serve(self) -> None:
        hub = Hub(
            self._desk, self._config, clock_s=self._clock_s, clock_ns=self._clock_ns, clock_utc=self._clock_utc,
            own_marks=lambda: (self._sound.mark(),),
        )  # fmt: skip
        feed = Feed(self._desk, hub, self._sessions, self._sound, clock_s=self._clock_s, clock_ns=self._clock_ns)
        actions = CrewActions(
            self._desk, self._config, hub, PlateViews(self._clock_utc), self._sessions, self._audit, self._clock_s,
            self._clock_utc,
        )  # fmt: skip
        files = static_files(self._config)
        if self.network_address is not None:
            files["/second-device.svg"] = (qr_svg(self.network_address), "image/svg+xml")
        served = []
        for index, open_socket in enumerate(self._sockets):
            pages = Pages(
                actions, feed, self._config, self._accounts, at_tablet=not index,
                fingerprint=lambda: self.fingerprint, files=files, second_device=self.network_address or "",
                by_itself=None if index else self._by_itself,
            )  # fmt: skip
            server = uvicorn.Server(self._uvicorn_config(pages.app(), index))
            self._servers.append(server)
            served.append(asyncio.create_task(server.serve(sockets=[open_socket])))
        helpers = [asyncio.create_task(hub.run()), asyncio.create_task(self._end_overdue())]
        while not all(server.started for server in self._servers) and not any(  # noqa: ASYNC110 - uvicorn has no event for it
            task.done() for task in served
        ):
            await asyncio.sleep(0.01)
        self._started.set()
        try:
            await asyncio.gather(*served)
        finally:
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)

    def _uvicorn_config(self, app: ASGIApp, index: int) -> uvicorn.Config:
        guarded = Guard(
            app, scheme="https" if index else "http", hosts=lambda: self._hosts(index), refused=self._note_refusal
        )
        config = uvicorn.Config(
            guarded, http=PatientProtocol, ws=PatientWebSocket, lifespan="off", access_log=False,
            log_level="error", log_config=None, server_header=False, proxy_headers=False, timeout_keep_alive=20,
            limit_concurrency=MOST_OPEN + 1, ws_max_size=MESSAGE_LIMIT, ws_per_message_deflate=False,
            timeout_graceful_shutdown=1, ws_ping_interval=5.0, ws_ping_timeout=10.0,
            ssl_certfile=str(self._certificate.certificate_path) if index and self._certificate else None,
            ssl_keyfile=str(self._certificate.key_path) if index and self._certificate else None,
        )  # fmt: skip
        config.load()
        if config.ssl is not None:
            config.ssl.minimum_version = ssl.TLSVersion.TLSv1_2
        return config

    def _hosts(self, index: int) -> frozenset[str]:
        names = self._listening.network_names if index else ("127.0.0.1", "localhost")
        port = self._port(index)
        return frozenset(f"[{name}]:{port}" if ":" in name else f"{name}:{port}" for name in names)

    def _note_refusal(self, source: str, reason: str) -> None:
        """Write refused requests to the audit, each kind at most once a minute for each source."""
        now_s = self._clock_s()
        self._refused_at = {k: t for k, t in self._refused_at.items() if now_s - t < _REFUSAL_AUDIT_S}
        if (source, reason) in self._refused_at or len(self._refused_at) > 1000:
            return
        self._refused_at[source, reason] = now_s
        if self._loop is None:
            self._loop = asyncio.get_running_loop()

        def record() -> None:
            with contextlib.suppress(StoreError):  # a failing audit shows up with the first action of the crew
                self._audit.record("unknown", "request refused", {"from": source, "reason": reason})

        self._loop.run_in_executor(None, record)

    async def _end_overdue(self) -> None:
        while True:
            for officer in self._sessions.end_overdue():
                with contextlib.suppress(StoreError):
                    await asyncio.to_thread(self._audit.record, officer.actor, "device locked by itself", {})
            if self._accounts is not None:
                await asyncio.to_thread(end_changed, self._sessions, self._accounts, self._audit)
            await asyncio.sleep(0.5)


def _bound(host: str, port: int) -> BoundedListener:
    # named as TCP: asyncio turns Nagle's delay (40 ms an answer) off only on sockets that say so
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = BoundedListener(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
        # On Windows another program could otherwise take over the same port
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise ConfigError(
            f"the screen cannot be served at {host}:{port} ({error.strerror}): choose another port"
        ) from error
    return bound
