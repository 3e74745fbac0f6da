"""What the officer of a shift does at the screen, by its own controls, as far as the view of the moment has them."""

import contextlib
from collections.abc import Callable
from typing import Final

from playwright.sync_api import Error, Page

from benchmarks.shift.script import Act
from benchmarks.shift.statements import HIDDEN

WITHIN_MS: Final = 4000
MOST_SEEN: Final = 8
_TYPE_ENTRY: Final = """async ([vrm, list]) => {
  const { act } = await import("/js/api.js");
  return Boolean(await act("add-entry", { vrm, list, reason: "Told by radio", hours: 4, make: "", model: "", colour: "" }));
}"""


class CannotAct(Exception):
    """The screen had no way to do it."""


class Officer:
    """Acts on alerts through the page; `now_s` tells the second of the shift."""

    def __init__(self, page: Page, now_s: Callable[[], float]) -> None:
        self._page = page
        self._now_s = now_s

    def act(self, what: Act, alert_id: int, vrm: str) -> list[tuple[int, float]]:
        """Do it; return the alerts that were acted on, and the second of each. Raises CannotAct."""
        try:
            if what is Act.SEEN:
                return self._see(alert_id)
            self._open(alert_id)
            if what is Act.CONFIRM:
                return [(alert_id, self._confirm(vrm))]
            return [(alert_id, self._decide(what))]
        except Error as error:
            raise CannotAct(f"{what.value}: {error.message.splitlines()[0]}") from error

    def type_entry(self, vrm: str, list_name: str) -> float:
        """Add an entry by hand."""
        if not self._page.evaluate(_TYPE_ENTRY, [vrm, list_name]):
            raise CannotAct(f"the entry was refused: {self._page.locator('#toast').inner_text()}")
        return self._now_s()

    def show_history(self) -> None:
        """Open the history's room."""
        self._room("History")
        with contextlib.suppress(Error):  # an empty history is told by what it lacks
            self._page.locator(".room .rows > *").first.wait_for(timeout=WITHIN_MS)

    def show_alerts(self) -> None:
        """Go back to the alerts' room."""
        self._room("Alerts")

    def _room(self, name: str) -> None:
        self._page.locator(".rail button", has_text=name).first.click(timeout=WITHIN_MS)

    def _see(self, alert_id: int) -> list[tuple[int, float]]:
        if not self._page.locator(".driver").count():
            self._open(alert_id)
            self._page.locator("article.alert button.seen").click(timeout=WITHIN_MS)
            return [(alert_id, self._now_s())]
        done: list[tuple[int, float]] = []
        while len(done) < MOST_SEEN and (not done or done[-1][0] != alert_id):  # one after the other, as they come up
            self._page.wait_for_timeout(600)  # a tap right after another alert came up is passed over
            shown = self._page.locator(".driver main[data-alert]").get_attribute("data-alert", timeout=WITHIN_MS)
            self._page.locator("button.seen").click(timeout=WITHIN_MS)
            done.append((int(shown or 0), self._now_s()))
        return done

    def _open(self, alert_id: int) -> None:
        self._page.locator(f".card[data-alert='{alert_id}']").first.click(timeout=WITHIN_MS)
        self._page.locator(f".card[data-alert='{alert_id}'][aria-current='true']").wait_for(timeout=WITHIN_MS)

    def _confirm(self, vrm: str) -> float:
        ask = self._page.locator(".decide [data-name='type']")
        self._page.locator(".decide .tick").first.wait_for(timeout=WITHIN_MS)
        if ask.count():
            self._type(vrm)
        unticked = self._page.locator(".decide button.tick[aria-checked='false']")
        while unticked.count():
            unticked.first.click(timeout=WITHIN_MS)
        self._page.locator("[data-name='confirm']").click(timeout=WITHIN_MS)
        at_s = self._now_s()
        self._page.locator(".sheet button:visible", has_text="Later").click(timeout=WITHIN_MS)
        following = self._page.locator("[data-name='next']")
        if following.count():
            following.first.click(timeout=WITHIN_MS)
        return at_s

    def _type(self, vrm: str) -> None:
        """Type from the picture what the list's mark hides: all of it, or the blanks."""
        self._page.locator(".decide [data-name='type']").click(timeout=WITHIN_MS)
        sheet = self._page.locator(".sheet:visible")
        blanks = sheet.locator(".blanks").inner_text().replace(" ", "") if sheet.locator(".blanks").count() else ""
        hidden = [letter for letter, shown in zip(vrm, blanks, strict=False) if shown in HIDDEN]
        whole = not hidden or len(blanks) != len(vrm) or "whole" in sheet.inner_text()
        sheet.locator("input").first.fill(vrm if whole else "".join(hidden))
        sheet.locator("button[type='submit']").click(timeout=WITHIN_MS)
        sheet.wait_for(state="detached", timeout=WITHIN_MS)

    def _decide(self, what: Act) -> float:
        self._page.locator(f"[data-name='{what.value}']").click(timeout=WITHIN_MS)
        at_s = self._now_s()
        self._page.locator(".sheet button[type='submit']:visible").click(timeout=WITHIN_MS)
        return at_s
