import asyncio
import shutil
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any, TypeVar

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from anpr.errors import StoreError
from anpr.screen.rules import screen_rules
from anpr.screen.server import Listening, ScreenServer
from anpr.trust.accounts import CrewAccounts
from anpr.trust.audit import AuditLog
from tests.anpr.screen.client import COLLAR, NAME, PIN, WHY, Client, log_in
from tests.anpr.screen.desk import MemoryDesk

T = TypeVar("T")

# generous: on a busy machine a page may take long, and what must be fast is measured inside the page
expect.set_options(timeout=60_000)

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--autoplay-policy=no-user-gesture-required", "--js-flags=--expose-gc", "--force-color-profile=srgb",
]  # fmt: skip


def chromium() -> str | None:
    """Return where Chromium is installed, or None."""
    return next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)


class RecordingPlayer:
    """A player that keeps what it was to play."""

    def __init__(self) -> None:
        self.played: list[str] = []

    def play(self, name: str) -> None:
        self.played.append(name)


class FullDisk:
    """An audit that can no longer be written, from when `failing` is set."""

    def __init__(self, failing: bool = True) -> None:
        self.failing = failing

    def record(self, actor: str, action: str, detail: object = None) -> object:
        if self.failing:
            raise StoreError("the audit cannot be written (disk full): check the disk")
        return None

    def enter_within(self, _: object, actor: str, action: str, detail: object = None) -> object:
        return self.record(actor, action, detail)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run it in a thread of its own: that of the tests may have the browser's event loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def until(true: Callable[[], object], within_s: float = 60.0) -> None:
    """Return as soon as it is true; fail when it is not in time."""
    end = monotonic() + within_s
    pause = Event()
    while not true():
        assert monotonic() < end, "it did not come true in time"
        pause.wait(0.01)


def say_why(page: Page) -> None:
    """Answer why a mark is looked up."""
    page.locator(".question .answers button", has_text=WHY).click()


def until_page(page: Page, expression: str) -> None:
    """Return as soon as the expression is true in the page (whose policy forbids Playwright's own way of waiting)."""
    until(lambda: page.evaluate(expression))


@pytest.fixture
def desk() -> MemoryDesk:
    return MemoryDesk()


@pytest.fixture
def player() -> RecordingPlayer:
    return RecordingPlayer()


@pytest.fixture
def audit(tmp_path: Path) -> Iterator[AuditLog]:
    log = AuditLog(tmp_path / "records.db")
    yield log
    log.close()


@pytest.fixture
def accounts(desk: MemoryDesk, tmp_path: Path) -> Iterator[CrewAccounts]:
    """The accounts of a car to which PC 1234 may log in. Locks end by the desk's clock."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    made = CrewAccounts(tmp_path / "records.db", lambda: desk.now, cheap, clock_s=lambda: desk.now.timestamp())  # noqa: PLW0108 - the clock moves on
    made.add(COLLAR, NAME, PIN)
    yield made
    made.close()


@pytest.fixture
def serve(
    desk: MemoryDesk, audit: AuditLog, player: RecordingPlayer, accounts: CrewAccounts
) -> Iterator[Callable[..., ScreenServer]]:
    """Start servers of the desk with changed settings; all are stopped in the end."""
    started: list[ScreenServer] = []

    def start(changes: dict[str, Any] | None = None, **parts: Any) -> ScreenServer:
        parts.setdefault("listening", Listening(port=0))
        parts.setdefault("accounts", accounts)
        fast = {"driving": {"moving_after_s": 0.0, "standing_after_s": 0.0}}
        server = ScreenServer(
            parts.pop("desk", desk), screen_rules({**fast, **(changes or {})}, section=parts.pop("section", None)),
            audit=parts.pop("audit", audit),
            player=player, clock_utc=lambda: desk.now, **parts,
        )  # fmt: skip
        server.start()
        started.append(server)
        return server

    yield start
    desk.hung.set()
    for server in started:
        server.stop()


@pytest.fixture(autouse=True)
def _close_clients() -> Iterator[None]:
    yield
    while Client.made:
        Client.made.pop().http.close()


@pytest.fixture
def network(serve: Callable[..., ScreenServer], tmp_path: Path) -> ScreenServer:
    """A server on the car's network beside the tablet's own."""
    return serve(listening=Listening(0, "127.0.0.1", 0, ("localhost", "127.0.0.1"), tmp_path / "tls"))


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open the screen in a new browser context, on the tablet with `OFFICER` logged in; anything the page complains of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if "Content Security" in message.text:
            complaints.append(message.text)

    def open_(
        address: str, width: int = 1280, height: int = 800, *, goto: bool = True, logged_in: bool = True, **options: Any
    ) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(60_000)
        contexts.append(context)
        if logged_in and address.startswith("http:"):
            log_in(context, address)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", note)
        if goto:
            page.goto(address)
            page.wait_for_selector("body[data-view]")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture
def page(serve: Callable[..., ScreenServer], open_page: Callable[..., Page]) -> Page:
    """The screen on a standing car's tablet."""
    opened = open_page(serve().address)
    opened.wait_for_selector(".full")
    return opened
