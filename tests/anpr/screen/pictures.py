"""Pictures of every view of the screen, to be looked at: `python -m tests.anpr.screen.pictures FOLDER [--only WORDS]`.

Each view is taken by night and by day, on the tablet (1920 x 1200), a small window (1280 x 800) and a phone, with
made-up alerts; those of the README are made from them (`--webp`).
"""

import argparse
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import cv2
from argon2 import PasswordHasher
from playwright.sync_api import Browser, Page, expect, sync_playwright

from anpr.alerting.decisions import AGREEMENTS, Choice, Decision, Look
from anpr.enquiries.answer import EnquiryAnswer, Outcome, Told
from anpr.screen.port import ReadingState
from anpr.screen.rules import screen_rules
from anpr.screen.server import Listening, ScreenServer
from anpr.trust.accounts import CrewAccounts
from anpr.trust.audit import AuditLog
from anpr.values import AlertStep, Hidden, Motion, StepKind
from tests.anpr.screen.client import COLLAR, NAME, PIN, log_in
from tests.anpr.screen.conftest import CHROMIUM_FLAGS, chromium
from tests.anpr.screen.desk import MemoryDesk

THEMES = ("night", "day")
TOGGLE = """async () => {
    (await import("/js/theme.js")).toggleTheme();
    (await import("/js/store.js")).changed();
}"""
"""What the button for day and night does; the driver view has no such button."""
SIZES = {"tablet": (1920, 1200), "small": (1280, 800), "phone": (390, 844)}

ORDERS: Mapping[str, Mapping[str, Any]] = {
    "silent": {"reason": "Stolen", "action": "SILENT", "markers": "DR"},
    "do-not-stop": {"reason": "Intelligence", "information": "Do not stop; report place"},
    "armed": {"reason": "Wanted", "markers": "FI VI WE"},
    "all-markers": {"reason": "x", "markers": "FI WE XP VI DR ES SU MN AT CO IS ZZ"},
    "missing": {"reason": "Missing person, high risk", "make": "", "model": ""},
    "arrest": {"reason": "Wanted on warrant", "action": "ARREST"},
    "stop": {"reason": "Stolen", "colour": ""},
    "other": {"reason": "x", "action": "CHECK LOAD", "markers": "ZZ, MAY HAVE A DOG"},
}
"""An entry of each kind of order."""
MISSING = (
    "Camera front is missing or unplugged (/dev/video0: no such device).",
    "Check its cable and power; reading goes on by itself when it is back.",
)
LONG = (
    "Camera rear cannot be reached (rtsp://192.168.4.20/stream1 did not answer within 5 s: no route to host; the camera, "
    "its cable or the car's router may be off)."
)

SECOND = ("5678", "480275")
"""Collar number and PIN of the second officer."""

Show = Callable[[Page, MemoryDesk], object]


def night_shift(desk: MemoryDesk) -> None:
    """What a crew might have on its screen at two in the morning."""
    for n in range(6):
        choice = Choice(
            Decision.WRONG_PLATE if n == 2 else Decision.WRONG_VEHICLE, note="mud on the plate" if n == 2 else ""
        )
        desk.decide(desk.hit(f"KN{n}8WTE", "No tax", reason="No tax"), choice, "1234 A. Constable")
        desk.pass_time(700)
    for mark in ("LD24ABC", "YK19HTV", "BN66ZXO", "KP70FRL", "SV95HKO", "MA46CVS", "GX48MPY", "PO98GWH"):
        desk.sight(mark)
        desk.pass_time(9)
    desk.acknowledge(
        desk.hit("WR45NDX", "No insurance", reason="No insurance", make="SKODA", model="OCTAVIA", colour="SILVER"),
        "tablet",
    )
    desk.pass_time(40)
    desk.hit("BD51SMR", "No tax", reason="No tax", make="VAUXHALL", model="CORSA", colour="RED")
    desk.pass_time(15)
    soft = desk.hit(
        "HC44XRJ", "Local VOI", reason="Seen at burglaries", make="AUDI", model="A3", colour="BLACK", action="SILENT"
    )
    desk.revise(soft, state="withdrawn", steps=(AlertStep(StepKind.WITHDRAWN, desk.now, 0.21),))
    desk.pass_time(20)
    desk.hit(
        "EY19KBV", read="EY19K8V", unsure={0: ("F", 0.3)}, reason="Stolen in burglary", markers="VI FI", make="BMW",
        model="X5", colour="BLUE", information="Do not approach alone. Keys taken in burglary at Solihull, 21 November.",
        also=("No insurance",), probability=0.9, force_area="West Midlands", weed_date="2027-03-31", cad="4471-21NOV",
        motion=Motion.AWAY,
    )  # fmt: skip
    desk.pass_time(4)


def _room(name: str) -> Show:
    return lambda page, _: page.get_by_role("navigation").get_by_role("button", name=name).click()


def _alerts(page: Page, _: MemoryDesk) -> None:
    page.get_by_role("navigation").get_by_role("button", name="Alerts").click()
    if not page.locator(".side").is_visible():
        page.locator(".card").first.click()


def _sheet(name: str) -> Show:
    def show(page: Page, desk: MemoryDesk) -> None:
        _alerts(page, desk)
        page.get_by_role("button", name=name).first.click()

    return show


def _look_up(page: Page, desk: MemoryDesk) -> None:
    _room("Look up")(page, desk)
    page.get_by_label("Registration mark").fill("EY19KBV")
    page.keyboard.press("Enter")
    page.locator(".question .answers button").first.click()
    page.locator(".rows .row").first.wait_for()


def _add(page: Page, desk: MemoryDesk) -> None:
    _room("Look up")(page, desk)
    page.get_by_label("Registration mark").fill("EY19KBV")
    page.get_by_role("button", name="Add to a list").click()


def _found_many(page: Page, desk: MemoryDesk) -> None:
    for n in range(70):
        desk.sight(f"EY{n:02d}KBV")
    desk.hand.correct(3, "BN66ZXD", "1234 A. Constable")
    _room("Look up")(page, desk)
    page.get_by_label("Registration mark").fill("*KBV")
    page.keyboard.press("Enter")
    page.locator(".question .answers button").first.click()
    page.locator(".rows .row").first.wait_for()


def _capture(page: Page, desk: MemoryDesk) -> None:
    _room("Camera")(page, desk)
    page.get_by_role("button", name="Capture").click()
    image = page.get_by_role("img", name="The captured picture")
    expect(image).to_have_js_property("complete", value=True)
    image.click(position={"x": 150, "y": 120})


def _past(page: Page, desk: MemoryDesk) -> None:
    number = desk.hit("EY19KBV", reason="Stolen", make="BMW", model="X5", colour="BLUE", read="EY19K8V")
    look = Look("screen", "EY19K8V", "EY19KBV", desk.now, "EY19KBV")
    desk.decide(
        number, Choice(Decision.CONFIRMED, "two in it", ticks=frozenset(AGREEMENTS), look=look), "1234 A. Constable"
    )
    desk.record_stop(number, {"attended": "PC 1234", "outcome": "Vehicle stopped", "result": "Arrest"}, "1234")
    _room("History")(page, desk)
    page.get_by_role("button", name="Open EY19 KBV").click()


def _correct(page: Page, desk: MemoryDesk) -> None:
    _sighting(page, desk)
    if page.get_by_role("button", name="Correct").is_visible():
        page.get_by_role("button", name="Correct").click()


def _typed(page: Page, desk: MemoryDesk) -> None:
    desk.hand.correct(8, "EY19KBV", "1234 A. Constable")
    number = desk.next_id - 1
    desk.revise(number, typed_by="1234 A. Constable", engine_read="PO98GWH")
    page.locator(f"[data-alert='{number}']").first.click()


def _device(page: Page, desk: MemoryDesk) -> None:
    _room("Lists")(page, desk)
    page.get_by_role("button", name="Second device").click()


def _sighting(page: Page, desk: MemoryDesk) -> None:
    if page.locator(".strip").is_visible():
        page.locator(".strip button").first.click()


def _stop(page: Page, desk: MemoryDesk) -> None:
    _alerts(page, desk)
    page.locator(".tick.type").click()
    page.locator("#from-picture").fill("EB")
    page.keyboard.press("Enter")
    for name in ("Make", "Colour"):
        page.get_by_role("checkbox", name=name).click()
    page.get_by_role("button", name="Confirmed").click()


def _another(page: Page, desk: MemoryDesk) -> None:
    _sheet("Type")(page, desk)
    page.locator("#from-picture").fill("E8")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Type again").wait_for()


def _order(show: Show, **entry: Any) -> Show:
    """Have a hit of another order on top of the queue before it is shown."""

    def shown(page: Page, desk: MemoryDesk) -> None:
        number = desk.hit("KP70FRL", "PNC wanted", **entry)
        page.locator(f".card[data-alert='{number}']").click()
        show(page, desk)

    return shown


def _driver(page: Page, desk: MemoryDesk) -> None:
    desk.drive(20.0)
    page.locator(".driver-vrm").wait_for()


def _live(page: Page, desk: MemoryDesk) -> None:
    desk.pass_by(_number(desk, "EY19KBV"), 6, distance_m=20)
    _driver(page, desk)


def _number(desk: MemoryDesk, vrm: str) -> int:
    return next(a.alert_id for a in desk.state().alerts if a.list_vrm == vrm)


def _possible(show: Show) -> Show:
    """Have a hit on top of which the first character is hidden, and such a sighting in the strip."""

    def shown(page: Page, desk: MemoryDesk) -> None:
        desk.sight("K64AGY", 0.09, hidden=(Hidden(0, 0.9),))
        desk.sight("HX21", 0.4, hidden=(Hidden(4, 0.6),), possible=True)
        desk.revise(_number(desk, "EY19KBV"), acknowledged_by="tablet")
        number = desk.hit(
            "RK64AGY", "PNC wanted", read="K64AGY", hidden=(Hidden(0, 0.9),), probability=0.31, reason="Wanted on warrant",
            make="BMW", model="X5", colour="BLUE", markers="VI",
        )  # fmt: skip
        page.locator(f".card[data-alert='{number}']").click()
        show(page, desk)

    return shown


def _idle(page: Page, desk: MemoryDesk) -> None:
    """The hits have gone by: none is live, all wait."""
    for number in list(desk.alerts):
        desk.pass_by(number, 300)
    desk.drive(20.0)
    page.locator(".driver-idle").wait_for()


def _idle_while(state: ReadingState, text: str, remedy: str, *, mark: str = "fault") -> Show:
    def show(page: Page, desk: MemoryDesk) -> None:
        desk.set_reading(state, text, remedy)
        desk.set_health("cameras", mark, text, remedy)
        _idle(page, desk)
        page.locator(f".driver-idle.{state.value}").wait_for()

    return show


def _blind_with_hit(page: Page, desk: MemoryDesk) -> None:
    desk.set_reading(ReadingState.BLIND, *MISSING)
    desk.set_health("cameras", "fault", *MISSING)
    _live(page, desk)


def _driver_trouble(page: Page, desk: MemoryDesk) -> None:
    _trouble(page, desk)
    desk.set_health("lists", "fault", LONG)
    _live(page, desk)


def _idle_trouble(page: Page, desk: MemoryDesk) -> None:
    _trouble(page, desk)
    desk.set_health("lists", "fault", LONG)
    _idle(page, desk)


def _sheet_back(page: Page, desk: MemoryDesk) -> None:
    """A sheet that stepped back while the car moved, and came up again."""
    _add(page, desk)
    page.get_by_label("Reason").fill("Seen at the scene, two up")
    desk.drive(20.0)
    page.locator(".driver").wait_for()
    desk.drive(0.0)
    page.locator(".full").wait_for()


def _fault_open(page: Page, desk: MemoryDesk) -> None:
    number = desk.fault(
        "camera_unreachable", "rear", LONG, "Check the network cable, the camera's power and the car's router."
    )
    page.locator(f".card[data-alert='{number}']").click()


def _withdrawn(page: Page, desk: MemoryDesk) -> None:
    number = _number(desk, "EY19KBV")
    desk.revise(number, state="withdrawn", steps=(AlertStep(StepKind.WITHDRAWN, desk.now, 0.12),))
    _driver(page, desk)


def _trouble(page: Page, desk: MemoryDesk) -> None:
    desk.set_health("gps", "warning", "No fix for 40 s", "Normal in tunnels; else check the aerial")
    desk.set_health(
        "lists", "fault", "Too old: PNC stolen, 3 days", "Drive to where there is network, or import by hand"
    )
    desk.fault("camera_soft", "rear", "Rear camera out of focus", "Wipe the lens")


def _registers(page: Page, desk: MemoryDesk) -> None:
    """What DVLA and DVSA say of the open hit: another make and colour than the list."""
    at = desk.now
    desk.revise(
        _number(desk, "EY19KBV"),
        enquiry=EnquiryAnswer(
            "EY19KBV", at, at, (Told("DVLA", Outcome.FOUND, at), Told("DVSA", Outcome.DOWN, at, again=True)),
            tax="Untaxed", tax_until="2026-10-01", mot="Valid", mot_until="2027-03-31", make="FORD", model="FOCUS ZETEC",
            colour="GREY", year=2019, fuel="PETROL", mileage=84_210, mileage_unit="mi", tested="2026-03-28", test_result="Passed",
        ),
    )  # fmt: skip
    _alerts(page, desk)


def _lost(page: Page, desk: MemoryDesk) -> None:
    desk.silent_s = 4.0
    desk.tell()
    page.get_by_role("alert").wait_for()


def _reason(page: Page, desk: MemoryDesk) -> None:
    _room("Look up")(page, desk)
    page.get_by_label("Registration mark").fill("EY19KBV")
    page.keyboard.press("Enter")
    page.locator(".question").wait_for()


def _two(page: Page, desk: MemoryDesk) -> None:
    del desk
    log_in(page.context, page.url, *SECOND)
    page.reload()
    page.locator(".card").first.wait_for()


def _whose(page: Page, desk: MemoryDesk) -> None:
    _two(page, desk)
    _sheet("No action")(page, desk)
    page.locator(".sheet button[type='submit']").click()
    page.locator(".question").wait_for()


def _crew(page: Page, desk: MemoryDesk) -> None:
    _two(page, desk)
    page.locator("[data-name='crew']").click()


def _nobody(page: Page, desk: MemoryDesk) -> None:
    """Log out; the hits of the night wait to be seen."""
    del desk
    page.locator("[data-name='crew']").click()
    page.get_by_role("button", name="Log out").first.click()
    page.locator(".driver-watch").wait_for()


def _nobody_idle(page: Page, desk: MemoryDesk) -> None:
    for number in list(desk.alerts):
        desk.acknowledge(number, "1234 A. Constable")
    _nobody(page, desk)
    page.locator(".driver-nobody").wait_for()


def _tablet_login(page: Page, desk: MemoryDesk) -> None:
    _nobody_idle(page, desk)
    page.locator("[data-name='log in']").click()
    page.locator(".login").wait_for()


VIEWS: dict[str, Show] = {
    "nobody-hit": _nobody, "nobody-idle": _nobody_idle, "tablet-login": _tablet_login, "whose": _whose, "crew": _crew, "reason": _reason,
    "full": lambda page, desk: None, "phone-alert": _alerts, "trouble": _trouble, "wrong-plate": _sheet("Wrong plate"),
    "look-up": _room("Look up"), "found": _look_up, "add": _add, "lists": _room("Lists"), "history": _room("History"),
    "camera": _room("Camera"), "capture": _capture, "past": _past, "correct": _correct, "typed": _typed,
    "device": _device, "many": _found_many, "sighting": _sighting, "stop": _stop, "driver": _driver, "driver-idle": _idle,
    "driver-withdrawn": _withdrawn, "lost": _lost, "typing": _sheet("Type"), "typed-another": _another,
    **{
        f"order-{name}{view}": _order(show, **entry)
        for name, entry in ORDERS.items()
        for view, show in (("", _alerts), ("-driver", _driver))
    },
    "driver-live": _live, "driver-trouble": _driver_trouble,
    "driver-idle-trouble": _idle_trouble, "driver-blind": _idle_while(ReadingState.BLIND, *MISSING),
    "driver-blind-hit": _blind_with_hit,
    "driver-waiting": _idle_while(ReadingState.WAITING, "Waiting for front.", "Wait a moment.", mark="warning"),
    "driver-undocked": _idle_while(
        ReadingState.UNDOCKED, "Plates are not read.", "Dock the tablet to read again.", mark="warning"
    ),
    "possible": _possible(lambda page, desk: None), "possible-driver": _possible(_driver),
    "possible-sighting": _possible(_sighting),
    "sheet-back": _sheet_back, "registers": _registers, "fault-open": _fault_open,
}  # fmt: skip
"""Every view by its name, with what shows it on a fresh page of a standing car."""


def take(browser: Browser, out: Path, only: str = "") -> None:
    """Write a PNG of each view whose name has the words in it, by night and then by day of the same page."""
    for size, (width, height) in SIZES.items():
        for view, show in VIEWS.items():
            paths = {theme: out / f"{view}-{theme}-{size}.png" for theme in THEMES if only in f"{view}-{theme}-{size}"}
            if paths:
                _take_one(browser, paths, (width, height), show)
        for theme in THEMES:
            if only in (name := f"login-{theme}-{size}"):
                _take_login(browser, out / f"{name}.png", theme, (width, height))


def _take_one(browser: Browser, paths: Mapping[str, Path], size: tuple[int, int], show: Show) -> None:
    desk = MemoryDesk()
    night_shift(desk)
    with tempfile.TemporaryDirectory() as folder:
        audit = AuditLog(Path(folder) / "records.db")
        changes = {"driving": {"moving_after_s": 0.0, "standing_after_s": 0.0}}
        accounts = CrewAccounts(
            Path(folder) / "records.db", hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        )
        accounts.add(COLLAR, NAME, PIN)
        accounts.add(SECOND[0], "B. Constable-Featherstonehaugh", SECOND[1])
        listening = Listening(0, "127.0.0.1", 0, ("anpr.local",), Path(folder) / "tls")
        server = ScreenServer(
            desk, screen_rules(changes), audit=audit, listening=listening, accounts=accounts, clock_utc=lambda: desk.now
        )
        server.start()
        page = browser.new_page(viewport={"width": size[0], "height": size[1]})
        try:
            log_in(page.context, server.address)
            page.goto(server.address)
            page.locator(".card").first.wait_for()
            show(page, desk)
            page.wait_for_timeout(700)
            for _ in range(20):
                if page.evaluate("[...document.images].every((image) => image.hidden || image.naturalWidth > 0)"):
                    break
                page.wait_for_timeout(200)
            for theme, path in paths.items():
                if page.evaluate("document.documentElement.dataset.theme") != theme:
                    page.evaluate(TOGGLE)
                    page.wait_for_timeout(100)
                page.screenshot(path=path)
        finally:
            page.close()
            server.stop()
            accounts.close()
            audit.close()


def _take_login(browser: Browser, path: Path, theme: str, size: tuple[int, int]) -> None:
    desk = MemoryDesk()
    with tempfile.TemporaryDirectory() as folder:
        audit = AuditLog(Path(folder) / "records.db")
        accounts = CrewAccounts(
            Path(folder) / "records.db", hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        )
        accounts.add("1234", "A. Constable", PIN)
        listening = Listening(0, "127.0.0.1", 0, ("localhost", "127.0.0.1"), Path(folder) / "tls")
        server = ScreenServer(
            desk, screen_rules(), audit=audit, clock_utc=lambda: desk.now, listening=listening, accounts=accounts
        )
        server.start()
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            ignore_https_errors=True,
            color_scheme="dark" if theme == "night" else "light",
            timezone_id="UTC",
        )
        page = context.new_page()
        try:
            page.goto(server.network_address or "")
            page.locator(".login").wait_for()
            if theme == "day":
                page.evaluate("document.documentElement.dataset.theme = 'day'")
            page.wait_for_timeout(300)
            page.screenshot(path=path)
        finally:
            context.close()
            server.stop()
            accounts.close()
            audit.close()


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="take only those with these words in their name")
    parser.add_argument("--webp", action="store_true", help="write WebP as well, as small as the README wants them")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        take(browser, asked.folder, asked.only)
        browser.close()
    for png in asked.folder.glob("*.png") if asked.webp else ():
        picture = cv2.imread(str(png))
        assert picture is not None
        cv2.imwrite(str(png.with_suffix(".webp")), picture, [cv2.IMWRITE_WEBP_QUALITY, 82])


if __name__ == "__main__":
    main()
