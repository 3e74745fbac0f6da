"""The driver view in a real browser: one alert, one button."""

from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from anpr.config.car import ScreenConfig
from anpr.screen.port import HealthMark
from anpr.screen.server import ScreenServer
from anpr.values import Motion
from tests.anpr.screen.conftest import FullDisk, until, until_page
from tests.anpr.screen.desk import MemoryDesk
from tests.anpr.screen.made_up import told

pytestmark = pytest.mark.browser

SWAP_MS = 600  # a tap within half a second after another alert came up is ignored (driver.js)


def is_seen(desk: MemoryDesk, number: int) -> bool:
    return desk.alerts[number].acknowledged_by == "tablet"


@pytest.fixture
def driving(serve: Callable[..., ScreenServer], open_page: Callable[..., Page], desk: MemoryDesk) -> Page:
    desk.drive(20.0)
    page = open_page(serve().address)
    page.wait_for_selector(".driver-idle")
    return page


def test_an_alert_is_symbol_words_and_one_button(driving: Page, desk: MemoryDesk) -> None:
    desk.hit("EY19KBV", make="BMW", model="X5", colour="BLUE", reason="Stolen", markers="VI FI", motion=Motion.TOWARDS)
    expect(driving.locator(".driver-vrm")).to_have_text("EY19 KBV")
    expect(driving.locator(".driver-label")).to_contain_text("Stolen")
    expect(driving.locator(".driver-short")).to_have_text("BLUE BMW X5")
    expect(driving.locator(".driver-way")).to_have_text("Front · Towards us")
    expect(driving.get_by_role("img", name="Firearms")).to_be_visible()
    expect(driving.get_by_role("img", name="Violent")).to_be_visible()
    expect(driving.get_by_role("img", name="Stolen")).to_be_visible()
    assert driving.get_by_role("button").all_inner_texts() == [
        "",
        "Seen",
    ]  # the first is the passenger's, held and not tapped
    assert driving.locator("img, video, canvas, input, a, nav").count() == 0


def test_one_at_a_time_by_priority_until_all_are_seen(driving: Page, desk: MemoryDesk) -> None:
    low, high, middle = (
        desk.hit("AA11AAA", "No tax"),
        desk.hit("BB22BBB", "PNC wanted"),
        desk.hit("CC33CCC", "Local VOI"),
    )
    for number, mark in ((high, "BB22 BBB"), (middle, "CC33 CCC"), (low, "AA11 AAA")):
        expect(driving.locator(".driver-vrm")).to_have_text(mark)
        driving.wait_for_timeout(SWAP_MS)
        driving.get_by_role("button", name="Seen").click()
        until(partial(is_seen, desk, number))
    expect(driving.locator(".driver-idle")).to_be_visible()
    assert len(desk.order) == 3  # seen is not decided: nothing left the queue


def test_seen_without_its_audit_says_so(
    serve: Callable[..., ScreenServer], open_page: Callable[..., Page], desk: MemoryDesk
) -> None:
    desk.drive(20.0)
    page = open_page(serve(audit=FullDisk()).address)
    number = desk.hit("AA11AAA")
    page.get_by_role("button", name="Seen").click()
    expect(page.locator("#toast")).to_have_text("The audit cannot be written (disk full): check the disk")
    assert desk.alerts[number].acknowledged_by == "tablet"


def test_a_tap_meant_for_the_alert_before_does_not_count(driving: Page, desk: MemoryDesk) -> None:
    first = desk.hit("AA11AAA", "No tax")
    expect(driving.locator(".driver-vrm")).to_have_text("AA11 AAA")
    driving.evaluate(
        """() => new MutationObserver((_, eye) => { const words = document.querySelector('.driver-vrm')?.textContent;
             if (words === 'BB22 BBB') { eye.disconnect(); document.querySelector('.seen').click(); window.tapped = true; } })
             .observe(document.body, {subtree: true, childList: true, characterData: true})"""
    )
    second = desk.hit("BB22BBB", "PNC wanted")
    until_page(driving, "window.tapped")
    driving.wait_for_timeout(SWAP_MS)
    assert not desk.alerts[second].acknowledged_by
    assert not desk.alerts[first].acknowledged_by
    driving.get_by_role("button", name="Seen").click()
    until(lambda: desk.alerts[second].acknowledged_by)


def test_muted_alerts_do_not_fill_the_view_but_wait(driving: Page, desk: MemoryDesk) -> None:
    desk.mute("No tax", True, "x")
    desk.hit("AA11AAA", "No tax")
    desk.hit("BB22BBB", "Local VOI")
    expect(driving.locator(".driver-vrm")).to_have_text("BB22 BBB")
    expect(driving.locator(".seen")).to_have_text("Seen")


def test_later_evidence_is_shown_as_such(driving: Page, desk: MemoryDesk) -> None:
    number = desk.hit("EY19KBV", read="EY19K8V", probability=0.83)
    expect(driving.locator(".tag")).to_have_text("Possible")
    desk.revise(number, state="withdrawn", steps=(told("Later frames read EY19 KBW"),))
    expect(driving.locator(".tag")).to_have_text("Withdrawn")
    expect(driving.locator(".driver-alert")).to_have_attribute("data-state", "withdrawn")
    desk.revise(number, repeats=2)
    expect(driving.locator(".driver-label")).to_contain_text("× 3")


def test_faults_are_alerts_too(driving: Page, desk: MemoryDesk) -> None:
    desk.fault("camera_frozen", "rear", "Rear camera frozen", "Restart the camera")
    expect(driving.locator(".driver-label")).to_contain_text("Rear camera frozen")
    desk.set_health("cameras", "fault", "Rear camera frozen", "Restart the camera")
    expect(driving.get_by_role("img", name="cameras: fault")).to_be_visible()


def test_the_passenger_holds_to_unlock_and_the_time_ends(
    serve: Callable[..., ScreenServer], open_page: Callable[..., Page], desk: MemoryDesk
) -> None:
    desk.drive(20.0)
    page = open_page(serve(section=ScreenConfig(unlock_s=5)).address)
    hold = page.get_by_role("button", name="Passenger")
    hold.click()  # a tap is not enough
    page.wait_for_timeout(400)
    expect(page.locator(".full")).to_have_count(0)
    box = hold.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    expect(page.locator(".full")).to_be_visible()
    page.mouse.up()
    expect(page.locator(".driver")).to_be_visible(timeout=15_000)


def test_the_view_follows_the_car(driving: Page, desk: MemoryDesk) -> None:
    desk.drive(0.0)
    expect(driving.locator(".full")).to_be_visible()
    desk.drive(0.0, trustworthy=False)
    expect(driving.locator(".driver")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(1920, 1200), (1280, 800), (390, 844), (844, 390)])
def test_everything_fits_even_long_words(
    serve: Callable[..., ScreenServer], open_page: Callable[..., Page], desk: MemoryDesk, width: int, height: int
) -> None:
    desk.drive(20.0)
    desk.hit("WWWWWWWWWW", reason="Impersonates", make="MERCEDES-BENZ", model="SPRINTER LWB", markers="FI WE XP VI DR")
    page = open_page(serve().address, width, height)
    page.wait_for_selector(".driver-vrm")
    outside = page.evaluate(
        """() => [...document.querySelectorAll('.driver-vrm, .seen, .driver-label, .driver-under, .driver .plaque')].filter((node) => {
             const box = node.getBoundingClientRect();
             return box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1; }).map((node) => node.className)"""
    )
    assert outside == []


def test_paint_times_come_back_from_the_page(driving: Page, desk: MemoryDesk) -> None:
    driving.wait_for_timeout(300)
    numbers = []
    for n in range(5):
        numbers.append(desk.hit(f"AA1{n}AAA", "PNC wanted"))
        until(lambda: numbers[-1] in {alert for alert, _ in desk.paints})
        desk.acknowledge(numbers[-1], "x")  # one at a time: the next is painted when this one was seen
        expect(driving.locator(".driver-idle")).to_be_visible()
    assert [alert for alert, _ in desk.paints] == numbers
    assert all(40 <= paint_ms < 10_000 for _, paint_ms in desk.paints)  # the desk's frames are 40 ms old when raised


def test_a_demonstration_says_so_in_both_views(driving: Page, desk: MemoryDesk) -> None:
    mark = HealthMark("demo", "warning", "Demo: clip repeats.", "Place and speed are made up.")
    desk.health = (mark, *desk.health)
    desk.drive(20.0)  # tells the page
    expect(driving.locator(".driver-marks .mark").first).to_have_text("Demo")
    desk.drive(0.0)
    expect(driving.locator(".marks .mark").first).to_contain_text("Demo: clip repeats.")
    expect(driving.locator(".trouble")).to_contain_text("Place and speed are made up.")
