"""What an officer types on the page: captures, corrections, marks with wildcards, and notes that outlive page and engine."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from anpr.screen.server import ScreenServer
from tests.anpr.screen.client import OFFICER
from tests.anpr.screen.conftest import say_why, until
from tests.anpr.screen.desk import MemoryDesk
from tests.anpr.screen.test_full_view import room

pytestmark = pytest.mark.browser


def test_a_read_of_the_strip_is_corrected_and_its_hit_is_shown(page: Page, desk: MemoryDesk) -> None:
    desk.hit("EY19KBV", "No tax")
    desk.sight("EY19K8V")
    strip = page.get_by_role("list", name="Latest sightings")
    strip.get_by_role("button").click()
    page.get_by_role("dialog").get_by_role("button", name="Correct").click()
    sheet = page.get_by_role("dialog", name="Correct the read")
    expect(sheet).to_contain_text("The engine read EY19K8V")
    mark = sheet.get_by_label("What the plate says")
    expect(mark).to_have_value("EY19K8V")
    mark.fill("EY19 KB?")
    sheet.get_by_role("button", name="Save").click()
    expect(page.get_by_text("letters and digits")).to_be_visible()
    mark.fill("EY19KBV")
    sheet.get_by_role("button", name="Save").click()
    expect(sheet).to_have_count(0)
    expect(page.locator(".label")).to_contain_text("Stolen")  # the hit that came of it is open
    expect(strip).to_contain_text("EY19 KBVcorrected")
    strip.get_by_role("button").click()
    expect(page.get_by_role("dialog")).to_contain_text("typed by 1234 A. Constable; the engine read EY19K8V")


def test_a_picture_is_captured_tapped_and_typed(page: Page, desk: MemoryDesk) -> None:
    room(page, "Camera")
    page.get_by_role("button", name="Rear").click()
    page.get_by_role("button", name="Capture").click()
    expect(page.get_by_text("This camera gives no picture now")).to_be_visible()
    page.get_by_role("button", name="Front").click()
    page.get_by_role("button", name="Capture").click()
    sheet = page.get_by_role("dialog", name="Capture")
    image = sheet.get_by_role("img", name="The captured picture")
    expect(image).not_to_have_js_property("naturalWidth", 0)
    box = image.bounding_box()
    assert box is not None
    image.click(position={"x": box["width"] / 2, "y": box["height"] * 0.7})
    expect(sheet.get_by_role("img", name="The part that was tapped, enlarged")).to_be_visible()
    frame, whole = sheet.locator(".spot").bounding_box(), sheet.locator(".whole .picture").bounding_box()
    assert frame
    assert whole
    part = sheet.locator(".part").evaluate("(node) => getComputedStyle(node).backgroundSize").split()
    drawn = min(whole["width"] / 16, whole["height"] / 9)  # the picture is 16:9, and may not fill its element
    assert frame["width"] == pytest.approx(16 * drawn * 100 / float(part[0].rstrip("%")), abs=2)
    assert frame["height"] == pytest.approx(9 * drawn * 100 / float(part[1].rstrip("%")), abs=2)
    sheet.get_by_role("button", name="LD24 ABC read with 97 %").click()
    expect(sheet.get_by_label("What the plate says")).to_have_value("LD24ABC")
    sheet.get_by_role("button", name="Save").click()
    expect(page.get_by_text("LD24 ABC is kept. It is on no list in this car.")).to_be_visible()
    ((vrm, actor, place),) = desk.hand.captures
    assert (vrm, actor) == ("LD24ABC", OFFICER)
    assert place == pytest.approx((0.5, 0.7), abs=0.02)
    expect(page.get_by_role("list", name="Latest sightings")).to_contain_text("LD24 ABCtyped")


def test_a_mark_that_is_known_in_part_is_looked_up(page: Page, desk: MemoryDesk) -> None:
    for n in range(70):
        desk.sight(f"LD{n:02d}ABC")
    desk.hit("LD24ABC", "Local VOI")
    room(page, "Look up")
    for key in ("L", "D", "2", "One character that is not known", "Any number of characters that are not known"):
        page.get_by_role("button", name=key, exact=True).click()
    page.get_by_role("main").get_by_role("button", name="Look up").click()
    say_why(page)
    expect(page.locator(".rows")).to_contain_text("Local VOI · LD24 ABC")
    expect(page.locator(".rows .vrm")).to_have_count(10)
    page.get_by_label("Registration mark").fill("LD*")
    page.keyboard.press("Enter")
    say_why(page)
    expect(page.locator(".rows")).to_contain_text("the first 60 of 70 sightings: type more of the mark")


def test_an_entry_in_a_car_without_a_list_of_its_own_makes_one(page: Page, desk: MemoryDesk) -> None:
    desk.own_lists = ()
    desk.tell()
    room(page, "Look up")
    page.get_by_label("Registration mark").fill("LD24ABC")
    page.get_by_role("button", name="Add to a list").click()
    sheet = page.get_by_role("dialog", name="Add an entry")
    expect(sheet).to_contain_text("it is made with this entry")
    sheet.get_by_label("Reason").fill("Failed to stop")
    sheet.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("Added to Crew list")).to_be_visible()
    assert [entry.list_name for entry in desk.added] == ["Crew list"]


def test_half_typed_notes_outlive_the_sheet_the_page_and_are_gone_once_sent(page: Page, desk: MemoryDesk) -> None:
    number = desk.hit("EY19KBV")
    page.get_by_role("button", name="Wrong plate").click()
    sheet = page.get_by_role("dialog", name="Wrong plate")
    sheet.get_by_label("Note").fill("mud on the")
    for key in "EY1":
        sheet.get_by_role("button", name=key, exact=True).click()
    until(lambda: desk.hand.drafts(number, OFFICER) == {"note": "mud on the", "typed": "EY1"})
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Wrong plate").click()
    expect(sheet.get_by_label("Note")).to_have_value("mud on the")
    page.reload()
    page.get_by_role("button", name="Wrong plate").click()
    expect(sheet.get_by_label("Note")).to_have_value("mud on the")
    expect(sheet.get_by_label("What the plate says")).to_have_value("EY1")
    sheet.get_by_role("button", name="Save").click()
    until(lambda: number in desk.choices)
    assert desk.choices[number][0].note == "mud on the"


def test_a_half_answered_stop_record_outlives_its_sheet_and_the_page(page: Page, desk: MemoryDesk) -> None:
    number = desk.hit("EY19KBV")
    for name in ("VRM", "Make", "Colour"):
        page.get_by_role("checkbox", name=name).click()
    page.get_by_role("button", name="Confirmed").click()
    sheet = page.get_by_role("dialog", name="Stop record")
    sheet.get_by_role("button", name="Vehicle stopped").click()
    sheet.get_by_role("button", name="Arrest").click()
    until(lambda: len(desk.hand.drafts(number, OFFICER)) == 2)
    sheet.get_by_role("button", name="Later").click()
    expect(page.locator(".decided")).to_contain_text("Confirmed by 1234 A. Constable")
    page.get_by_role("button", name="Stop record").click()
    for label in ("Vehicle stopped", "Arrest"):
        expect(sheet.get_by_role("button", name=label)).to_have_attribute("aria-pressed", "true")
    sheet.get_by_role("button", name="Arrest").click()
    expect(sheet.get_by_role("button", name="Arrest")).to_have_attribute("aria-pressed", "false")
    sheet.get_by_role("button", name="Save").click()
    until(lambda: number in desk.stops)
    assert desk.stops[number] == {"attended": OFFICER, "outcome": "Vehicle stopped", "result": ""}


def test_the_second_device_is_told_its_address_with_a_code(
    network: ScreenServer, open_page: Callable[..., Page]
) -> None:
    page = open_page(network.address)
    room(page, "Lists")
    page.get_by_role("button", name="Second device").click()
    sheet = page.get_by_role("dialog", name="Second device")
    expect(sheet).to_contain_text(network.network_address or "?")
    expect(sheet).to_contain_text(network.fingerprint)
    code = sheet.get_by_role("img", name=f"QR code of {network.network_address}")
    expect(code).not_to_have_js_property("naturalWidth", 0)


def test_a_card_of_the_queue_shows_the_plate_and_keeps_its_picture(page: Page, desk: MemoryDesk) -> None:
    number = desk.hit("EY19KBV")
    thumb = page.locator(".card .thumb")
    expect(thumb).not_to_have_js_property("naturalWidth", 0)
    thumb.evaluate("(node) => { node.dataset.same = 'yes'; }")
    desk.revise(number, repeats=1)
    expect(page.locator(".card .when")).to_contain_text("×2")
    expect(thumb).to_have_attribute("data-same", "yes")
    desk.revise(number, plate_picture=desk.keep("EY19KBW", 9) + "-plate")
    expect(page.locator(".card .thumb:not([data-same])")).to_have_count(1)
