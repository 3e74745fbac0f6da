"""The login at the tablet's own page: what is there before it, two officers at once, and what is left when they go."""

from collections.abc import Callable
from functools import partial

from playwright.sync_api import Page, expect

from anpr.screen.server import ScreenServer
from anpr.screen.sessions import NOBODY
from anpr.trust.accounts import CrewAccounts
from anpr.trust.audit import AuditLog
from tests.anpr.screen.client import COLLAR, NAME, OFFICER, PIN, WHY, actions, log_in
from tests.anpr.screen.conftest import until
from tests.anpr.screen.desk import MemoryDesk

Serve = Callable[..., ScreenServer]
Open = Callable[..., Page]

OTHER_PIN = "480275"


def type_in(page: Page, collar: str = COLLAR, pin: str = PIN) -> None:
    """Log in as an officer does: by the form's own fields and keys."""
    page.fill("#collar", collar)
    page.locator("#pin").click()
    for digit in pin:
        page.locator(".keypad button", has_text=digit).first.click()
    page.locator(".keypad button[type='submit']").click()


def test_before_a_login_hits_are_shown_and_seen_and_nothing_else_is_there(
    serve: Serve, open_page: Open, desk: MemoryDesk, audit: AuditLog
) -> None:
    desk.sight("CD52EFG")
    page = open_page(serve().address, logged_in=False)
    expect(page.locator(".driver-nobody")).to_contain_text("Nobody is logged in")
    number = desk.hit("AB51CDE")
    expect(page.locator(".driver-vrm")).to_have_text("AB51 CDE")
    assert "CD52" not in page.inner_text("body")
    assert page.locator(".full, .rail, img").count() == 0
    page.locator("[data-name='log in']").click()
    expect(page.locator(".driver-vrm")).to_be_visible()  # a hit goes before a login
    page.locator("button.seen").click()
    until(lambda: desk.alerts[number].acknowledged_by == NOBODY)
    expect(page.locator(".login")).to_be_visible()
    type_in(page, pin="000001")
    expect(page.locator(".refused")).to_contain_text("wrong")
    page.locator(".login button", has_text="Back").click()
    page.locator("[data-name='mute all']").click()
    until(lambda: bool(desk.muted))
    page.locator("[data-name='log in']").click()
    type_in(page)
    page.wait_for_selector(".full")
    expect(page.locator(".now small")).to_have_text(NAME)
    expect(page.locator(".strip")).to_contain_text("CD52")
    assert [entry.actor for entry in audit.entries() if entry.action == "logged in"] == [OFFICER]


def test_while_it_moves_the_passenger_holds_the_sign_to_log_in(serve: Serve, open_page: Open, desk: MemoryDesk) -> None:
    desk.drive(20.0)
    page = open_page(serve().address, logged_in=False)
    expect(page.locator(".driver-idle")).to_be_visible()
    assert page.locator("[data-name='log in']").count() == 0
    page.locator(".hold").hover()
    page.mouse.down()
    expect(page.locator(".login")).to_be_visible()
    page.mouse.up()
    type_in(page)
    expect(page.locator(".driver")).to_be_visible()  # logged in, and it still moves
    until(lambda: page.evaluate("(async () => (await import('/js/store.js')).store.officers.length)()") == 1)


def test_two_officers_are_asked_whose_it_is_each_time(
    serve: Serve, open_page: Open, desk: MemoryDesk, audit: AuditLog, accounts: CrewAccounts
) -> None:
    accounts.add("5678", "B. Constable", OTHER_PIN)
    page = open_page(serve().address)
    page.wait_for_selector(".full")
    page.locator("[data-name='crew']").click()
    page.locator(".sheet button", has_text="Log in another officer").click()
    type_in(page, "5678", OTHER_PIN)
    expect(page.locator(".now small")).to_have_text("A. Constable, B. Constable")
    first, second = desk.hit("AB51CDE"), desk.hit("CD52EFG")  # one that nobody has seen goes before a login
    for number, name in ((first, "B. Constable"), (second, "A. Constable")):
        page.locator(f".card[data-alert='{number}']").click()
        page.locator("[data-name='no_action']").click()
        page.locator(".sheet button[type='submit']").click()
        expect(page.locator(".question h2")).to_have_text("Whose is it?")
        page.locator(".question .answers button", has_text=name).click()
        until(partial(desk.choices.get, number))
    assert [desk.choices[n][1] for n in (first, second)] == ["5678 B. Constable", OFFICER]
    page.locator(".rail button", has_text="Look up").click()
    page.fill("input.vrm", "AB51CDE")
    page.locator(".page button[type='submit']").click()
    page.locator(".question button", has_text="Back").click()  # nobody says why: nothing is looked up
    assert "search" not in actions(audit)
    page.locator(".page button[type='submit']").click()
    page.locator(".question .answers button", has_text=WHY).click()
    page.locator(".question .answers button", has_text="B. Constable").click()
    expect(page.locator(".rows h2").first).to_contain_text("AB51 CDE")
    (search,) = (entry for entry in audit.entries() if entry.action == "search")
    assert (search.actor, search.detail) == ("5678 B. Constable", {"vrm": "AB51CDE", "reason": WHY})


def test_what_an_officer_had_open_is_not_there_for_the_next(
    serve: Serve, open_page: Open, desk: MemoryDesk, audit: AuditLog
) -> None:
    server = serve()
    page = open_page(server.address)
    page.wait_for_selector(".full")
    page.locator(".rail button", has_text="Look up").click()
    page.fill("input.vrm", "AB51CDE")
    page.locator(".page button[type='submit']").click()
    page.locator(".question .answers button").first.click()
    expect(page.locator(".rows h2").first).to_contain_text("AB51 CDE")
    page.locator("[data-name='crew']").click()
    page.locator(f"[data-name='log out {COLLAR}']").click()
    expect(page.locator(".driver-nobody")).to_be_visible()
    assert "AB51" not in page.inner_text("body")
    assert page.locator(".sheet").count() == 0
    number = desk.hit("EF53GHJ")  # alerts go on
    expect(page.locator(".driver-vrm")).to_have_text("EF53 GHJ")
    page.locator("button.seen").click()
    until(lambda: desk.alerts[number].acknowledged_by == NOBODY)
    page.locator("[data-name='log in']").click()
    type_in(page)
    page.wait_for_selector(".full")
    assert "AB51" not in page.inner_text("body")
    assert page.locator(".rail button[aria-current='page']").inner_text().startswith("Alerts")


def test_a_car_without_accounts_says_on_the_page_what_to_do(
    serve: Serve, open_page: Open, desk: MemoryDesk, accounts: CrewAccounts
) -> None:
    accounts.remove(COLLAR)
    page = open_page(serve().address, logged_in=False)
    expect(page.locator(".driver-nobody")).to_contain_text("anpr crew add")
    page.locator("[data-name='log in']").click()
    expect(page.locator(".no-account")).to_contain_text("anpr crew add")
    accounts.add(COLLAR, NAME, PIN)
    expect(page.locator(".no-account")).to_be_hidden()


def test_an_officer_who_is_removed_leaves_the_page_alerting(
    serve: Serve, open_page: Open, desk: MemoryDesk, accounts: CrewAccounts
) -> None:
    accounts.add("5678", "B. Constable", OTHER_PIN)
    server = serve()
    page = open_page(server.address, logged_in=False, goto=False)
    log_in(page.context, server.address, "5678", OTHER_PIN)
    page.goto(server.address)
    page.wait_for_selector(".full")
    accounts.remove("5678")
    expect(page.locator(".driver-nobody")).to_be_visible()
    desk.hit("AB51CDE")
    expect(page.locator(".driver-vrm")).to_have_text("AB51 CDE")
