"""Day and night by the light in the car: Chromium's own light sensor where it can show it, else one of the test's."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from anpr.config.car import ScreenConfig
from anpr.screen.server import ScreenServer
from tests.anpr.screen.conftest import CHROMIUM_FLAGS, chromium, until_page
from tests.anpr.screen.desk import MemoryDesk

pytestmark = pytest.mark.browser

_CLOCK = """
  const now = performance.now.bind(performance);
  let ahead = 0;
  performance.now = () => now() + ahead;
  window.pass = (ms) => { ahead += ms; };
  window.themes = [];
  new MutationObserver(() => themes.push(document.documentElement.dataset.theme))
    .observe(document, {subtree: true, attributeFilter: ['data-theme']});
"""

_OWN_SENSOR = """
  window.AmbientLightSensor = class extends window.AmbientLightSensor {
    constructor(options) {
      super(options);
      window.told = [];
      for (const kind of ['reading', 'error']) this.addEventListener(kind, () => told.push(kind));
    }
  };
"""

_MADE_SENSOR = """
  window.AmbientLightSensor = class extends EventTarget {
    constructor() { super(); window.sensor = this; }
    start() { }
    tell(kind) { this.dispatchEvent(new Event(kind)); this['on' + kind]?.(new Event(kind)); }
  };
  window.light = (lux) => { sensor.illuminance = lux; sensor.tell('reading'); };
"""


@pytest.fixture(scope="module")
def browser(browser: Browser) -> Iterator[Browser]:
    """Chromium with its light sensor, which it has behind a flag."""
    flags = [*CHROMIUM_FLAGS, "--enable-features=GenericSensorExtraClasses"]
    launched = browser.browser_type.launch(executable_path=chromium(), args=flags)
    yield launched
    launched.close()


@pytest.fixture
def address(serve: Callable[..., ScreenServer]) -> str:
    return serve().address


@pytest.fixture
def prepare(open_page: Callable[..., Page], address: str) -> Callable[[str], Page]:
    """Open a page that has this sensor, not yet the screen; `pass(ms)` moves its clock on, `themes` are all it showed."""

    def prepared(sensor: str) -> Page:
        page = open_page(address, goto=False)
        page.add_init_script("{" + _CLOCK + sensor + "}")
        return page

    return prepared


@pytest.fixture
def made(prepare: Callable[[str], Page], address: str) -> Page:
    """The screen by night, with a sensor of the test's own that has told nothing yet."""
    page = prepare(_MADE_SENSOR)
    page.goto(address)
    page.wait_for_selector(".full")
    return page


def lasting(page: Page, lux: int) -> None:
    """Let it be as bright as this for some seconds."""
    page.evaluate(f"light({lux}); pass(3500)")


def expect_theme(page: Page, theme: str) -> None:
    expect(page.locator("html")).to_have_attribute("data-theme", theme)


def tap(page: Page, theme: str) -> None:
    page.get_by_role("button", name=f"Switch to {theme}").click()
    expect_theme(page, theme)


def rise(desk: MemoryDesk) -> None:
    """Let the sun rise."""
    desk.pass_time(10 * 3600)
    desk.tell()


def drawn(page: Page) -> None:
    """Return when the page has drawn itself once more."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def own_light(page: Page) -> Callable[[int], object]:
    """Return what sets the lux that fall on Chromium's own sensor."""
    session = page.context.new_cdp_session(page)
    light = {"type": "ambient-light"}
    session.send("Emulation.setSensorOverrideEnabled", {**light, "enabled": True, "metadata": {"available": True}})
    return lambda lux: session.send(
        "Emulation.setSensorOverrideReadings", {**light, "reading": {"single": {"value": lux}}}
    )


def refuse_own_light(page: Page, address: str) -> None:
    """Refuse the page Chromium's own sensor, as the setting of a site does."""
    target = page.context.new_cdp_session(page).send("Target.getTargetInfo")["targetInfo"]
    assert page.context.browser is not None
    page.context.browser.new_browser_cdp_session().send(
        "Browser.setPermission",
        {
            "permission": {"name": "ambient-light-sensor"}, "setting": "denied", "origin": address,
            "browserContextId": target["browserContextId"],
        },
    )  # fmt: skip


def test_bright_light_is_day_and_dark_light_is_night(prepare: Callable[[str], Page], address: str) -> None:
    page = prepare(_OWN_SENSOR)
    shine = own_light(page)
    shine(500)
    page.goto(address)
    expect_theme(page, "day")  # at once, though the sun is down
    for lux, theme in ((3, "night"), (120, "day")):
        shine(lux)
        expect_theme(page, theme)
    assert page.evaluate("told.includes('reading')")


def test_a_sensor_that_may_not_be_used_leaves_it_to_the_sun(
    prepare: Callable[[str], Page], address: str, desk: MemoryDesk
) -> None:
    page = prepare(_OWN_SENSOR)
    own_light(page)(500)
    refuse_own_light(page, address)
    page.goto(address)
    until_page(page, "window.told?.includes('error')")
    drawn(page)
    expect_theme(page, "night")
    rise(desk)
    expect_theme(page, "day")


@pytest.mark.parametrize("part", ["constructor", "start"])
def test_a_sensor_that_throws_leaves_it_to_the_sun(
    prepare: Callable[[str], Page], address: str, desk: MemoryDesk, part: str
) -> None:
    page = prepare(
        f"window.AmbientLightSensor = class {{ {part}() {{ window.thrown = true; throw new Error('no'); }} }};"
    )
    page.goto(address)
    page.wait_for_selector(".full")
    expect_theme(page, "night")
    assert page.evaluate("thrown")
    rise(desk)
    expect_theme(page, "day")


def test_a_sensor_that_fails_later_gives_the_word_back_to_the_sun(made: Page) -> None:
    made.evaluate("light(500)")
    expect_theme(made, "day")
    made.evaluate("sensor.tell('error')")
    expect_theme(made, "night")


def test_light_between_dark_and_bright_says_nothing(made: Page, desk: MemoryDesk) -> None:
    lasting(made, 40)
    rise(desk)
    expect_theme(made, "day")  # by the sun
    lasting(made, 5)
    expect_theme(made, "night")
    lasting(made, 40)
    tap(made, "day")
    tap(made, "night")  # back to what the light says
    assert made.evaluate("themes.join(' ')") == "day night day night"


@pytest.mark.parametrize("levels", [(20, 30), (55, 65), (24, 61), (0, 2000)])
def test_light_that_flickers_does_not_flip_the_theme(made: Page, levels: tuple[int, int]) -> None:
    for first, theme in ((5, "night"), (500, "day")):
        lasting(made, first)
        expect_theme(made, theme)
        made.evaluate("themes.length = 0")
        for lux in levels * 10:
            made.evaluate(f"light({lux}); pass(1000)")
            drawn(made)
        assert made.evaluate("themes.length") == 0


def test_a_street_lamp_is_no_day_but_a_lit_yard_is(made: Page) -> None:
    lasting(made, 5)
    expect_theme(made, "night")
    made.evaluate("light(200); pass(2000)")
    drawn(made)
    expect_theme(made, "night")
    made.evaluate("pass(1500)")  # no reading: sensors tell of changes alone
    expect_theme(made, "day")


def test_a_tap_overrides_the_light_until_the_sun_rises(made: Page, desk: MemoryDesk) -> None:
    lasting(made, 5)
    expect_theme(made, "night")
    tap(made, "day")
    for lux in (500, 5):
        lasting(made, lux)
        drawn(made)
    assert made.evaluate("themes.join(' ')") == "day"
    rise(desk)
    expect_theme(made, "night")  # by the light again


def test_tapping_back_to_what_the_light_says_leaves_it_to_the_light(made: Page) -> None:
    lasting(made, 5)
    tap(made, "day")
    tap(made, "night")
    lasting(made, 500)
    expect_theme(made, "day")


def test_the_configured_theme_holds_whatever_the_light_until_somebody_taps(
    serve: Callable[..., ScreenServer], open_page: Callable[..., Page], desk: MemoryDesk
) -> None:
    page = open_page(serve(section=ScreenConfig(theme="day")).address)
    page.wait_for_selector(".full")
    expect_theme(page, "day")  # though the sun is down
    tap(page, "night")
    rise(desk)
    expect_theme(page, "day")
