"""The labelling page in a real browser: pictures first, the engine's text only after one's own."""

import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.accuracy.label import Frames, LabelPage, LabelServer
from benchmarks.accuracy.labelling import Labelling, resumed, truth_beside
from benchmarks.accuracy.passings import Found, Look, Passing
from benchmarks.accuracy.truth_file import load_truth
from tests.anpr.screen.conftest import until

READ = ("QX71ZZK", "QX72ZZL", "", "QX74ZZN")
"""What the engine is said to have read: nothing else on the page looks like it."""


@pytest.fixture
def labelling(tmp_path: Path) -> Labelling:
    clip = tmp_path / "drive"
    clip.mkdir()
    for n in range(8):
        picture = np.full((240, 640, 3), 90, np.uint8)
        cv2.rectangle(picture, (200, 100), (320, 126), (0, 30 * n, 255), -1)
        cv2.imwrite(str(clip / f"f{n}.png"), picture)
    passings = tuple(
        Passing(
            n,
            n + 0.5,
            tuple(Look(2 * n + k, f"f{2 * n + k}.png", n, (200, 100, 320, 126)) for k in range(2)),
            text,
            0.9,
        )
        for n, text in enumerate(READ)
    )
    return Labelling(clip, Found(2.0, 8, passings), "day", "dry")


@pytest.fixture
def server(labelling: Labelling) -> Iterator[LabelServer]:
    served = LabelServer(LabelPage(labelling))
    served.start()
    yield served
    served.stop()


@pytest.fixture
def page(server: LabelServer, browser: Browser) -> Iterator[Page]:
    complaints: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    opened = context.new_page()
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(server.address)
    opened.wait_for_selector("#mark")
    yield opened
    context.close()
    assert complaints == []


def everything(server: LabelServer, page: Page) -> str:
    """All that the browser has or could ask for, as text."""
    state = httpx.get(f"{server.address}api/state").text
    sources = "".join(httpx.get(f"{server.address}{path}").text for path in ("", "js/label.js"))
    return (state + sources + page.content() + page.inner_text("body")).replace(" ", "")


@pytest.mark.browser
def test_a_clip_is_labelled_by_keyboard_alone(server: LabelServer, page: Page, labelling: Labelling) -> None:
    assert not any(text in everything(server, page) for text in READ if text)
    assert page.evaluate("document.activeElement.id") == "mark"
    until(lambda: page.evaluate("[...document.images].every((one) => one.naturalWidth > 0)"))
    page.keyboard.type("qx71 zzm")
    page.keyboard.press("Enter")
    expect(page.locator(".cells td.differs")).to_have_count(2)  # the engine's last character and one's own
    assert not any(text in everything(server, page) for text in READ[1:] if text)
    page.keyboard.press("Control+z")
    expect(page.locator(".cells")).to_have_count(0)
    assert not any(text in everything(server, page) for text in READ if text)
    page.keyboard.type("QX71ZZK")
    page.keyboard.press("Enter")
    expect(page.locator(".compare")).to_contain_text("read the same")
    page.keyboard.press("=")
    expect(page.locator("header")).to_contain_text("vehicle 3 of 4")
    page.keyboard.press("?")
    expect(page.locator("header")).to_contain_text("vehicle 4 of 4")
    page.keyboard.press("-")
    expect(page.locator("header")).to_contain_text("all 4 done")
    truth = load_truth(truth_beside(labelling.clip))
    assert [(one.vrm, one.first_s, one.last_s) for one in truth.vehicles] == [("QX71ZZK", 0.0, 1.5)]
    assert truth.unreadable == ((2.0, 2.5),)


@pytest.mark.browser
def test_a_missed_vehicle_is_added_from_the_clip_and_half_a_mark_survives_looking(
    page: Page, labelling: Labelling
) -> None:
    page.keyboard.type("QX")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".plates button").nth(1)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("PageDown")
    until(lambda: page.evaluate("document.querySelector('.large').naturalWidth") == 640)
    expect(page.locator("#mark")).to_have_value("QX")
    page.fill("#missed-mark", "P1 RST")
    page.fill("#missed-first", "1.5")
    page.fill("#missed-last", "1")
    page.keyboard.press("Enter")
    expect(page.locator("#toast")).to_contain_text("no time span")
    page.fill("#missed-last", "2")
    page.keyboard.press("Enter")
    expect(page.locator(".said")).to_have_text("+ P1RST")
    again = resumed(labelling.clip)
    assert again is not None
    assert (again.done, again.answers[0].vrm, again.answers[0].first_s) == (0, "P1RST", 1.5)


def test_nobody_else_on_this_machine_can_make_the_browser_answer(server: LabelServer) -> None:
    body = {"number": 0, "kind": "mark", "vrm": "A1"}
    assert (
        httpx.post(f"{server.address}api/answer", json=body, headers={"origin": "http://evil.test"}).status_code == 403
    )
    own = {"origin": server.address.rstrip("/")}
    for broken in ({}, {"number": "x", "kind": "mark"}, {"number": 0, "kind": "odd"}, [1]):
        assert httpx.post(f"{server.address}api/answer", json=broken, headers=own).status_code == 400
    assert httpx.post(f"{server.address}api/answer", content=b"{", headers=own).status_code == 400
    assert httpx.post(f"{server.address}api/other", json={}, headers=own).status_code == 400
    assert httpx.get(f"{server.address}picture/frame-99").status_code == 404
    assert httpx.get(f"{server.address}picture/plate-0-0").headers["content-type"] == "image/jpeg"
    assert json.loads(httpx.post(f"{server.address}api/answer", json=body, headers=own).text)["done"] == 1


def test_frames_are_found_going_on_and_going_back(labelling: Labelling) -> None:
    frames = Frames(labelling.clip, 2.0)
    found = [frames.at(index) for index in (2, 5, 5, 1, 7, 8, 3)]
    green = [None if one is None else int(one[110, 250, 1]) for one in found]
    assert green == [60, 150, 150, 30, 210, None, 90]
    frames.close()
