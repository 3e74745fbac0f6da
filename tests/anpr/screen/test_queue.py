"""The queue of the full view in a real browser: no mark is cut off, and no new alert stays out of sight."""

import pytest
from playwright.sync_api import Page, expect

from anpr.screen.port import QUEUE_WINDOW
from tests.anpr.screen.client import OFFICER
from tests.anpr.screen.conftest import until
from tests.anpr.screen.desk import MemoryDesk

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_a_card_shows_the_whole_mark(page: Page, desk: MemoryDesk, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    number = desk.hit("MW48CVM", "No insurance")
    desk.revise(number, repeats=10)
    mark = page.locator(f'.card[data-alert="{number}"] .vrm')
    expect(page.locator(f'.card[data-alert="{number}"] .when')).to_contain_text("×11")
    shown, needed = mark.evaluate("node => [node.clientWidth, node.scrollWidth]")
    assert needed <= shown


def test_a_new_alert_far_down_the_queue_is_shown_above_it(page: Page, desk: MemoryDesk) -> None:
    desk.quiet = True
    for number in range(QUEUE_WINDOW + 10):
        desk.acknowledge(desk.hit(f"AB{number}CDE", "PNC stolen"), "tablet")
    desk.quiet = False
    desk.tell()
    news = page.locator(".news")
    expect(page.locator(".card")).to_have_count(QUEUE_WINDOW)
    expect(news).to_be_hidden()
    new = desk.hit("LD24ABC", "No tax")
    expect(news).to_contain_text("LD24 ABC")
    expect(news).to_contain_text("New · Stop · No tax")
    news.get_by_role("button").click()
    expect(page.locator(".side")).to_contain_text("No tax")
    page.locator(".side").get_by_role("button", name="Seen").click()
    expect(news).to_be_hidden()
    until(lambda: desk.alerts[new].acknowledged_by == OFFICER)
    assert desk.alerts[new].decided is None
