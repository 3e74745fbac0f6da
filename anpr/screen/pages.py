"""The addresses of the screen: page and its files, login, pictures, actions, and the live connection."""

import asyncio
import json
import logging
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from anpr.errors import AccessDenied, AnprError, Failure, StoreError, UserError
from anpr.screen.actions import CrewActions
from anpr.screen.changed_accounts import end_changed
from anpr.screen.feed import Feed
from anpr.screen.rules import ScreenRules
from anpr.screen.served_pictures import ServedPictures
from anpr.screen.sessions import Officer, Session, token_fits
from anpr.screen.sounds import NAMES, chosen_wav
from anpr.screen.whose import NotLoggedIn, WhoseIsIt
from anpr.screen.wire import officers_json, plain
from anpr.showable import require_all_showable
from anpr.trust.accounts import CrewAccounts, CrewMember
from anpr.trust.lockout import Place

_TYPES: Final = {
    "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml", "woff2": "font/woff2", "webmanifest": "application/manifest+json",
}  # fmt: skip

_LOCKED: Final = 4401
_LIVE_AUDIT_S: Final = 60.0
_OPENED: Final = "screen"

_LOG: Final = logging.getLogger("anpr.screen")


def static_files(config: ScreenRules) -> dict[str, tuple[bytes, str]]:
    """Return every file that may be fetched, by its address, with its type: the whole set is fixed at the start."""
    files: dict[str, tuple[bytes, str]] = {}

    def add(folder: Traversable, prefix: str) -> None:
        for item in folder.iterdir():
            kind = _TYPES.get(item.name.rpartition(".")[2])
            if item.is_dir():
                add(item, f"{prefix}{item.name}/")
            elif kind:
                files[prefix + item.name] = (item.read_bytes(), kind)

    add(resources.files("anpr.screen").joinpath("static"), "/")
    for path in config.symbols_folder.glob("*.svg") if config.symbols_folder else ():
        files[f"/symbols/{path.name}"] = (path.read_bytes(), _TYPES["svg"])
    files["/css/symbols.css"] = (_symbols_css(files), _TYPES["css"])
    for name in NAMES:
        files[f"/sounds/{name}.wav"] = (chosen_wav(name, config.sounds_folder), "audio/wav")
    return files


def _symbols_css(files: dict[str, tuple[bytes, str]]) -> bytes:
    """Return one style sheet with every symbol in it, so that no alert waits for the fetching of its sign."""
    lines = [":root {"]
    for path, (content, _) in sorted(files.items()):
        name = path.removeprefix("/symbols/").removesuffix(".svg")
        if path.startswith("/symbols/") and name.replace("-", "").replace("_", "").isalnum():
            lines.append(f'  --symbol-{name}: url("data:image/svg+xml;base64,{b64encode(content).decode()}");')
    return "\n".join([*lines, "}", ""]).encode()


@dataclass(slots=True)
class Pages:
    """The pages of one listener: the tablet's own (`at_tablet`), which are there before a login, or those of the car's network.

    Without `accounts` nobody can log in. `by_itself` is logged in to every new session of the tablet: of a demonstration alone.
    """

    actions: CrewActions
    feed: Feed
    config: ScreenRules
    accounts: CrewAccounts | None
    at_tablet: bool
    fingerprint: Callable[[], str]
    files: dict[str, tuple[bytes, str]]
    second_device: str = ""
    """The address for the crew's other devices, empty when there is none."""
    by_itself: CrewMember | None = None
    _noted: dict[tuple[str, str, str], float] = field(default_factory=dict)
    _hashing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _served: ServedPictures = field(init=False)

    def __post_init__(self) -> None:
        self._served = ServedPictures(self.actions.audit.record)

    def app(self) -> Starlette:
        """Return the ASGI application."""
        return Starlette(
            routes=[
                Route("/api/session", self.session),
                Route("/api/login", self.log_in, methods=["POST"]),
                Route("/api/{name}", self.act, methods=["POST"]),
                Route("/picture/{picture_id}", self.picture),
                Route("/live/{number:int}", self.live),
                WebSocketRoute("/feed", self.live_feed),
                Route("/{path:path}", self.file),
            ],
            exception_handlers={AnprError: _error, Exception: _error},
        )

    @property
    def cookie(self) -> str:
        """The cookie's name; `__Host-` binds it to this host and to TLS."""
        return "patrol" if self.at_tablet else "__Host-patrol"

    async def file(self, request: Request) -> Response:
        """Return a file of the page."""
        path = request.url.path if request.url.path != "/" else "/index.html"
        content, kind = self.files.get(path, (b"", ""))
        if not kind:
            return JSONResponse({"error": "there is nothing at this address"}, 404)
        return Response(content, media_type=kind, headers={"cache-control": "no-cache"})

    async def session(self, request: Request) -> Response:
        """Return who is logged in, the token for actions, and the page's settings."""
        cookie, session = "", await self._session(request)
        if session is None and self.at_tablet:
            cookie, session = self.actions.sessions.begin(at_tablet=True)
            if self.by_itself is not None:
                cookie = await self._admit(
                    session, self.by_itself, {"from": "tablet", "why": "demonstration: by itself"}
                )
        if session is None:
            return JSONResponse({"who": None, "texts": dict(self.config.texts), "theme": self.config.theme})
        return self._answer(session, cookie)

    async def log_in(self, request: Request) -> Response:
        """Log an officer in by collar number and PIN: to the session that the browser has, or to a new one."""
        if self.accounts is None:
            raise AccessDenied("this car has no crew accounts: whoever looks after it adds them with 'anpr crew add'")
        body = await _json(request)
        collar, pin = body.get("collar"), body.get("pin")
        if not isinstance(collar, str) or not isinstance(pin, str) or len(collar) > 40 or len(pin) > 64:
            raise AccessDenied("collar number or PIN is wrong")
        source = request.client.host if request.client else "?"
        place, told = (Place.TABLET, "tablet") if self.at_tablet else (Place.NETWORK, source)
        audit = self.actions.audit
        try:
            # The accounts hash one PIN at a time; who waits for that must not hold the threads of other pages
            async with self._hashing:
                member = await run_in_threadpool(self.accounts.log_in, collar, pin, source, place)
        except AccessDenied as refusal:
            # While locked, guesses are not written one by one: a flood of them must not fill the disk
            if "locked" not in str(refusal):
                who = await run_in_threadpool(self.accounts.known_collar, collar)  # a PIN in its place is no name
                await run_in_threadpool(audit.record, who or "unknown collar", "login refused", {"from": told})
            raise
        session = await self._session(request)
        if session is None:
            _, session = self.actions.sessions.begin(at_tablet=self.at_tablet, source=source)
        return self._answer(session, await self._admit(session, member, {"from": told}))

    async def _admit(self, session: Session, member: CrewMember, told: dict[str, str]) -> str:
        """Log somebody in to a session whose account it is, and return the new cookie."""
        stamps = await run_in_threadpool(self.accounts.stamps) if self.accounts is not None else {}
        sessions = self.actions.sessions
        stamp = stamps.get(member.collar, "")
        cookie = sessions.log_in(session, member.collar, member.name, stamp, lasts=member is self.by_itself)
        actor = f"{member.collar} {member.name}"
        try:
            await run_in_threadpool(self.actions.audit.record, actor, "logged in", told)
        except StoreError:
            sessions.log_out(session, Officer(member.collar, member.name))
            raise
        return cookie

    def _answer(self, session: Session, cookie: str) -> Response:
        answer = JSONResponse({"token": session.token, **self._settings(session)})
        if cookie:
            self._set_cookie(answer, cookie)
        return answer

    async def act(self, request: Request) -> Response:
        """Do an action of the crew."""
        session = await self._require_session(request)
        if not token_fits(session, request.headers.get("x-patrol-token", "")):
            raise AccessDenied("this request does not come from the page: load it again")
        body, collar = await _json(request), request.headers.get("x-patrol-officer", "")
        name = request.path_params["name"]
        return JSONResponse(await run_in_threadpool(self.actions.do, name, session, body, collar))

    async def picture(self, request: Request) -> Response:
        """Return a plate or overview picture."""
        session = await self._require_session(request)
        self._require_full(session)
        picture_id = request.path_params["picture_id"]
        jpeg = await run_in_threadpool(self.actions.desk.picture, picture_id)
        if jpeg is None:
            return JSONResponse({"error": "this picture is no longer kept"}, 404)
        await self._served.enter(session, picture_id)
        self.actions.plate_views.sent(session.viewer, picture_id)
        return Response(jpeg, media_type="image/jpeg")  # no-store, as all that is served: a browser keeps files

    async def live(self, request: Request) -> Response:
        """Return a camera's newest picture, in the full view only; cameras are named by their number."""
        session = await self._require_session(request)
        self._require_full(session)
        state = self.actions.hub.state
        number = request.path_params["number"]
        if state is None or not 0 <= number < len(state.cameras):
            return JSONResponse({"error": "there is no such camera"}, 404)
        camera_id = state.cameras[number].camera_id
        if not self._noted_lately(session, f"camera {camera_id}"):
            detail = {"camera": camera_id}
            try:
                await run_in_threadpool(self.actions.audit.record, session.actor, "live picture viewed", detail)
            except StoreError:
                self._noted.clear()
                raise
        jpeg = await run_in_threadpool(self.actions.desk.live_picture, camera_id)
        if jpeg is None:
            return JSONResponse({"error": "this camera gives no picture"}, 404)
        return Response(jpeg, media_type="image/jpeg")

    async def live_feed(self, socket: WebSocket) -> None:
        """Serve the page's live connection."""
        session = await self._session(socket)
        if session is None:
            await socket.accept()  # only then does the page learn the reason: it loads itself again, or shows the login
            await socket.close(_LOCKED)
            return
        self._note_opened(socket, session)
        await self.feed.serve(socket, session)

    def _note_opened(self, socket: WebSocket, session: Session) -> None:
        """Write to the audit who has the screen open, at most once a minute; the screen does not wait for it."""
        if self._noted_lately(session, _OPENED):
            return
        source = socket.client.host if socket.client else "?"

        def record() -> None:
            with suppress(StoreError):  # a failing audit shows up with the first action of the crew
                self.actions.audit.record(session.actor, "screen opened", {"from": source})

        asyncio.get_running_loop().run_in_executor(None, record)

    def _noted_lately(self, session: Session, what: str) -> bool:
        """Return True when this was noted for the session within a minute; else it counts as noted now."""
        now_s = self.actions.clock_s()
        self._noted = {k: t for k, t in self._noted.items() if now_s - t < _LIVE_AUDIT_S}
        noted = (session.viewer, session.actor, what)
        lately = noted in self._noted
        self._noted.setdefault(noted, now_s)
        return lately

    async def _session(self, request: HTTPConnection) -> Session | None:
        cookie = request.cookies.get(self.cookie, "")
        session = self.actions.sessions.find(cookie) if cookie else None
        # a cookie from one listener does not serve on the other
        if session is None or session.at_tablet != self.at_tablet:
            return None
        if self.accounts is not None:
            await run_in_threadpool(end_changed, self.actions.sessions, self.accounts, self.actions.audit)
            session = self.actions.sessions.find(cookie)
        return session

    async def _require_session(self, request: Request) -> Session:
        session = await self._session(request)
        if session is None:
            raise NotLoggedIn("log in first")
        return session

    def _require_full(self, session: Session) -> None:
        if not session.officers:
            raise NotLoggedIn("log in first")
        if not self.actions.may_see_all(session):
            raise AccessDenied("the car is moving: no pictures in the driver view")

    def _set_cookie(self, answer: Response, cookie: str) -> None:
        answer.set_cookie(
            self.cookie, cookie, max_age=int(self.config.session_s), path="/", secure=not self.at_tablet,
            httponly=True, samesite="strict",
        )  # fmt: skip

    def _settings(self, session: Session) -> dict[str, Any]:
        config = self.config
        return {
            "who": ", ".join(officer.name for officer in session.officers),
            "officers": officers_json(session.officers),
            "at_tablet": session.at_tablet,
            "accounts": self.accounts is not None and self.actions.sessions.has_accounts,
            "by_itself": self.by_itself is not None,
            "texts": dict(config.texts),
            "theme": config.theme,
            "urgent_priority": config.urgent_priority,
            "uncertain_below": config.uncertain_below,
            "engine_silent_s": config.engine_silent_s,
            "live_s": config.live_s,
            "fingerprint": self.fingerprint() if self.at_tablet else "",
            "second_device": self.second_device,
            "reasons": list(config.reasons),
            "markers": [plain(rule) for rule in config.markers],
            "stop_questions": [
                {"key": q.key, "label": q.label, "kind": q.kind, "required": q.required, "choices": list(q.choices)}
                for q in config.stop_questions
            ],
        }


async def _json(request: Request) -> dict[str, Any]:
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise UserError("requests are JSON")
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise UserError("the request is not JSON") from error
    if not isinstance(body, dict):
        raise UserError("the request must be a JSON object")
    require_all_showable(body)  # here, before anything looks at it: what cannot be shown is recorded nowhere
    return body


def _error(request: Request, error: Exception) -> Response:
    del request
    if isinstance(error, NotLoggedIn):
        return JSONResponse({"error": str(error)}, 401)
    if isinstance(error, WhoseIsIt):
        return JSONResponse({"error": str(error), "whose": officers_json(error.officers)}, 409)
    if isinstance(error, AccessDenied):
        return JSONResponse({"error": str(error)}, 403)
    if isinstance(error, UserError):
        return JSONResponse({"error": str(error)}, 400)
    if isinstance(error, Failure):
        return JSONResponse({"error": str(error)}, 503)
    _LOG.error("an action failed", exc_info=error)  # the log writes no text of it: that might hold a mark
    return JSONResponse({"error": "this failed inside the engine; it is logged"}, 500)
