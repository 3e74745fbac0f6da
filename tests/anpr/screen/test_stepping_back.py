"""Sheets and what was typed, while the car moves and when it stands again."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from anpr.screen.server import ScreenServer
from tests.anpr.screen.conftest import until_page
from tests.anpr.screen.desk import MemoryDesk

pytestmark = pytest.mark.browser


def move(page: Page, desk: MemoryDesk, speed_mps: float, shown: str) -> None:
    desk.drive(speed_mps)
    page.wait_for_selector(shown)


def open_sheet(page: Page) -> None:
    page.get_by_role("navigation").get_by_role("button", name="Look up").click()
    page.get_by_label("Registration mark").fill("EY19KBV")
    page.get_by_role("button", name="Add to a list").click()
    page.get_by_label("Reason").fill("Two up, seen at the scene")


def test_a_sheet_steps_back_while_the_car_moves_and_is_as_it_was_when_it_stands(page: Page, desk: MemoryDesk) -> None:
    open_sheet(page)
    page.get_by_role("button", name="7 days").click()
    page.get_by_label("Reason").focus()
    move(page, desk, 20.0, ".driver")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("Escape")  # meant for nothing that is to be seen
    page.keyboard.type("x")
    assert page.evaluate("document.activeElement.tagName") != "INPUT"  # no keyboard of the tablet's stays up
    move(page, desk, 0.0, ".full")
    expect(page.get_by_role("dialog", name="Add an entry")).to_be_visible()
    expect(page.get_by_label("Reason")).to_have_value("Two up, seen at the scene")
    expect(page.get_by_label("Reason")).to_be_focused()
    expect(page.get_by_role("button", name="7 days")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("textbox", name="Registration mark")).to_have_value(
        "EY19KBV"
    )  # the room below is as it was


def test_what_is_typed_into_a_room_is_there_again(page: Page, desk: MemoryDesk) -> None:
    page.get_by_role("navigation").get_by_role("button", name="Look up").click()
    page.get_by_label("Registration mark").fill("EY19")
    move(page, desk, 20.0, ".driver")
    move(page, desk, 0.0, ".full")
    expect(page.get_by_label("Registration mark")).to_have_value("EY19")


def test_a_sheet_that_an_answer_opens_while_the_car_moves_waits(page: Page, desk: MemoryDesk) -> None:
    number = desk.hit("EY19KBV")
    page.locator(".card").first.click()
    for name in ("VRM", "Make", "Colour"):
        page.get_by_role("checkbox", name=name).click()
    page.evaluate(
        """() => { const ask = window.fetch;
             window.fetch = async (...what) => { const answer = await ask(...what); await new Promise((go) => { window.letGo = go; }); return answer; }; }"""
    )
    page.get_by_role("button", name="Confirmed").click()
    until_page(page, "window.letGo !== undefined")  # the car drives off before the page hears that it is done
    move(page, desk, 20.0, ".driver")
    page.evaluate("window.letGo()")
    page.wait_for_selector(".sheet", state="attached")
    expect(page.get_by_role("dialog")).to_be_hidden()
    move(page, desk, 0.0, ".full")
    expect(page.get_by_role("dialog", name="Stop record")).to_be_visible()
    assert number in desk.choices


def test_the_live_picture_goes_on_after_a_drive(page: Page, desk: MemoryDesk) -> None:
    page.get_by_role("navigation").get_by_role("button", name="Camera").click()
    expect(page.get_by_alt_text("Live picture")).to_be_visible()
    move(page, desk, 20.0, ".driver")
    with page.expect_response(lambda answer: "/live/" in answer.url):
        move(page, desk, 0.0, ".full")
    expect(page.get_by_alt_text("Live picture")).to_be_visible()


def test_the_passengers_sheet_steps_back_with_the_passengers_time(
    serve: Callable[..., ScreenServer], open_page: Callable[..., Page], desk: MemoryDesk
) -> None:
    page = open_page(serve().address)
    page.wait_for_selector(".full")
    open_sheet(page)
    for speed_mps, shown in ((20.0, ".driver"), (0.0, ".full"), (20.0, ".driver"), (0.0, ".full")):
        move(page, desk, speed_mps, shown)
    expect(page.get_by_label("Reason")).to_have_value("Two up, seen at the scene")
