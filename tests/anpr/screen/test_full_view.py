"""The full view in a real browser: look, compare, decide; queue, lists, look-up, history."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from anpr.alerting.decisions import AGREEMENTS, Choice, Decision, Look
from anpr.enquiries.answer import together
from anpr.screen.server import ScreenServer
from anpr.trust.audit import AuditLog
from anpr.values import AlertStep, StepKind
from tests.anpr.screen.client import OFFICER
from tests.anpr.screen.conftest import RecordingPlayer, say_why, until, until_page
from tests.anpr.screen.desk import MemoryDesk
from tests.anpr.screen.made_up import told
from tests.anpr.screen.test_enquiry_wire import DOWN, FORD

pytestmark = pytest.mark.browser


def room(page: Page, name: str) -> None:
    page.get_by_role("navigation").get_by_role("button", name=name).click()


def type_hidden(page: Page, typed: str) -> None:
    """Type what the open alert hides, as its officer does from the picture."""
    page.locator(".tick.type").click()
    page.locator("#from-picture").fill(typed)
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_look_tick_confirm_and_record_the_stop(page: Page, desk: MemoryDesk, audit: AuditLog) -> None:
    number = desk.hit(
        "EY19KBV", make="BMW", colour="BLUE", reason="Stolen", markers="DR", information="Keys taken in burglary",
        force_area="43", weed_date="2027-03-31", also=("No insurance",),
    )  # fmt: skip
    for words in (
        "Keys taken in burglary",
        "43",
        "2027-03-31",
        "3 h",
        "No insurance",
        "Front · Going away",
        "heading NE",
    ):
        expect(page.locator(".alert-read")).to_contain_text(words)
    expect(page.locator(".chance")).to_have_text("97 %Very likely")
    confirm = page.get_by_role("button", name="Confirmed")
    expect(confirm).to_be_disabled()
    for name in ("VRM agrees", "Make agrees"):
        page.get_by_role("checkbox", name=name).click()
        expect(confirm).to_be_disabled()
    page.get_by_role("checkbox", name="Colour agrees").click()
    confirm.click()
    sheet = page.get_by_role("dialog", name="Stop record")
    sheet.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Not answered: What was done")).to_be_visible()
    sheet.get_by_role("button", name="Vehicle stopped").click()
    sheet.get_by_role("button", name="Advice").click()
    sheet.get_by_role("button", name="Save").click()
    expect(sheet).to_have_count(0)
    choice, actor = desk.choices[number]
    assert choice.ticks == set(AGREEMENTS)
    assert choice.look is not None
    assert actor == OFFICER
    assert desk.stop_answers[number] == {"attended": OFFICER, "outcome": "Vehicle stopped", "result": "Advice"}
    until(lambda: "screen opened" in [entry.action for entry in audit.entries()])
    done = [entry.action for entry in audit.entries()]
    assert {"screen opened", "queue viewed", "alert viewed"} <= set(done)
    mine = {"plate picture looked at", "decision", "stop recorded"}
    assert [action for action in done if action in mine] == ["plate picture looked at", "decision", "stop recorded"]


def test_confirm_stays_shut_while_the_plate_picture_is_not_there(
    serve: Callable[..., ScreenServer], open_page: Callable[..., Page], desk: MemoryDesk
) -> None:
    address = serve().address
    page = open_page(address, goto=False)
    page.route("**/picture/**", lambda route: route.abort())
    desk.hit("EY19KBV")
    page.goto(address)
    expect(page.get_by_role("button", name="Confirmed")).to_contain_text("look at the plate first")
    expect(page.get_by_role("checkbox", name="VRM agrees")).to_be_disabled()
    page.unroute("**/picture/**")
    expect(page.get_by_role("checkbox", name="VRM agrees")).to_be_enabled()


def test_another_reading_asks_for_another_look(page: Page, desk: MemoryDesk) -> None:
    number = desk.hit("EY19KBV")
    for name in ("VRM", "Make", "Colour"):
        page.get_by_role("checkbox", name=name).click()
    expect(page.get_by_role("button", name="Confirmed")).to_be_enabled()
    better = desk.keep("EY19KBW", 9) + "-plate"
    desk.revise(
        number, read_vrm="EY19KBW", plate_picture=better, steps=(told("Corrected: later frames read EY19 KBW"),)
    )
    expect(page.locator(".steps")).to_have_text("Corrected: later frames read EY19 KBW")
    expect(page.get_by_role("button", name="Confirmed")).to_be_disabled()
    expect(page.get_by_role("checkbox", name="VRM agrees")).to_have_attribute("aria-checked", "false")


def test_differing_and_uncertain_characters_are_marked(page: Page, desk: MemoryDesk) -> None:
    desk.hit("EY19KBV", read="EY19K8V", unsure={0: ("F", 0.3)}, probability=0.61)
    type_hidden(page, "EB")
    expect(page.locator(".cells td.differs")).to_have_text(["8", "B"])
    expect(page.locator(".cells td.uncertain")).to_have_text(["E"])
    expect(page.locator(".legend")).to_contain_text("1 character differs from the list")
    expect(page.locator(".legend")).to_contain_text("Uncertain: E 6")
    expect(page.get_by_role("img", name="differs")).to_be_visible()
    expect(page.locator(".chance")).to_have_text("61 %Uncertain")


def test_wrong_plate_with_the_right_mark_by_large_keys(page: Page, desk: MemoryDesk) -> None:
    number = desk.hit("EY19KBV")
    page.get_by_role("button", name="Wrong plate").click()
    sheet = page.get_by_role("dialog", name="Wrong plate")
    for key in "EY19KBWX":
        sheet.get_by_role("button", name=key, exact=True).click()
    sheet.get_by_role("button", name="Delete last character").click()
    sheet.get_by_label("Note").fill("mud on the plate")
    sheet.get_by_role("button", name="Save").click()
    until(lambda: number in desk.choices)
    choice = desk.choices[number][0]
    assert (choice.decision, choice.typed_vrm, choice.note) == ("wrong_plate", "EY19KBW", "mud on the plate")
    expect(page.get_by_text("No alert is waiting")).to_be_visible()


@pytest.mark.parametrize(("label", "value"), [("Wrong vehicle", "wrong_vehicle"), ("No action", "no_action")])
def test_other_decisions(page: Page, desk: MemoryDesk, label: str, value: str) -> None:
    number = desk.hit("EY19KBV")
    page.get_by_role("button", name=label).click()
    sheet = page.get_by_role("dialog", name=label)
    sheet.get_by_role("button", name="Back").click()
    assert number not in desk.choices
    page.get_by_role("button", name=label).click()
    sheet.get_by_role("button", name="Save").click()
    until(lambda: number in desk.choices)
    assert desk.choices[number][0].decision == value


def test_the_open_alert_stays_when_others_come(page: Page, desk: MemoryDesk) -> None:
    desk.hit("AA11AAA", "No tax")
    expect(page.locator(".label")).to_contain_text("No tax")
    page.get_by_role("checkbox", name="VRM agrees").click()
    desk.hit("BB22BBB", "PNC wanted", reason="Wanted")
    expect(page.locator(".card .vrm")).to_have_text(["BB22 BBB", "AA11 AAA"])
    expect(page.locator(".label")).to_contain_text("No tax")
    expect(page.get_by_role("checkbox", name="VRM agrees")).to_have_attribute("aria-checked", "true")
    page.locator(".card").first.click()
    expect(page.locator(".label")).to_contain_text("Wanted")
    expect(page.get_by_role("checkbox", name="VRM agrees")).to_have_attribute("aria-checked", "false")


def test_seen_repeats_withdrawn_and_past_are_shown(page: Page, desk: MemoryDesk) -> None:
    number = desk.hit("EY19KBV", past=True)
    expect(page.locator(".label")).to_contain_text("Seen earlier")
    page.locator(".alert-head").get_by_role("button", name="Seen").click()
    until(lambda: desk.alerts[number].acknowledged_by)
    expect(page.locator(".seen-by")).to_be_visible()
    desk.revise(number, repeats=3)
    expect(page.locator(".card .when")).to_contain_text("×4")
    desk.revise(number, state="withdrawn", steps=(told("Withdrawn: later frames read EY19 KBW"),))
    expect(page.locator(".card.is-withdrawn")).to_have_count(1)
    assert len(desk.order) == 1


def test_marks_are_green_only_while_true_and_faults_speak(page: Page, desk: MemoryDesk) -> None:
    expect(page.locator(".bar .mark[data-level=ok]")).to_have_count(7)
    expect(page.locator(".trouble")).to_be_hidden()
    desk.set_health("gps", "warning", "No fix for 40 s", "Normal in tunnels")
    expect(page.locator(".trouble")).to_have_text("No fix for 40 sNormal in tunnels")
    desk.set_health("lists", "fault", "PNC stolen is 3 days old", "Drive to where there is network, or import by hand")
    expect(page.locator(".trouble")).to_contain_text("PNC stolen is 3 days old")
    expect(page.locator(".trouble")).to_contain_text("Drive to where there is network")
    page.get_by_role("button", name="GPS No fix for 40 s").click()
    expect(page.locator(".trouble")).to_contain_text("No fix")
    expect(page.locator(".bar .mark[data-level=ok]")).to_have_count(5)


def test_look_up_and_add(page: Page, desk: MemoryDesk) -> None:
    desk.sight("LD24ABC")
    desk.hit("LD24ABC", "Local VOI", reason="Seen at burglary")
    room(page, "Look up")
    for key in "LD24ABC":
        page.get_by_role("button", name=key, exact=True).click()
    page.get_by_role("main").get_by_role("button", name="Look up").click()
    say_why(page)
    expect(page.locator(".rows")).to_contain_text("Local VOI · LD24 ABC")
    expect(page.locator(".rows")).to_contain_text("Seen at burglary")
    page.locator(".rows").get_by_role("button", name="Open").click()
    expect(page.get_by_role("dialog")).to_contain_text("Front")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Add to a list").click()
    sheet = page.get_by_role("dialog", name="Add an entry")
    sheet.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("An entry needs a reason")).to_be_visible()
    sheet.get_by_label("Reason").fill("Failed to stop")
    for label, text in (("Make", "FORD"), ("Model", "FOCUS"), ("Colour", "RED"), ("Information", "two in it")):
        sheet.get_by_label(label).fill(text)
    sheet.get_by_role("button", name="Do not stop").click()
    for name in ("FI Firearms", "VI Violent", "DR Drugs", "DR Drugs"):  # the last was tapped by mistake
        sheet.get_by_role("button", name=name).click()
    sheet.get_by_role("button", name="4 hours").click()
    sheet.get_by_role("button", name="Add", exact=True).click()
    expect(sheet).to_have_count(0)
    assert (desk.added[0].vrm, desk.added[0].list_name, desk.added[0].reason) == (
        "LD24ABC",
        "Local VOI",
        "Failed to stop",
    )
    assert desk.added[0].expires_utc.startswith("2026-11-22T06:14")
    made = desk.added[0]
    assert (made.make, made.model, made.colour, made.information) == ("FORD", "FOCUS", "RED", "two in it")
    assert (made.action, made.markers) == ("DO NOT STOP", "FI VI")
    page.get_by_label("Registration mark").fill("zz99 zzz")
    page.keyboard.press("Enter")
    say_why(page)
    expect(page.locator(".rows")).to_contain_text("On no list in this car")


def test_a_sighting_opens_and_leads_to_the_look_up(page: Page, desk: MemoryDesk) -> None:
    desk.sight("LD24ABC", 0.91)
    page.get_by_role("list", name="Latest sightings").get_by_role("button", name="LD24 ABC").click()
    expect(page.get_by_role("dialog")).to_contain_text("read with 91 %")
    page.get_by_role("dialog").get_by_role("button", name="Look up").click()
    expect(page.get_by_label("Registration mark")).to_have_value("LD24ABC")


def test_lists_are_muted_and_switched_where_allowed(page: Page, desk: MemoryDesk) -> None:
    room(page, "Lists")
    expect(page.get_by_role("button", name="PNC stolen: sounds, cannot be muted")).to_be_disabled()
    expect(page.get_by_role("button", name="PNC stolen: on, cannot be switched")).to_be_disabled()
    page.get_by_role("button", name="No tax: sounds").click()
    expect(page.get_by_role("button", name="No tax: muted")).to_be_visible()
    page.get_by_role("button", name="No insurance: on").click()
    expect(page.get_by_role("button", name="No insurance: off")).to_be_visible()
    assert (desk.muted, desk.disabled) == ({"No tax"}, {"No insurance"})
    page.get_by_role("button", name="Mute all but the highest").click()
    expect(page.get_by_role("button", name="Local VOI: muted")).to_be_visible()
    assert desk.muted == {"Local VOI", "No insurance", "No tax"}
    page.get_by_role("button", name="Unmute all").click()
    expect(page.get_by_role("button", name="Mute all but the highest")).to_be_visible()
    assert desk.muted == set()
    expect(page.locator(".row").first).to_contain_text("3 h old (limit 24 h)")


def test_history_and_misread_rates(page: Page, desk: MemoryDesk) -> None:
    for n in range(35):
        decision = Decision.WRONG_PLATE if n % 5 == 0 else Decision.WRONG_VEHICLE
        desk.decide(desk.hit(f"AB{n:02d}CDE"), Choice(decision, note=f"note {n}"), "1234 A")
    room(page, "History")
    expect(page.locator("tbody tr")).to_have_text("Front28720.0 %10.0 % to 35.9 %")
    expect(page.locator(".row")).to_have_count(30)
    expect(page.locator(".row").first).to_contain_text("Wrong vehicle by 1234 A")
    page.get_by_role("button", name="Earlier").click()
    expect(page.locator(".row")).to_have_count(35)
    expect(page.get_by_role("button", name="Earlier")).to_have_count(0)


def test_history_can_leave_faults_out(page: Page, desk: MemoryDesk) -> None:
    desk.decide(desk.hit("AB12CDE"), Choice(Decision.NO_ACTION), "1234 A")
    desk.revise(
        desk.fault("gps_unplugged", "", "The GPS receiver is missing or unplugged.", "Check it."), state="cleared"
    )
    room(page, "History")
    expect(page.locator(".row")).to_have_count(2)
    page.get_by_role("button", name="Hits only").click()
    expect(page.locator(".row")).to_have_count(1)
    expect(page.locator(".row")).to_contain_text("AB12 CDE")
    page.get_by_role("button", name="Hits only").click()
    expect(page.locator(".row")).to_have_count(2)


def test_hits_go_before_faults_and_a_faults_text_stands_whole(page: Page, desk: MemoryDesk) -> None:
    text = f"The records cannot be written ({'the disk is full and nothing can be removed; ' * 5}sorry)."
    number = desk.fault("records_unwritable", "", text, "Free disk space; " * 8, priority=95)
    desk.hit("AB12CDE", "No tax")
    expect(page.locator(".card")).to_have_count(2)
    assert page.locator(".card").first.get_attribute("data-alert") != str(number)
    page.locator(f".card[data-alert='{number}']").click()
    desk.set_health("disk", "fault", text, "Free disk space.")
    expect(page.locator(".trouble")).to_contain_text(text)
    expect(page.locator(".alert .label")).to_contain_text(text)
    cut = """() => [...document.querySelectorAll('.card.is-fault .vrm, .card.is-fault .about, .trouble, .trouble b, .alert .label')]
      .filter((node) => node.scrollWidth > node.clientWidth + 1 || (getComputedStyle(node).overflow !== 'visible' && node.scrollHeight > node.clientHeight + 1))
      .map((node) => node.className)"""
    assert page.evaluate(cut) == []


def test_a_row_of_the_history_opens_with_pictures_decision_and_stop_record(page: Page, desk: MemoryDesk) -> None:
    number = desk.hit("EY19KBV", read="EY19K8V", reason="Stolen")
    look = Look("screen", "EY19K8V", "EY19KBV", desk.now, "EY19KBV")
    desk.decide(number, Choice(Decision.CONFIRMED, "two in it", ticks=frozenset(AGREEMENTS), look=look), "1234 A")
    desk.record_stop(number, {"attended": "PC 1234", "outcome": "Vehicle stopped", "result": ""}, "1234 A")
    room(page, "History")
    page.get_by_role("button", name="Open EY19 KBV").click()
    sheet = page.get_by_role("dialog", name="EY19 KBV")
    for name in ("Plate as photographed", "Vehicle"):
        expect(sheet.get_by_role("img", name=name)).not_to_have_js_property("naturalWidth", 0)
    told = (
        "EY19K8V",
        "PNC stolen · Stolen",
        "Confirmed by 1234 A",
        "two in it",
        "Attended",
        "PC 1234",
        "Vehicle stopped",
    )
    for words in told:
        expect(sheet).to_contain_text(words)


def test_a_stop_record_that_was_put_off_is_made_up_from_the_history(page: Page, desk: MemoryDesk) -> None:
    number = desk.hit("EY19KBV")
    look = Look("screen", "EY19KBV", "EY19KBV", desk.now)
    desk.decide(number, Choice(Decision.CONFIRMED, ticks=frozenset(AGREEMENTS), look=look), "tablet")
    room(page, "History")
    page.get_by_role("button", name="Open EY19 KBV").click()
    page.get_by_role("dialog", name="EY19 KBV").get_by_role("button", name="Stop record").click()
    sheet = page.get_by_role("dialog", name="Stop record")
    sheet.get_by_role("button", name="Not found").click()
    sheet.get_by_role("button", name="Save").click()
    expect(page.locator(".rows").filter(has_text="EY19 KBV")).to_contain_text("stop recorded")
    assert desk.stop_answers[number] == {"attended": OFFICER, "outcome": "Not found", "result": ""}


def test_live_pictures_in_the_full_view_only(page: Page, desk: MemoryDesk) -> None:
    room(page, "Camera")
    image = page.get_by_role("img", name="Live picture")
    expect(image).to_have_js_property("naturalWidth", 640)  # a picture a second: it may be between two right now
    page.get_by_role("button", name="Rear").click()
    expect(page.get_by_text("No picture from this camera")).to_be_visible()
    desk.drive(20.0)
    expect(page.locator(".driver")).to_be_visible()
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.wait_for_timeout(1500)
    assert not [url for url in fetched if "/live/" in url or "/picture/" in url]


def test_the_page_sounds_and_the_host_keeps_silent(page: Page, desk: MemoryDesk, player: RecordingPlayer) -> None:
    page.evaluate("() => { window.starts = 0; const start = AudioBufferSourceNode.prototype.start;"
                  "AudioBufferSourceNode.prototype.start = function (...a) { window.starts += 1; return start.apply(this, a); }; }")  # fmt: skip
    expect(page.get_by_role("button", name="Sound Sound on")).to_be_visible()
    desk.hit("EY19KBV", "Local VOI")
    until_page(page, "window.starts >= 1")
    page.wait_for_timeout(700)
    assert player.played in ([], ["alert"])  # a loaded machine may need more than the page's 0.4 s: then both sound
    page.close()
    number = desk.hit("EY19KBW", "Local VOI")
    until(lambda: player.played[-1:] == ["alert"])
    assert number in desk.alerts


@pytest.mark.alone
def test_two_devices_show_one_state_within_half_a_second(
    serve: Callable[..., ScreenServer], open_page: Callable[..., Page], desk: MemoryDesk
) -> None:
    address = serve().address
    one, two = open_page(address), open_page(address, 390, 844)
    took = []
    for n in range(3):
        desk.hit(f"AA1{n}AAA")
        expect(one.locator(".card")).to_have_count(1)
        expect(two.locator(".card")).to_have_count(1)
        two.evaluate("() => { window.gone = 0; new MutationObserver((_, eye) => { if (!document.querySelector('.card')) { window.gone = Date.now(); eye.disconnect(); } })"
                     ".observe(document.querySelector('.cards'), {childList: true}); }")  # fmt: skip
        one.get_by_role("button", name="No action").click()
        began = one.evaluate(
            "() => { const now = Date.now(); document.querySelector('.sheet .primary').click(); return now; }"
        )
        until_page(two, "window.gone > 0")
        took.append(two.evaluate("window.gone") - began)
    # the best of three: what the software needs, not what else this machine does
    assert min(took) <= 500, took


def test_day_and_night_by_sun_and_by_tap(page: Page, desk: MemoryDesk) -> None:
    root = page.locator("html")
    expect(root).to_have_attribute("data-theme", "night")
    page.get_by_role("button", name="Switch to day").click()
    expect(root).to_have_attribute("data-theme", "day")
    page.get_by_role("button", name="Switch to night").click()
    desk.pass_time(10 * 3600)
    desk.tell()
    expect(root).to_have_attribute("data-theme", "day")


@pytest.mark.parametrize("size", [(1920, 1200), (1280, 800)])
def test_the_comparison_and_when_it_was_seen_and_the_note_of_a_wrong_plate_are_in_sight(
    page: Page, desk: MemoryDesk, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    number = desk.hit(
        "EY19KBV", read="EY19K8V", reason="Stolen in burglary", markers="VI FI", make="BMW", model="X5",
        information="Do not approach alone. Keys taken in burglary at Solihull, 21 November.", also=("No insurance",),
        force_area="West Midlands", weed_date="2027-03-31", cad="4471-21NOV",
    )  # fmt: skip
    desk.revise(number, steps=(AlertStep(StepKind.SEEN_AGAIN, desk.now),), repeats=1)
    expect(page.locator(".steps")).to_contain_text("Seen again")

    def bottom(selector: str) -> float:
        return float(page.locator(selector).evaluate("(node) => node.getBoundingClientRect().bottom"))

    for part in (".cells", "dd:has-text('Front · Going away')", "dd:has-text('52.47960, -1.90260')"):
        assert bottom(part) <= bottom(".alert-read"), part
    page.get_by_role("button", name="Wrong plate").click()
    ends = page.locator(".sheet .ends").evaluate("(node) => node.getBoundingClientRect().top")
    for part in ("#typed", "#note", ".sheet .keys", ".sheet .plate"):  # nobody types what a plate says from memory
        assert bottom(part) <= ends, part
    expect(page.get_by_role("dialog", name="Wrong plate · EY19 K_V")).to_be_visible()


def test_what_is_open_when_the_light_changes_has_the_colours_of_now(page: Page, desk: MemoryDesk) -> None:
    desk.decide(desk.hit("AB12CDE", "PNC wanted", markers="DR"), Choice(Decision.NO_ACTION), "1234 A")
    ground = "(node) => getComputedStyle(node).backgroundColor"
    room(page, "History")
    shape = page.locator(".row .plaque .shape")
    night = shape.evaluate(ground)
    page.get_by_role("button", name="Switch to day").click()
    day = shape.evaluate(ground)
    assert day != night
    room(page, "Alerts")
    room(page, "History")
    assert shape.evaluate(ground) == day


def test_every_sighting_of_the_strip_can_be_reached(page: Page, desk: MemoryDesk) -> None:
    for n in range(12):
        desk.sight(f"LD2{n:02d}AB"[:7])
    buttons = page.locator(".strip button")
    expect(buttons).to_have_count(12)
    page.locator(".strip").hover()
    page.mouse.wheel(3000, 0)
    until_page(page, "document.querySelector('.strip li:last-child').getBoundingClientRect().right <= innerWidth")
    buttons.last.click()
    expect(page.get_by_role("dialog")).to_contain_text("Sighting of")


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_an_engine_that_is_not_heard_covers_nothing_and_is_said_to_be_well_by_no_mark(
    page: Page, desk: MemoryDesk, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    desk.hit("AB12CDE")
    desk.silent_s = 9.0
    desk.tell()
    lost = page.get_by_role("alert")
    expect(lost).to_contain_text("nothing is read")
    for moving, view, under in ((False, ".full", ".alerts-room"), (True, ".driver", ".driver-bar")):
        desk.drive(20.0 if moving else 0.0)
        page.locator(view).wait_for()
        below = lost.evaluate("(node) => node.getBoundingClientRect().bottom")
        assert page.locator(under).evaluate("(node) => node.getBoundingClientRect().top") >= below
        assert page.locator(view).evaluate("(node) => node.getBoundingClientRect().bottom <= innerHeight + 1")
        for mark in page.locator(".mark .level").all():
            expect(mark).to_be_hidden()


def test_what_reason_and_list_both_say_is_said_once(page: Page, desk: MemoryDesk) -> None:
    desk.hit("AB12CDE", "No tax", reason="No tax", action="STOP")
    expect(page.locator(".card .about")).to_have_text("No tax")


def test_what_the_registers_say_stands_beside_the_list(page: Page, desk: MemoryDesk) -> None:
    number = desk.hit("EY19KBV", make="BMW", colour="BLUE")
    expect(page.locator(".registers")).to_have_count(0)
    desk.revise(number, enquiry=together([FORD, DOWN]))
    registers = page.get_by_label("What the registers say")
    for words in (
        "possible clone",
        "Make: list BMW, registered FORD",
        "Colour: list BLUE, registered GREY",
        "DVSA is out of order",
    ):
        expect(registers).to_contain_text(words)
    expect(registers.locator("dd.alarm")).to_have_text(["Untaxed"])
    expect(registers).to_contain_text("late: 45 s after it was asked for")
