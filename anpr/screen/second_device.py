"""The address of the crew's second device as a QR code: for the screen as SVG, for the terminal as text."""

import io
from typing import Final

import segno

_QUIET_ZONE: Final = 4
"""Modules of margin that ISO/IEC 18004 asks for."""


def qr_svg(address: str) -> bytes:
    """Return the QR code of an address as SVG: dark modules on nothing, so that the page chooses what is behind it."""
    out = io.BytesIO()
    segno.make_qr(address, error="m").save(
        out, kind="svg", border=_QUIET_ZONE, dark="#000", light=None, omitsize=True, svgclass=None, lineclass=None
    )
    return out.getvalue()


def qr_text(address: str) -> str:
    """Return the QR code of an address as lines of half blocks, light on a dark terminal, two modules a character.

    Without colours: it is read on any terminal with a dark background, and on a light one by most devices.
    """
    rows = [
        [bool(module) for module in row] for row in segno.make_qr(address, error="m").matrix_iter(border=_QUIET_ZONE)
    ]
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    blocks = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return "\n".join("".join(blocks[above, below] for above, below in zip(*pair, strict=True)) for pair in pairs)
