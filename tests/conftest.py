"""What all tests share: what hypothesis draws, and one browser, since a process can drive only one at a time."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from tests.anpr.screen.conftest import CHROMIUM_FLAGS, chromium

# The same tree draws the same examples, so a run says whether the tree is right and not whether it was lucky, and more of
# them than are needed only cost time; with HYPOTHESIS_PROFILE=drawn, as in `make flaky`, it draws others each time. Other work must not fail a test.
os.environ["ANPR_KEY_SEAL"] = "file"  # what seals to a machine starts a program each time; its own tests use it

settings.register_profile("repeatable", deadline=None, derandomize=True, max_examples=50)
settings.register_profile("drawn", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield launched
        launched.close()
