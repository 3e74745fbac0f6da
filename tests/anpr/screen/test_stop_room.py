"""A stop in a browser: walked through by touch and by keyboard, kept, taken over, finished."""

from collections.abc import Callable
from typing import Any, Final

import cv2
import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from anpr.screen.server import ScreenServer
from anpr.screen.stop_port import FinishedStop, StopView
from anpr.stops.card import Kind
from anpr.stops.field_texts import Typed
from anpr.stops.receipt import check
from tests.anpr.screen.conftest import until
from tests.anpr.screen.desk import MemoryDesk
from tests.anpr.stops.made import RIGHT

pytestmark = pytest.mark.browser

Serve = Callable[..., ScreenServer]

MOST_TAPS: Final = 25
MOST_TYPED: Final = 20


class Hands:
    """An officer's hands on one page: what they tap and type is counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = self.typed = 0

    def tap(self, where: Locator) -> None:
        self.taps += 1
        where.click()

    def type(self, text: str) -> None:
        self.typed += len(text)
        self.page.keyboard.type(text)

    def key(self, name: str, *, exact: bool = True) -> None:
        self.tap(
            self.page.locator(".stop-ask, .stop-brief, .stop-tabs, [role=dialog]").get_by_role(
                "button", name=name, exact=exact
            )
        )


def confirm(page: Page, desk: MemoryDesk) -> int:
    """Have a hit confirmed on the page, with its stop record put off."""
    number = desk.hit("AB51CDE", "No insurance", reason="No insurance")
    page.locator(f".card[data-alert='{number}']").click()
    for name in ("VRM agrees", "Make agrees", "Colour agrees"):
        page.get_by_role("checkbox", name=name).click()
    page.get_by_role("button", name="Confirmed").click()
    page.get_by_role("dialog").get_by_role("button", name="Later").click()
    return number


def asked(page: Page, label: str) -> None:
    expect(page.locator(".asked")).to_have_text(label)


def stop_of(desk: MemoryDesk, stop_id: int = 1) -> StopView | FinishedStop:
    return desk.stops.stop(stop_id)


def test_no_insurance_driver_known_is_short(page: Page, desk: MemoryDesk) -> None:
    confirm(page, desk)
    hands = Hands(page)
    hands.tap(page.get_by_role("button", name="Stop card"))
    expect(page.locator(".stop-head")).to_contain_text("AB51 CDE")
    for label, answer in (
        ("Motor Insurance Database", "no policy"), ("Are make, model and colour as listed?", "yes"),
        ("Who is the driver?", "known to enquiry"),
    ):  # fmt: skip
        asked(page, label)
        hands.key(answer)
    asked(page, "Driver's licence number")
    hands.type("MORGA657054SM9IJ")
    hands.key("Next")
    asked(page, "Driver: self-defined ethnicity")
    hands.key("W1 White: British", exact=False)
    for label, answer in (
        ("Is the driver the registered keeper?", "yes"), ("Evidence of insurance", "none"), ("Outcome", "reported"),
        ("Was anybody or anything searched?", "no"),
    ):  # fmt: skip
        asked(page, label)
        hands.key(answer)
    asked(page, "Powers used")
    hands.key("Stop a vehicle, constable in uniform", exact=False)
    hands.key("Next")
    asked(page, "Grounds")
    hands.key("No policy is found for the vehicle, and no evidence of insurance was shown.")
    hands.key("Next")
    asked(page, "Was force used?")
    hands.key("no")
    asked(page, "Body-worn video")
    hands.key("recorded")
    for label in ("Incident or crime reference", "Others who attended"):
        asked(page, label)
        hands.key("Leave out")
    asked(page, "Advice given")
    hands.key("You may get a letter with a penalty or from a court. Answer it in time.")
    hands.key("Next")
    asked(page, "Everything is answered")
    expect(page.locator(".stop-state")).to_have_text("Kept")
    hands.key("Finish", exact=False)
    expect(page.locator(".stop-record")).to_contain_text("Signed by this tablet")
    assert isinstance(stop_of(desk), FinishedStop)
    assert hands.taps <= MOST_TAPS
    assert hands.typed <= MOST_TYPED


def test_radio_receipt_history_and_addition(page: Page, desk: MemoryDesk) -> None:
    confirm(page, desk)
    page.get_by_role("button", name="Stop card").click()
    page.get_by_role("button", name="Radio").click()
    expect(page.get_by_role("dialog")).to_contain_text("Alpha Bravo five one Charlie Delta Echo.")
    page.keyboard.press("Escape")
    finish_by_hand(desk, page)
    page.get_by_role("navigation", name="Rooms").get_by_role("button", name="History").click()
    page.get_by_role("button", name="Open stop of AB51 CDE").click()
    record = page.locator(".stop-record")
    expect(record).to_contain_text("Signed by this tablet")
    record.get_by_role("button", name="Receipt").click()
    code = page.get_by_role("img", name="QR code of the receipt")
    expect(code).to_be_visible()
    box = code.bounding_box()
    assert box is not None
    assert box["width"] >= 500
    shot = cv2.imdecode(np.frombuffer(code.screenshot(), np.uint8), cv2.IMREAD_COLOR)
    assert shot is not None
    told, _, _ = cv2.QRCodeDetectorAruco().detectAndDecode(shot)
    assert check(told).signed_by
    assert "Vehicle AB51CDE" in told
    page.keyboard.press("Escape")
    record.get_by_role("button", name="Add").click()
    page.get_by_label("What is to be added").fill("He phoned his insurer.")
    page.get_by_role("button", name="Sign and add").click()
    expect(record).to_contain_text("He phoned his insurer.")
    with page.expect_download() as download:
        record.get_by_role("button", name="Export").click()
    assert download.value.suggested_filename == "stop-1.json"


def finish_by_hand(desk: MemoryDesk, page: Page, stop_id: int = 1) -> None:
    """Answer everything that is required at the desk, and finish on the page."""
    sent = 0
    while isinstance(stop := stop_of(desk, stop_id), StopView) and stop.progress.next is not None:
        one = stop.progress.next
        sent += 1
        text = (one.choices[0] if one.choices else RIGHT[one.kind]) if one.required else ""
        answer: Any = (text,) if text and one.kind in (Kind.POWERS, Kind.GROUNDS, Kind.ADVICE, Kind.CHOICES) else text
        desk.stops.type(stop_id, one.key, Typed("test", "1234 A. Constable", answer, sent, 0))
    page.get_by_role("button", name="To the end").click()
    asked(page, "Everything is answered")
    page.get_by_role("button", name="Finish").click()
    page.locator(".stop-record").wait_for()


def test_a_stop_is_walked_through_by_keyboard_alone(page: Page, desk: MemoryDesk) -> None:
    page.keyboard.press("Tab")

    def press_until(found: Callable[[], bool], key: str = "Tab") -> None:
        for _ in range(60):
            if found():
                return
            page.keyboard.press(key)
        raise AssertionError("the keyboard does not reach it")

    def on(words: str) -> Callable[[], bool]:
        return lambda: words in str(page.evaluate("document.activeElement.textContent"))

    press_until(on("Stop"))
    page.keyboard.press("Enter")
    page.locator(".stop-cards button").first.wait_for()
    press_until(on("Road check"))
    page.keyboard.press("Enter")
    asked(page, "Registration mark")
    until(lambda: page.evaluate("document.activeElement.id") == "stop-field")
    page.keyboard.type("AB51CDE")
    page.keyboard.press("Enter")
    asked(page, "Colour as seen")
    press_until(on("Grey"))
    page.keyboard.press("Enter")
    asked(page, "Make and model as seen")
    until(lambda: page.evaluate("document.activeElement.id") == "stop-field")
    page.keyboard.type("Ford Focus")
    page.keyboard.press("Enter")
    until(lambda: page.locator(".asked").inner_text() != "Make and model as seen")
    stop = stop_of(desk)
    assert isinstance(stop, StopView)
    assert dict(stop.progress.values) == {"stopped_vrm": "AB51CDE", "seen_colour": "Grey", "seen_make": "Ford Focus"}


@pytest.fixture
def two_pages(serve: Serve, open_page: Callable[..., Page], desk: MemoryDesk) -> tuple[Page, Page]:
    address = serve().address
    pages = open_page(address), open_page(address)
    for page in pages:
        page.locator(".full").wait_for()
    return pages


def test_two_devices_see_each_other_type_and_take_over(two_pages: tuple[Page, Page], desk: MemoryDesk) -> None:
    one, two = two_pages
    for page in two_pages:
        page.get_by_role("navigation", name="Rooms").get_by_role("button", name="Stop").click()
    one.get_by_role("button", name="Road check").click()
    asked(one, "Registration mark")
    two.get_by_role("navigation", name="Rooms").get_by_role("button", name="Alerts").click()
    two.get_by_role("navigation", name="Rooms").get_by_role("button", name="Stop").click()
    two.get_by_role("button", name="Go on").click()
    asked(two, "Registration mark")
    one.locator("#stop-field").press_sequentially("AB51C")
    expect(two.locator("#stop-field")).to_have_value("AB51C")
    expect(two.locator(".held")).to_contain_text("is at this question")
    two.get_by_role("button", name="Take over").click()
    expect(two.locator(".held")).to_have_count(0)
    until(lambda: two.evaluate("document.activeElement.id") == "stop-field")
    two.keyboard.type("DE")
    expect(one.locator(".held")).to_contain_text("is at this question")
    expect(one.locator(".other")).to_contain_text("AB51C")
    expect(two.locator(".stop-state")).to_have_text("Kept")
    stop = stop_of(desk)
    assert isinstance(stop, StopView)
    assert stop.line.vrm == "AB51CDE"


def test_what_is_not_kept_is_said_and_kept_later(page: Page, desk: MemoryDesk) -> None:
    page.get_by_role("navigation", name="Rooms").get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Road check").click()
    asked(page, "Registration mark")
    page.route("**/api/stop-type", lambda route: route.abort())
    page.locator("#stop-field").press_sequentially("AB51CDE")
    expect(page.locator(".stop-state")).to_have_text("Not kept yet")
    page.unroute("**/api/stop-type")
    expect(page.locator(".stop-state")).to_have_text("Kept")
    stop = stop_of(desk)
    assert isinstance(stop, StopView)
    assert stop.line.vrm == "AB51CDE"
