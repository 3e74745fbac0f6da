"""What everybody's eyes and fingers need: axe-core in every view, contrast 7:1, 15 mm, and a dark night."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page

from anpr.alerting.decisions import Choice, Decision
from anpr.screen.port import ReadingState
from anpr.screen.rules import screen_rules
from anpr.screen.server import ScreenServer
from anpr.screen.stop_port import StopBegin
from anpr.screen.stop_wire import origin_of_alert
from tests.anpr.screen.conftest import say_why
from tests.anpr.screen.desk import MemoryDesk

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")

TARGET_PX = 132.5  # 15 mm on a panel of 10.1 inch and 1920 x 1200: 224 pixels an inch

CUT = """() => {
  const root = [...document.querySelectorAll('.sheet')].find((node) => node.checkVisibility()) ?? document.body;
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const cut = [];
  while (texts.nextNode()) {
    const node = texts.currentNode, own = node.parentElement;
    if (!node.data.trim() || own.closest('.unseen, #toast, .card .about') || !own.checkVisibility()) continue;
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect(), spare = parseFloat(getComputedStyle(own).fontSize) / 4; // the font is higher than its letters
    for (let at = own; at; at = at.parentElement) {
      const style = getComputedStyle(at), frame = at.getBoundingClientRect();
      if (style.clipPath !== 'none' || [style.overflowX, style.overflowY].includes('auto')) break; // only spoken, or to be scrolled to
      if (style.overflowX !== 'visible' && (box.right > frame.right + 1 || box.left < frame.left - 1 || box.bottom > frame.bottom + spare || box.top < frame.top - spare)) {
        cut.push(`${own.className}: ${node.data}`);
        break;
      }
    }
  }
  return cut;
}"""
"""The texts of which a part cannot be seen. What stands in a card beside the order (reason, list) may be shortened: it is
whole in the alert."""

ROOMS = ("Look up", "Lists", "History", "Camera", "Stop", "Alerts")


def fill(desk: MemoryDesk) -> None:
    for mark in ("LD24ABC", "YK19HTV", "BN66ZXO"):
        desk.sight(mark)
    desk.hit("BD51SMR", "No tax", reason="No tax")
    desk.fault("camera_soft", "rear", "Rear camera out of focus", "Wipe the lens")
    desk.hit(
        "EY19KBV", read="EY19K8V", unsure={0: ("F", 0.3)}, reason="Stolen", markers="VI FI", information="Do not approach",
        also=("No insurance",), probability=0.9,
    )  # fmt: skip
    desk.set_health("gps", "warning", "No fix for 40 s", "Normal in tunnels")
    desk.set_health("lists", "fault", "PNC stolen is 3 days old", "Import by hand")


def views(page: Page, desk: MemoryDesk) -> "list[tuple[str, Callable[[], object]]]":  # noqa: C901 - one small function for each view
    """Every view of the page by name, with what shows it."""

    def show_room(name: str) -> None:
        page.keyboard.press("Escape")  # closes what lies over the page
        if page.locator(".stop-head .leave").is_visible():  # on phones a question has the place of the rooms
            page.locator(".stop-head .leave").click()
        page.get_by_role("navigation").get_by_role("button", name=name).click()
        page.wait_for_timeout(150)

    def show_alert() -> None:
        show_room("Alerts")
        page.locator(".card", has_text="Y19 K").click()

    def show_sheet(name: str) -> None:
        show_alert()
        page.get_by_role("button", name=name).first.click()
        page.wait_for_timeout(150)

    def show_found() -> None:
        show_room("Look up")
        page.get_by_label("Registration mark").fill("EY19KBV")
        page.keyboard.press("Enter")
        say_why(page)
        page.wait_for_selector(".rows .row")

    def show_adding() -> None:
        show_found()
        page.get_by_role("button", name="Add to a list").click()
        page.wait_for_selector("[role=dialog]")

    def show_sighting() -> None:
        show_room("Alerts")
        if page.locator(".strip").is_visible():
            page.locator(".strip button").first.click()
            page.wait_for_selector("[role=dialog]")

    def show_typing() -> None:
        show_sheet("Type")
        page.locator("#from-picture").fill("E8")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Type again").wait_for()

    def show_typed() -> None:
        page.get_by_role("button", name="Type again").click()
        page.locator("#from-picture").fill("EB")
        page.keyboard.press("Enter")
        page.get_by_role("checkbox", name="VRM").wait_for()

    def show_correcting() -> None:
        if page.locator(".strip").is_visible():
            page.get_by_role("dialog").get_by_role("button", name="Correct").click()

    def show_capture() -> None:
        show_room("Camera")
        page.get_by_role("button", name="Capture").click()
        page.wait_for_selector("[role=dialog]")

    def show_past() -> None:
        number = next(number for *_, number in desk.order if desk.alerts[number].list_vrm == "BD51SMR")
        desk.decide(number, Choice(Decision.WRONG_VEHICLE, "mud"), "1234 A. Constable")
        show_room("History")
        page.get_by_role("button", name="Open BD51 SMR").click()

    def show_stop() -> None:
        alert = next(one for one in desk.alerts.values() if one.list_vrm == "EY19KBV")
        known = origin_of_alert(alert, screen_rules(), desk.cameras)
        name = alert.plate_picture.rpartition("-")[0]
        desk.stops.begin(StopBegin("stolen", alert.list_vrm, alert.alert_id, name, known), "1234", lambda: None)
        show_room("Stop")
        page.get_by_role("button", name="Go on").click()
        page.locator(".stop-brief .stop-do").wait_for()

    def show_keys_of_stop() -> None:
        page.locator(".stop-list [data-name='stopped_vrm']").evaluate("line => line.click()")
        page.locator(".stop-ask .asked").wait_for()
        page.wait_for_timeout(150)

    def show_second_device() -> None:
        show_room("Lists")
        page.get_by_role("button", name="Second device").click()

    def show_stop_record() -> None:
        show_alert()
        for name in ("Make", "Colour"):
            page.get_by_role("checkbox", name=name).click()
        page.get_by_role("button", name="Confirmed").click()
        page.wait_for_selector("[role=dialog]")

    def show_put_off() -> None:
        page.get_by_role("button", name="Later").click()
        page.locator(".decided").get_by_role("button", name="Stop record").wait_for()

    def show_order(**entry: Any) -> None:
        number = desk.hit("KP70FRL", "PNC wanted", **entry)
        show_room("Alerts")
        page.locator(f".card[data-alert='{number}']").click()
        page.locator(".order").wait_for()

    def show_lost() -> None:
        page.keyboard.press("Escape")
        desk.silent_s = 9.0
        desk.tell()
        page.wait_for_selector("#lost:not([hidden])")

    def show_withdrawn() -> None:
        desk.silent_s = 0.0
        number = next(number for *_, number in desk.order if desk.alerts[number].kind == "hit")
        desk.revise(number, state="withdrawn", priority=99)
        page.wait_for_selector("[data-state=withdrawn]")

    def show_driver() -> None:
        page.keyboard.press("Escape")
        desk.silent_s = 0.0
        desk.hit("EY19KBX", reason="Stolen", markers="VI FI")  # the first one is confirmed by now
        desk.drive(20.0)
        page.wait_for_selector(".driver-vrm")

    def show_blind() -> None:
        desk.set_reading(ReadingState.BLIND, "Camera front is missing or unplugged.", "Check its cable and power.")
        desk.set_health("gps", "fault", "The GPS receiver is missing or unplugged.", "Check its cable.")
        for number in list(desk.alerts):
            desk.pass_by(number, 300)
        page.wait_for_selector(".driver-idle.blind")

    def show_watching() -> None:
        desk.set_reading(ReadingState.READING)
        page.wait_for_selector(".driver-idle.reading")

    return [
        *((name, lambda name=name: show_room(name)) for name in ROOMS),
        ("wrong plate", lambda: show_sheet("Wrong plate")),
        ("found", show_found),
        ("adding", show_adding),
        ("sighting", show_sighting),
        ("correcting", show_correcting),
        ("capture", show_capture),
        ("past", show_past),
        ("stop", show_stop),
        ("keys of stop", show_keys_of_stop),
        ("second device", show_second_device),
        ("typing", show_typing),
        ("typed", show_typed),
        ("stop record", show_stop_record),
        ("put off", show_put_off),
        ("silent", lambda: show_order(action="SILENT", markers="DR")),
        ("missing", lambda: show_order(reason="Missing person, high risk", make="", model="")),
        ("unknown order", lambda: show_order(action="CHECK LOAD", markers="ZZ, MAY HAVE A DOG")),
        ("lost", show_lost),
        ("driver", show_driver),
        ("withdrawn", show_withdrawn),
        ("blind", show_blind),
        ("watching", show_watching),
    ]


def violations(page: Page) -> list[str]:
    """Serious findings of axe-core, with contrast at 7:1."""
    found = page.evaluate(
        """() => axe.run(document, {resultTypes: ['violations'], rules: {'color-contrast-enhanced': {enabled: true}}})
             .then((all) => all.violations.filter((v) => ['serious', 'critical'].includes(v.impact))
               .map((v) => v.id + ': ' + v.nodes.slice(0, 4).map((n) => n.target.join(' ') + ' ' + (n.any[0]?.message ?? '')).join(' | ')))"""
    )
    return list(found)


@pytest.mark.parametrize(("width", "height", "theme"), [(1920, 1200, "day"), (390, 844, "night")])
def test_axe_finds_nothing_serious_in_any_view(
    serve: Callable[..., ScreenServer],
    open_page: Callable[..., Page],
    desk: MemoryDesk,
    theme: str,
    width: int,
    height: int,
) -> None:
    fill(desk)
    desk.pass_time(10 * 3600 if theme == "day" else 0)
    page = open_page(serve().address, width, height)
    page.wait_for_selector(".full >> nth=0")
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    page.evaluate(AXE)  # through the debugger: the page's own policy stays in force
    found = {}
    for name, show in views(page, desk):
        show()
        if serious := violations(page):
            found[name] = serious
    assert not found, json.dumps(found, indent=1)


def test_axe_finds_nothing_serious_in_the_login(network: ScreenServer, open_page: Callable[..., Page]) -> None:
    assert network.network_address is not None
    page = open_page(network.network_address, 390, 844, ignore_https_errors=True)
    page.wait_for_selector(".login")
    page.evaluate(AXE)
    assert violations(page) == []


@pytest.mark.parametrize(
    ("width", "height", "least_px"), [(1920, 1200, TARGET_PX), (1280, 800, TARGET_PX / 1.5), (390, 844, 0)]
)
def test_targets_are_large_and_nothing_is_cut_off(
    serve: Callable[..., ScreenServer],
    open_page: Callable[..., Page],
    desk: MemoryDesk,
    width: int,
    height: int,
    least_px: float,
) -> None:
    fill(desk)
    page = open_page(serve().address, width, height)
    page.wait_for_selector(".full")
    small, wide, cut = {}, {}, {}
    for name, show in views(page, desk):
        show()
        page.screenshot()  # lays everything out
        sizes = page.evaluate(
            """() => [...document.querySelectorAll('button, input')].filter((node) => node.checkVisibility()).map((node) => {
                 const box = node.getBoundingClientRect(); return [node.textContent || node.id || node.className, box.width, box.height]; })"""
        )
        small[name] = [size for size in sizes if min(size[1:]) < least_px]
        wide[name] = page.evaluate(
            "document.documentElement.scrollWidth > innerWidth"
            " || [...document.querySelectorAll('.sheet button')].some((node) => node.getBoundingClientRect().right > innerWidth"
            " || node.getBoundingClientRect().right > node.closest('[role=dialog]').getBoundingClientRect().right)"
        )
        cut[name] = page.evaluate(CUT)
        if page.locator(".sheet .ends").count():
            ends = page.locator(".sheet .ends").bounding_box()
            assert ends is not None
            assert ends["y"] + ends["height"] <= height + 1, f"{name}: its last buttons are out of sight"
    assert not any(small.values()), small
    assert not any(wide.values()), wide
    assert not any(cut.values()), cut


def test_the_night_has_no_large_bright_area_and_no_blue(page: Page, desk: MemoryDesk) -> None:
    fill(desk)
    for name, show in views(page, desk):
        show()
        page.evaluate("document.querySelectorAll('img').forEach((image) => { image.style.visibility = 'hidden'; })")
        png = np.frombuffer(page.screenshot(), np.uint8)
        page.evaluate("document.querySelectorAll('img').forEach((image) => { image.style.visibility = ''; })")
        decoded = cv2.imdecode(png, cv2.IMREAD_COLOR)
        assert decoded is not None
        picture = decoded.astype(np.float32) / 255
        blue, green, red = cv2.split(picture)
        luminance = 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2
        assert luminance.mean() < 0.06, name
        assert cv2.blur(luminance, (96, 96)).max() < 0.45, name  # no area of a centimetre is bright
        assert blue.mean() < 0.06, name
        assert not ((blue > 0.15) & (blue > np.maximum(red, green) * 0.7)).any(), name
