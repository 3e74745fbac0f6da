"""The driver view in a real browser: one live hit and one button, or whether plates are read."""

import re
from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from anpr.config.car import ScreenConfig
from anpr.screen.port import HealthMark, ReadingState
from anpr.screen.server import ScreenServer
from anpr.screen.sessions import NOBODY
from anpr.values import AlertStep, Motion, StepKind
from tests.anpr.screen.client import OFFICER
from tests.anpr.screen.conftest import FullDisk, until, until_page
from tests.anpr.screen.desk import MemoryDesk
from tests.anpr.screen.made_up import told

pytestmark = pytest.mark.browser

SWAP_MS = 600  # a tap within half a second after another alert came up is ignored (driver.js)


def is_seen(desk: MemoryDesk, number: int) -> bool:
    return desk.alerts[number].acknowledged_by == OFFICER


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
    expect(driving.locator(".driver-way")).to_contain_text("Front · Towards us")
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


def test_a_further_list_shows_at_once_what_was_seen_a_moment_ago(driving: Page, desk: MemoryDesk) -> None:
    number = desk.hit("EY19KBV", "No tax")
    seen = driving.get_by_role("button", name="Seen")
    seen.click()
    until(lambda: desk.alerts[number].acknowledged_by != "")
    expect(seen).to_be_hidden()
    again = AlertStep(StepKind.FURTHER_LIST, desk.now, 0.97)
    desk.revise(number, acknowledged_by="", steps=(again,))
    expect(driving.locator(".driver-vrm")).to_have_text("EY19 KBV", timeout=2500)


def test_seen_without_its_audit_says_so(
    serve: Callable[..., ScreenServer], open_page: Callable[..., Page], desk: MemoryDesk
) -> None:
    desk.drive(20.0)
    page = open_page(serve(audit=FullDisk()).address, logged_in=False)
    number = desk.hit("AA11AAA")
    page.get_by_role("button", name="Seen").click()
    expect(page.locator("#toast")).to_have_text("The audit cannot be written (disk full): check the disk")
    assert desk.alerts[number].acknowledged_by == NOBODY


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
    expect(driving.locator(".tag")).to_have_text("Near match")
    desk.revise(number, state="withdrawn", steps=(told("Later frames read EY19 KBW"),))
    expect(driving.locator(".tag")).to_have_text("Withdrawn")
    expect(driving.locator(".driver-alert")).to_have_attribute("data-state", "withdrawn")
    desk.revise(number, repeats=2)
    expect(driving.locator(".driver-label")).to_contain_text("× 3")


def test_a_live_hit_says_how_long_ago_where_and_how_far(driving: Page, desk: MemoryDesk) -> None:
    number = desk.hit("EY19KBV", motion=Motion.TOWARDS)
    desk.pass_by(number, 6.0, distance_m=20)
    expect(driving.locator(".driver-way")).to_contain_text("Front · Towards us · about 20 m")
    expect(driving.locator(".driver-age")).to_have_text(re.compile(r"^[6-9] s ago$"))
    before = driving.locator(".driver-age").inner_text()
    expect(driving.locator(".driver-age")).not_to_have_text(before)  # it counts


def test_a_hit_steps_back_when_its_vehicle_was_not_seen_for_a_while(driving: Page, desk: MemoryDesk) -> None:
    number = desk.hit("EY19KBV")
    expect(driving.locator(".driver-vrm")).to_have_text("EY19 KBV")
    desk.pass_by(number, 61.0)
    expect(driving.locator(".driver-idle")).to_contain_text("Watching")
    expect(driving.locator(".driver-waiting")).to_have_text("1 waiting")
    desk.pass_by(number, 0.1)  # the same vehicle, seen again
    expect(driving.locator(".driver-vrm")).to_have_text("EY19 KBV")
    expect(driving.locator(".driver-waiting")).to_be_hidden()


def test_one_of_the_past_and_one_of_an_earlier_run_wait(driving: Page, desk: MemoryDesk) -> None:
    desk.revise(desk.hit("AA11AAA"), past=True, last_seen_ns=0)
    desk.revise(desk.hit("BB22BBB"), last_seen_ns=0)
    expect(driving.locator(".driver-waiting")).to_have_text("2 waiting")
    expect(driving.locator(".driver-idle")).to_contain_text("Watching")


def test_a_hit_stays_while_the_engine_is_silent_and_grows_old_all_the_same(
    serve: Callable[..., ScreenServer], open_page: Callable[..., Page], desk: MemoryDesk
) -> None:
    desk.drive(20.0)
    page = open_page(serve(section=ScreenConfig(live_s=5)).address)
    number = desk.hit("EY19KBV")
    expect(page.locator(".driver-vrm")).to_be_visible()
    desk.pass_by(number, 0.0)
    desk.hung.clear()  # the desk answers nobody: what the page has is the last it heard
    expect(page.get_by_role("alert")).to_contain_text("Engine silent")
    expect(page.locator(".driver-title")).to_have_text("Not reading")
    expect(page.locator(".driver-why")).to_have_text("The engine does not answer.")
    desk.hung.set()


@pytest.mark.parametrize(
    ("state", "title"),
    [
        (ReadingState.WAITING, "Not reading yet"),
        (ReadingState.BLIND, "Not reading"),
        (ReadingState.UNDOCKED, "Undocked"),
    ],
)
def test_it_says_watching_only_while_plates_are_read(
    driving: Page, desk: MemoryDesk, state: ReadingState, title: str
) -> None:
    expect(driving.locator(".driver-idle")).to_contain_text("Watching")
    desk.set_reading(state, "Camera front is missing or unplugged.", "Check its cable.")
    expect(driving.locator(".driver-title")).to_have_text(title)
    expect(driving.locator(".driver-idle")).to_contain_text("Camera front is missing or unplugged.Check its cable.")
    expect(driving.locator(".driver-idle")).not_to_contain_text("Watching")
    desk.hit("EY19KBV")  # a hit goes before everything
    expect(driving.locator(".driver-vrm")).to_have_text("EY19 KBV")


LONG_FAULT = (
    "Camera rear cannot be reached (rtsp://192.168.4.20/stream1 did not answer within 5 s: no route to host; the camera, "
    "its cable or the car's router may be off)."
)


def test_a_fault_that_does_not_blind_is_a_line_and_one_that_does_is_large(driving: Page, desk: MemoryDesk) -> None:
    desk.fault("camera_unreachable", "rear", LONG_FAULT, "Check the cable.")
    desk.set_health("cameras", "fault", LONG_FAULT, "Check the cable.")
    expect(driving.locator(".driver-trouble")).to_have_text(LONG_FAULT)
    expect(driving.locator(".driver-idle")).to_contain_text("Watching")
    expect(driving.locator(".driver-waiting")).to_be_hidden()  # a fault waits for nothing
    expect(driving.get_by_role("img", name="cameras: fault")).to_be_visible()
    desk.set_reading(ReadingState.BLIND, LONG_FAULT, "Check the cable.")
    expect(driving.locator(".driver-why")).to_have_text(LONG_FAULT)
    expect(driving.locator(".driver-trouble")).to_be_hidden()  # said once
    desk.hit("EY19KBV")
    expect(driving.locator(".driver-vrm")).to_have_text("EY19 KBV")
    expect(driving.locator(".driver-trouble")).to_have_text(LONG_FAULT)


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


OUTSIDE = """(names) => [...document.querySelectorAll(names)].filter((node) => {
  const box = node.getBoundingClientRect();
  const foot = document.querySelector('.driver-seen');
  const end = foot.hidden || foot.contains(node) ? innerHeight : foot.getBoundingClientRect().top;
  return box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > end + 1
    || (node.matches('.driver-trouble p, .driver-why, .driver-remedy') && node.scrollWidth > node.clientWidth + 1);
}).map((node) => node.className)"""


@pytest.mark.parametrize(("width", "height"), [(1920, 1200), (1280, 800), (390, 844), (844, 390)])
def test_everything_fits_even_long_words_and_no_fault_is_cut_off(
    serve: Callable[..., ScreenServer], open_page: Callable[..., Page], desk: MemoryDesk, width: int, height: int
) -> None:
    desk.drive(20.0)
    number = desk.hit(
        "WWWWWWWWWW", reason="Impersonates", make="MERCEDES-BENZ", model="SPRINTER LWB", markers="FI WE XP VI DR"
    )
    desk.pass_by(number, 1.0, distance_m=120)
    desk.set_health("cameras", "fault", LONG_FAULT, "Check the cable.")
    page = open_page(serve().address, width, height)
    page.wait_for_selector(".driver-vrm")
    expect(page.locator(".driver-trouble")).to_have_text(LONG_FAULT)
    hit = ".driver-vrm, .seen, .driver-label, .driver-under, .driver-way, .driver .plaque, .driver-trouble p, .driver-waiting"
    assert page.evaluate(OUTSIDE, hit) == []
    desk.pass_by(number, 300.0)
    desk.set_reading(ReadingState.BLIND, LONG_FAULT, LONG_FAULT)
    page.wait_for_selector(".driver-idle.blind")
    assert page.evaluate(OUTSIDE, ".driver-title, .driver-why, .driver-remedy, .driver-waiting, .driver .mark") == []


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
