"""The officer at a page of the same controls, without an engine behind it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from benchmarks.shift.officer import CannotAct, Officer
from benchmarks.shift.script import Act

QUEUE = """<button class="card" data-alert="7" onclick="this.setAttribute('aria-current', 'true')">7</button>
<article class="alert"><button class="seen" onclick="did.push('seen')">Seen</button></article>
<div class="decide"><button class="tick type" data-name="type" onclick="typing.hidden = false">Type</button>
<button class="tick" aria-checked="false" onclick="this.setAttribute('aria-checked', 'true'); did.push('tick')">Make</button>
<button data-name="confirm" onclick="did.push('confirmed'); later.hidden = false">Confirmed</button>
<button data-name="no_action" onclick="ask.hidden = false">No action</button></div>
<form class="sheet" id="typing" hidden onsubmit="event.preventDefault(); did.push(this.what.value); this.remove()">
<p class="blanks">EX_6 C_G</p><input name="what"><button type="submit">Compare</button></form>
<form id="ask" hidden onsubmit="event.preventDefault()"><div class="sheet"><button type="submit" onclick="did.push('no action')">Save</button></div></form>
<div class="sheet" id="later" hidden><button onclick="did.push('later')">Later</button></div>
<script>window.did = []; for (const id of ["typing", "ask", "later"]) window[id] = document.getElementById(id);</script>"""
DRIVER = """<div class="driver"><main data-alert="7"></main></div><button class="seen" onclick="did.push('seen')">Seen</button><script>window.did = [];</script>"""


@pytest.fixture
def blank(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def acted(page: Page, html: str, what: Act) -> list[str]:
    page.set_content(html)
    assert Officer(page, lambda: 12.0).act(what, 7, "EX46CDG") == [(7, 12.0)]
    return list(page.evaluate("did"))


@pytest.mark.browser
def test_the_officer_sees_decides_and_confirms_with_what_the_screen_asks_for(blank: Page) -> None:
    assert acted(blank, DRIVER, Act.SEEN) == ["seen"]
    assert acted(blank, QUEUE, Act.SEEN) == ["seen"]
    assert acted(blank, QUEUE, Act.NO_ACTION) == ["no action"]
    assert acted(blank, QUEUE, Act.CONFIRM) == ["4D", "tick", "confirmed", "later"]


@pytest.mark.browser
def test_what_the_screen_has_no_way_to_is_said(blank: Page) -> None:
    blank.set_content(QUEUE)
    with pytest.raises(CannotAct, match="wrong_plate"):
        Officer(blank, lambda: 12.0).act(Act.WRONG_PLATE, 7, "EX46CDG")
