"""The second device's QR code is one that a device can read, as SVG and in a terminal."""

import re

import cv2
import numpy as np

from anpr.screen.second_device import qr_svg, qr_text

ADDRESS = "https://anpr.local:8738/"


def read(modules: np.ndarray) -> str:
    """Read a picture of modules (True is dark) as a device would."""
    picture = np.where(np.kron(modules, np.ones((8, 8), bool)), 0, 255).astype(np.uint8)
    return cv2.QRCodeDetector().detectAndDecode(picture)[0]


def test_the_terminals_blocks_are_read() -> None:
    dark = {"█": (0, 0), "▀": (0, 1), "▄": (1, 0), " ": (1, 1)}
    rows = [[dark[block] for block in line] for line in qr_text(ADDRESS).splitlines()]
    modules = np.array([[pair[half] for pair in row] for row in rows for half in (0, 1)], bool)
    assert read(modules) == ADDRESS


def test_the_svg_is_read_and_leaves_what_is_behind_it_to_the_page() -> None:
    svg = qr_svg(ADDRESS).decode()
    assert "fill=" not in svg
    size = int(re.search(r'viewBox="0 0 (\d+) ', svg)[1])  # type: ignore[index]
    modules = np.zeros((size, size), bool)
    x, y = 0.0, 0.0
    for command, first, second in re.findall(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", re.search(r' d="([^"]+)"', svg)[1]):  # type: ignore[index]
        if command == "M":
            x, y = float(first), float(second)
        elif command == "m":
            x, y = x + float(first), y + float(second)
        else:
            modules[int(y), int(x) : int(x + float(first))] = True
            x += float(first)
    assert read(modules) == ADDRESS
