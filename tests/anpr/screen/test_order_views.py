"""What the list orders, in a real browser: in sight without scrolling, largest after the mark; and the hidden mark."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from anpr.screen.server import ScreenServer
from anpr.trust.audit import AuditLog
from anpr.values import Hidden
from tests.anpr.screen.conftest import until
from tests.anpr.screen.desk import MemoryDesk
from tests.anpr.screen.pictures import ORDERS

pytestmark = pytest.mark.browser

Serve = Callable[..., ScreenServer]
Open = Callable[..., Page]

INSTRUCTIONS = {
    "silent": "Silent: observe, do not stop", "do-not-stop": "Do not stop", "armed": "Do not stop without armed support",
    "all-markers": "Do not stop: explosives, call control", "missing": "Stop, check welfare", "arrest": "Stop, arrest",
    "stop": "Stop", "other": "Ordered: CHECK LOAD",
}  # fmt: skip

MEASURE = """([order, marks, view]) => {
  const seen = (node) => { const box = node.getBoundingClientRect(); const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return box.top >= 0 && box.left >= 0 && box.right <= innerWidth + 1 && box.bottom <= innerHeight + 1 && !!top && (node.contains(top) || top.contains(node)); };
  const size = (node) => parseFloat(getComputedStyle(node).fontSize);
  const root = document.querySelector(view);
  const texts = [...root.querySelectorAll('*')].filter((node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim()) && !node.closest('.unseen'));
  const one = root.querySelector(order);
  const others = texts.filter((node) => !one.contains(node) && !node.closest(marks));
  return { words: one.textContent, inSight: seen(one), markerInSight: [...root.querySelectorAll('.marker-plaque')].filter((node) => !seen(node)).length,
    order: size(one), mark: Math.max(...[...root.querySelectorAll(marks)].map(size)), largest: Math.max(...others.map(size)),
    covered: [...root.querySelectorAll(marks)].slice(0, 1).filter((node) => !seen(node)).length };
}"""


def measured(page: Page, order: str, marks: str, view: str) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(MEASURE, [order, marks, view])
    return found


def right(found: dict[str, Any], words: str) -> None:
    assert found["words"] == words
    assert found["inSight"], found
    assert not found["covered"], found
    assert not found["markerInSight"], found
    assert found["mark"] > found["order"] > found["largest"], found


@pytest.mark.parametrize(("width", "height"), [(1920, 1200), (1280, 800), (390, 844)])
def test_the_order_is_in_sight_and_largest_after_the_mark(
    serve: Serve, open_page: Open, desk: MemoryDesk, width: int, height: int
) -> None:
    page = open_page(serve().address, width, height)
    page.wait_for_selector(".full")
    for name, entry in ORDERS.items():
        number = desk.hit("KP70FRL", "PNC wanted", **entry)
        if width < 1000 and page.locator(".to-queue").is_visible():
            page.locator(".to-queue").click()
        page.locator(f'.card[data-alert="{number}"]').click()
        expect(page.locator(".alert .order > span")).to_have_text(INSTRUCTIONS[name])
        right(measured(page, ".order", ".mark, .cells td", ".alert-read"), INSTRUCTIONS[name])
        desk.drive(20.0)
        expect(page.locator(".driver-order")).to_have_text(INSTRUCTIONS[name])
        right(measured(page, ".driver-order", ".driver-vrm", ".driver"), INSTRUCTIONS[name])
        expect(page.locator(".driver-vrm")).to_have_text("KP70 FRL")
        desk.acknowledge(number, "x")
        desk.revise(number, state="cleared")
        desk.drive(0.0)
        page.wait_for_selector(".full")


def test_what_the_list_does_not_give_is_said_and_asks_for_no_tick(
    serve: Serve, open_page: Open, desk: MemoryDesk
) -> None:
    page = open_page(serve().address)
    number = desk.hit("EY19KBV", make="", model="", colour="RED")
    expect(page.locator(".vehicle .not-listed")).to_have_text("Make, model not listed")
    expect(page.locator(".ticks .not-listed")).to_have_text("Makenot listed")
    expect(page.get_by_role("checkbox")).to_have_count(2)
    for name in ("VRM agrees", "Colour agrees"):
        expect(page.get_by_role("button", name="Confirmed")).to_be_disabled()
        page.get_by_role("checkbox", name=name).click()
    page.get_by_role("button", name="Confirmed").click()
    until(lambda: number in desk.choices)
    assert desk.choices[number][0].ticks == {"vrm", "colour"}


def test_a_hidden_mark_is_typed_from_the_picture_and_then_confirmed(
    serve: Serve, open_page: Open, desk: MemoryDesk, audit: AuditLog
) -> None:
    page = open_page(serve().address)
    number = desk.hit("EY19KBV", read="EY19K8V", markers="FI", reason="Wanted", information="EY19 KBV is armed")
    desk.hit("EY19K8V", "No tax", reason="No tax")
    page.locator(f'.card[data-alert="{number}"]').click()
    expect(page.locator(".alert-head .mark")).to_have_text("EY19 K_V")
    expect(page.locator(".cells .hidden-cell")).to_have_count(2)
    expect(page.locator(".legend")).to_have_text("1 character left blank: read the picture")
    expect(page.locator(f'.card[data-alert="{number}"] .vrm')).to_have_text("EY19 K_V")
    expect(page.get_by_role("button", name="Confirmed")).to_contain_text("type the blanks first")
    assert "EY19KBV" not in page.content().replace(" ", "")
    page.locator(".tick.type").click()
    sheet = page.get_by_role("dialog", name="Type what the plate says")
    sheet.get_by_role("button", name="8", exact=True).click()
    sheet.get_by_role("button", name="Compare").click()
    expect(sheet).to_contain_text("EY19K8V is not the listed mark")
    expect(sheet).to_contain_text("It is on No tax: Stop")
    expect(sheet).to_contain_text(": a hit was raised")
    assert desk.alerts[desk.next_id - 1].list_vrm == "EY19K8V"  # before anything is decided
    sheet.get_by_role("button", name="Type again").click()
    sheet.get_by_role("button", name="B", exact=True).click()
    sheet.get_by_role("button", name="Compare").click()
    expect(sheet).to_have_count(0)
    expect(page.locator(".alert-head .mark")).to_have_text("EY19 KBV")
    expect(page.locator(".cells td.differs")).to_have_text(["8", "B"])
    expect(page.get_by_role("checkbox", name="VRM agrees")).to_have_attribute("aria-checked", "true")
    desk.revise(number, repeats=1)  # what comes in later takes nothing back
    expect(page.locator(".alert-head .label")).to_contain_text("× 2")
    expect(page.locator(".alert-head .mark")).to_have_text("EY19 KBV")
    for name in ("Make agrees", "Colour agrees"):
        page.get_by_role("checkbox", name=name).click()
    page.get_by_role("button", name="Confirmed").click()
    until(lambda: number in desk.choices)
    typed = [entry.detail["typed"] for entry in audit.entries() if entry.action == "plate typed"]
    assert typed == ["EY19K8V", "EY19KBV"]


def test_a_mark_that_is_another_is_decided_as_such_in_one_tap(serve: Serve, open_page: Open, desk: MemoryDesk) -> None:
    page = open_page(serve().address)
    number = desk.hit("EY19KBV", read="EY19K8V")
    page.locator(".tick.type").click()
    page.locator("#from-picture").fill("8")
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Wrong plate").click()
    until(lambda: number in desk.choices)
    assert (desk.choices[number][0].decision, desk.choices[number][0].typed_vrm) == ("wrong_plate", "EY19K8V")


def test_a_silent_hit_is_seen_and_makes_no_sound(serve: Serve, open_page: Open, desk: MemoryDesk, player: Any) -> None:
    page = open_page(serve().address)
    page.evaluate("() => { window.starts = 0; const start = AudioBufferSourceNode.prototype.start;"
                  "AudioBufferSourceNode.prototype.start = function (...a) { window.starts += 1; return start.apply(this, a); }; }")  # fmt: skip
    expect(page.get_by_role("button", name="Sound Sound on")).to_be_visible()
    number = desk.hit("EY19KBV", "PNC wanted", reason="Stolen", action="SILENT")
    expect(page.locator(".alert .order")).to_contain_text("Silent: observe, do not stop")
    desk.revise(number, state="withdrawn")
    expect(page.locator(".alert-head .tag").first).to_have_text("Withdrawn")
    assert page.evaluate("window.starts") == 0
    desk.hit("EY19KBW", "Local VOI")  # so that it is known that sounds can be counted here
    until(lambda: page.evaluate("window.starts") > 0)
    assert player.played in ([], ["alert"])


@pytest.mark.parametrize("width", [1920, 1280, 390])
def test_an_order_stands_whole_in_the_queue_and_in_what_is_new(
    serve: Serve, open_page: Open, desk: MemoryDesk, width: int
) -> None:
    page = open_page(serve().address, width, 800)
    numbers = {desk.hit("KP70FRL", "PNC wanted", **entry): INSTRUCTIONS[name] for name, entry in ORDERS.items()}
    for number, words in numbers.items():
        line = page.locator(f".card[data-alert='{number}'] .instruction")
        expect(line).to_have_text(words)
        assert line.evaluate(
            "(node) => node.scrollWidth <= node.clientWidth && node.scrollHeight <= node.clientHeight + 2"
        )
    for n in range(20):
        desk.acknowledge(desk.hit(f"AA1{n}AAA", "PNC wanted"), "x")
    late = desk.hit("BB22BBB", "No tax", information="Do not stop without calling control")
    about = page.locator(f".news [data-alert='{late}'] .about")
    expect(about).to_have_text("New · Do not stop before control agrees · No tax")
    assert (
        about.evaluate("(node) => node.scrollWidth <= node.clientWidth && getComputedStyle(node).whiteSpace")
        == "normal"
    )


def test_what_was_ordered_of_a_withdrawn_hit_calls_for_nothing(serve: Serve, open_page: Open, desk: MemoryDesk) -> None:
    page = open_page(serve().address)
    number = desk.hit("EY19KBV", action="STOP")
    look = "(node) => [getComputedStyle(node).backgroundColor, getComputedStyle(node).borderStyle]"
    order = page.locator(".order", has_text="Stop")
    expect(order).to_have_css("border-style", "solid")
    before = order.evaluate(look)
    desk.revise(number, state="withdrawn", probability=0.1)
    expect(order).to_have_css("border-style", "dashed")
    assert order.evaluate(look)[0] != before[0]
    desk.drive(20.0)
    expect(page.locator(".driver-order")).to_have_css("border-style", "dashed")


def test_a_doubt_is_named_by_its_kind_and_never_against_the_probability(
    serve: Serve, open_page: Open, desk: MemoryDesk
) -> None:
    page = open_page(serve().address)
    doubts = {
        desk.hit("EY19KBV", read="EY19K8V", probability=0.97): ["Near match"],
        desk.hit("BB22BBB", probability=0.83): ["Likely"],
        desk.hit("CC33CCC", probability=0.97): [],
        desk.hit("RK64AGY", read="K64AGY", hidden=(Hidden(0, 0.9),), probability=0.31): ["Possible"],
    }
    for number, words in doubts.items():
        page.locator(f".card[data-alert='{number}']").click()
        expect(page.locator(".alert-head .tag")).to_have_text(words)
        expect(page.locator(f".card[data-alert='{number}'] .about")).to_contain_text(
            words[0] if words else "PNC stolen"
        )
