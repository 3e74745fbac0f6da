"""Every shipped card walked through to its signed record, on three sizes of screen, by touch or by keyboard alone; axe-core at each question.

`python -m tests.anpr.screen.stop_walks` (`--only phone`, `--pictures FOLDER`); one JSON object at the end, code 1 when anything was found.
The theme changes from question to question, so that each card is seen by day and by night.
"""

import argparse
import json
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from argon2 import PasswordHasher
from playwright.sync_api import Browser, Page, sync_playwright

from anpr.screen.rules import screen_rules
from anpr.screen.server import Listening, ScreenServer
from anpr.screen.stop_port import StopBegin, StopView
from anpr.screen.stop_wire import origin_of_alert
from anpr.stops.card import MANY, Kind, Question
from anpr.trust.accounts import CrewAccounts
from anpr.trust.audit import AuditLog
from tests.anpr.screen.client import COLLAR, NAME, PIN, log_in
from tests.anpr.screen.conftest import CHROMIUM_FLAGS, chromium, until
from tests.anpr.screen.desk import MemoryDesk
from tests.anpr.screen.test_page_access import AXE, CUT, violations
from tests.anpr.stops.made import RIGHT

SIZES: Final = {"tablet": (1920, 1200, "touch"), "small": (1280, 800, "keyboard"), "phone": (390, 844, "touch")}

_SMALL: Final = """least => [...document.querySelectorAll('.stop button, .stop input')].filter((node) => node.checkVisibility())
  .map((node) => [node.textContent || node.id, node.getBoundingClientRect()]).filter(([, box]) => box.height < least || box.width < least * .5).map(([name]) => name)"""
"""Of the page's own keyboard on a phone a key is as wide as a tenth of it; every other target is 48 pixels at least each way."""


class Walk:
    """One walk through one card."""

    def __init__(self, page: Page, desk: MemoryDesk, how: str, pictures: Path | None) -> None:
        self.page, self.desk, self.how, self.pictures = page, desk, how, pictures
        self.found: dict[str, Any] = {}
        self.questions = 0

    def through(self, card: str, name: str) -> None:
        """Begin a stop by this card, answer everything that comes, and finish it."""
        number = self.desk.hit("AB51CDE", "No insurance", reason="No insurance", markers="VI FI")
        alert = self.desk.alerts[number]
        known = origin_of_alert(alert, screen_rules(), self.desk.cameras)
        begin = StopBegin(card, "AB51CDE", number, alert.plate_picture.rpartition("-")[0], known)
        stop_id = self.desk.stops.begin(begin, "1234 A. Constable", lambda: None)
        page = self.page
        page.get_by_role("navigation", name="Rooms").get_by_role("button", name="Alerts").click()
        page.get_by_role("navigation", name="Rooms").get_by_role("button", name="Stop").click()
        page.locator("[data-name='all']").or_(page.get_by_role("button", name="Go on")).first.wait_for()
        if page.locator("[data-name='all']").count():
            page.locator("[data-name='all']").first.click()
        page.get_by_role("button", name="Go on").first.click()
        page.locator(".stop-brief .inner > *").first.wait_for(state="attached")
        self.look(f"{name}-{card}-00-brief")
        if page.locator(".stop-tabs").is_visible():
            page.locator(".stop-tabs [data-name='ask']").click()
        while isinstance(stop := self.desk.stops.stop(stop_id), StopView) and stop.progress.next is not None:
            self.questions += 1
            question = stop.progress.next
            self.wait_for(question.label, shown=True)
            self.look(f"{name}-{card}-{self.questions:02}-{question.key}")
            self.answer(question)
            self.wait_for(question.label, shown=False)
        self.look(f"{name}-{card}-98-end")
        page.get_by_role("button", name="Finish").click()
        page.locator(".stop-record").wait_for()
        self.look(f"{name}-{card}-99-record")

    def wait_for(self, label: str, *, shown: bool) -> None:
        """Wait until this question is asked, or is no longer."""
        until(lambda: (self.page.locator(".asked").inner_text() == label) is shown)

    def answer(self, one: Question) -> None:
        """Give the first answer that is right."""
        next_ = self.page.locator("[data-name='next']")
        if not one.choices and one.kind is not Kind.ETHNICITY:
            box = self.page.locator("#stop-field")
            if self.how == "keyboard":
                until(lambda: self.page.evaluate("document.activeElement.id") == "stop-field")
                self.page.keyboard.type(RIGHT[one.kind])
                self.page.keyboard.press("Enter")
                return
            box.fill(RIGHT[one.kind])
            next_.tap()
            return
        first = self.page.locator(".stop-picks button").first
        if self.how == "keyboard":
            until(lambda: self.page.evaluate("document.activeElement.closest('.stop-picks') !== null"))
            self.page.keyboard.press("Enter")
        else:
            first.tap()
        if one.kind not in MANY:
            return
        until(lambda: first.get_attribute("aria-pressed") == "true" and next_.inner_text() == "Next")
        if self.how == "keyboard":
            while self.page.evaluate("document.activeElement.dataset.name") != "next":
                self.page.keyboard.press("Tab")
            self.page.keyboard.press("Enter")
        else:
            next_.tap()

    def look(self, name: str) -> None:
        """Note what is wrong with what is shown, by day for each second look, else by night."""
        theme = "day" if self.questions % 2 else "night"
        self.page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        self.page.wait_for_timeout(60)
        if self.pictures is not None:
            self.page.screenshot(path=self.pictures / f"{name}.png")
        wrong = [
            *violations(self.page),
            *(f"cut off: {text}" for text in self.page.evaluate(CUT)),
            *(f"small: {text}" for text in self.page.evaluate(_SMALL, 48)),
        ]
        if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append("wider than the screen")
        if wrong:
            self.found[name] = wrong


def walk(browser: Browser, size: str, pictures: Path | None) -> tuple[int, dict[str, Any]]:
    """Walk through all cards on one size of screen; returns how many questions were asked and what was found."""
    width, height, how = SIZES[size]
    desk = MemoryDesk()
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        audit = AuditLog(folder / "records.db")
        opened.callback(audit.close)
        accounts = CrewAccounts(folder / "records.db", hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        opened.callback(accounts.close)
        accounts.add(COLLAR, NAME, PIN)
        server = ScreenServer(
            desk, screen_rules(), audit=audit, listening=Listening(0), accounts=accounts, clock_utc=lambda: desk.now
        )
        server.start()
        opened.callback(server.stop)
        context = browser.new_context(viewport={"width": width, "height": height}, has_touch=how == "touch")
        opened.callback(context.close)
        log_in(context, server.address)
        page = context.new_page()
        page.goto(server.address)
        page.locator(".full").wait_for()
        page.evaluate(AXE)
        one = Walk(page, desk, how, pictures)
        asked = 0
        for card in desk.stops.cards():
            one.questions = 0
            one.through(card.name, size)
            asked += one.questions
        return asked, one.found


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=tuple(SIZES), default=None)
    parser.add_argument("--pictures", type=Path, default=None, help="write a picture of each view into this folder")
    asked = parser.parse_args()
    if asked.pictures is not None:
        asked.pictures.mkdir(parents=True, exist_ok=True)
    told: dict[str, Any] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        for size in (asked.only,) if asked.only else SIZES:
            questions, found = walk(browser, size, asked.pictures)
            told[size] = {"how": SIZES[size][2], "questions": questions, "found": found}
        browser.close()
    sys.stdout.write(f"{json.dumps(told)}\n")
    sys.exit(1 if any(one["found"] for one in told.values()) else 0)


if __name__ == "__main__":
    main()
