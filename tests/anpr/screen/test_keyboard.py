"""Every flow of the crew by keyboard alone: a mounted keyboard, or one on a belt in the rain."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from anpr.screen.server import ScreenServer
from tests.anpr.screen.client import PIN, WHY
from tests.anpr.screen.conftest import until
from tests.anpr.screen.desk import MemoryDesk

pytestmark = pytest.mark.browser

_FOCUSED = """() => { const at = document.activeElement;
  return !at.matches('button, input') ? '' : (at.closest('nav') ? 'Room ' : '') + (at.getAttribute('aria-label') ?? '') + at.textContent + at.id; }"""
# in one call: the page may be drawn anew between two
_FOCUSED_AND_OUTLINE = f"() => [({_FOCUSED})(), getComputedStyle(document.activeElement).outlineStyle]"


def tab_to(page: Page, words: str, key: str = "Tab") -> None:
    """Go on by Tab until the control with these words has the keyboard, seen by an outline around it."""
    for _ in range(80):
        page.keyboard.press(key)
        focused, outline = page.evaluate(_FOCUSED_AND_OUTLINE)
        if words in focused:
            assert outline != "none"
            return
    pytest.fail(f"{words} cannot be reached by keyboard")


def press(page: Page, words: str, key: str = "Enter") -> None:
    tab_to(page, words)
    page.keyboard.press(key)


def room(page: Page, name: str) -> None:
    press(page, f"Room {name}")
    expect(page.get_by_role("navigation").get_by_role("button", name=name)).to_have_attribute("aria-current", "page")


def test_confirming_and_the_stop_record_and_every_room(page: Page, desk: MemoryDesk) -> None:
    number = desk.hit("EY19KBV", reason="Stolen")
    expect(page.get_by_role("checkbox", name="VRM agrees")).to_be_enabled()
    for name in ("VRM agrees", "Make agrees", "Colour agrees"):
        press(page, name, "Space")
    press(page, "Confirmed")
    sheet = page.get_by_role("dialog", name="Stop record")
    expect(sheet).to_be_visible()
    press(page, "Vehicle stopped")
    press(page, "Save")
    until(lambda: number in desk.stops)
    expect(sheet).to_have_count(0)  # before that, Tab stays inside
    for name in ("Look up", "Lists", "History", "Camera", "Alerts"):
        room(page, name)


def test_choosing_acknowledging_and_the_other_decisions(page: Page, desk: MemoryDesk) -> None:
    first, second = desk.hit("AA11AAA"), desk.hit("BB22BBB", "Local VOI")
    expect(page.locator(".card")).to_have_count(2)
    press(page, "BB22 BBB")
    expect(page.locator(".cells")).to_contain_text("22BBB")
    press(page, "Seen")
    until(lambda: desk.alerts[second].acknowledged_by)
    press(page, "Wrong plate")
    page.keyboard.type("BB22BBC")
    tab_to(page, "note")
    page.keyboard.type("mud")
    page.keyboard.press("Enter")
    until(lambda: second in desk.choices)
    assert (desk.choices[second][0].typed_vrm, desk.choices[second][0].note) == ("BB22BBC", "mud")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".cells")).to_contain_text("11AAA")
    # The next alert's facts, not one of its decisions.
    expect(page.get_by_role("region", name="What is known")).to_be_focused()
    press(page, "No action")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert "No action" in page.evaluate(_FOCUSED)  # back where it was
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(1)
    page.evaluate("() => { window.before = document.querySelector('[data-name=no_action]'); }")
    desk.acknowledge(first, "the other device")  # the decisions are drawn anew behind the dialog
    page.wait_for_function("() => !window.before.isConnected")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert "No action" in page.evaluate(_FOCUSED)
    page.keyboard.press("Enter")
    press(page, "Save")
    until(lambda: first in desk.choices)


def test_looking_up_adding_and_a_sighting(page: Page, desk: MemoryDesk) -> None:
    desk.sight("LD24ABC")
    press(page, "LD24 ABC")
    expect(page.get_by_role("dialog")).to_contain_text("read with 98 %")
    press(page, "Look up")
    expect(page.get_by_label("Registration mark")).to_have_value("LD24ABC")
    tab_to(page, "vrm")
    page.keyboard.press("Enter")
    press(page, WHY)
    expect(page.locator(".rows")).to_contain_text("On no list in this car")
    press(page, "Add to a list")
    page.keyboard.type("Failed to stop")
    press(page, "4 hours", "Space")
    press(page, "Add")
    until(lambda: desk.added)
    assert (desk.added[0].vrm, desk.added[0].reason) == ("LD24ABC", "Failed to stop")


def test_lists_day_and_night_and_the_marks(page: Page, desk: MemoryDesk) -> None:
    room(page, "Lists")
    press(page, "No tax: sounds")
    until(lambda: desk.muted == {"No tax"})
    expect(page.get_by_role("button", name="No tax: muted")).to_be_focused()
    press(page, "No insurance: on", "Space")
    until(lambda: desk.disabled == {"No insurance"})
    press(page, "Switch to day")
    expect(page.locator("html")).to_have_attribute("data-theme", "day")
    press(page, "GPS")
    expect(page.locator(".trouble")).to_contain_text("Fix, 9 satellites")


def test_the_keyboard_stays_where_it_is_while_alerts_come(page: Page, desk: MemoryDesk) -> None:
    desk.hit("AA11AAA")
    expect(page.locator(".card")).to_have_count(1)
    tab_to(page, "Room History")
    desk.hit("BB22BBB")
    expect(page.locator(".rail .count")).to_have_text("2")
    expect(page.get_by_role("navigation").get_by_role("button", name="History")).to_be_focused()


def test_acknowledging_and_unlocking_while_driving(
    serve: Callable[..., ScreenServer], open_page: Callable[..., Page], desk: MemoryDesk
) -> None:
    desk.drive(20.0)
    page = open_page(serve().address)
    number = desk.hit("EY19KBV")
    expect(page.locator(".driver-vrm")).to_be_visible()
    press(page, "Seen")
    until(lambda: desk.alerts[number].acknowledged_by)
    tab_to(page, "Passenger")
    page.keyboard.down("Enter")
    expect(page.locator(".full")).to_be_visible()
    page.keyboard.up("Enter")
    press(page, "Back to driver view")
    expect(page.locator(".driver")).to_be_visible()


def test_logging_in_and_out(network: ScreenServer, open_page: Callable[..., Page]) -> None:
    assert network.network_address is not None
    page = open_page(network.network_address, ignore_https_errors=True)
    tab_to(page, "collar")
    page.keyboard.type("1234")
    tab_to(page, "pin")
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    expect(page.locator(".full")).to_be_visible()
    press(page, "Crew")
    press(page, "Log out")
    expect(page.get_by_label("Collar number")).to_be_visible()
