"""Small plots as SVG text, so that a report is one file that opens anywhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import numpy as np

WIDTH: Final = 460
HEIGHT: Final = 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 14, 26, 44
_INK: Final = ("#1f5fa8", "#c2521b", "#2b7d4f", "#7a4aa0")


@dataclass(frozen=True, slots=True)
class Point:
    """A value at a named place, with its interval and what it rests on."""

    name: str
    value: float
    low: float
    high: float
    count: int


def _x(share: float) -> float:
    return _LEFT + share * (WIDTH - _LEFT - _RIGHT)


def _y(share: float) -> float:
    return HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM)


def _frame(
    title: str, across: str, ticks: Sequence[tuple[float, str]], names: Sequence[tuple[float, str]], body: str
) -> str:
    grid = "".join(
        f'<line x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{_y(at):.1f}" y2="{_y(at):.1f}" stroke="#ddd"/>'
        f'<text x="{_LEFT - 6}" y="{_y(at) + 4:.1f}" text-anchor="end">{escape(text)}</text>'
        for at, text in ticks
    )
    below = "".join(
        f'<text x="{_x(at):.1f}" y="{HEIGHT - _BOTTOM + 15}" text-anchor="middle">{escape(text)}</text>'
        for at, text in names
    )
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">'
        f'<text x="{_LEFT}" y="14" class="title">{escape(title)}</text>{grid}{below}'
        f'<text x="{(WIDTH + _LEFT) / 2:.0f}" y="{HEIGHT - 6}" text-anchor="middle" class="axis">{escape(across)}</text>'
        f"{body}</svg>"
    )


def rates(title: str, across: str, series: Mapping[str, Sequence[Point]]) -> str:
    """Return rates from 0 to 100 % at named places, each with its interval as a bar."""
    places = list(dict.fromkeys(point.name for points in series.values() for point in points))
    step = 1 / max(len(places), 1)
    body = ""
    for number, (name, points) in enumerate(series.items()):
        ink, shift = _INK[number % len(_INK)], (number - (len(series) - 1) / 2) * 0.12 * step
        for point in points:
            x = _x((places.index(point.name) + 0.5) * step + shift)
            body += f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_y(point.low):.1f}" y2="{_y(point.high):.1f}" stroke="{ink}" stroke-width="2"/>'
            body += f'<circle cx="{x:.1f}" cy="{_y(point.value):.1f}" r="4" fill="{ink}"><title>{escape(name)}, {escape(point.name)}: {100 * point.value:.1f} % ({100 * point.low:.1f} to {100 * point.high:.1f}) of {point.count}</title></circle>'
        body += (
            f'<text x="{WIDTH - _RIGHT}" y="{14 + 13 * number}" text-anchor="end" fill="{ink}">{escape(name)}</text>'
        )
    ticks = [(share, f"{100 * share:.0f} %") for share in (0, 0.25, 0.5, 0.75, 1)]
    return _frame(title, across, ticks, [((k + 0.5) * step, name) for k, name in enumerate(places)], body)


def histogram(title: str, across: str, values: Sequence[float], bins: int = 24) -> str:
    """Return counts of values, the last percent of the tail gathered in the last bar, with median and p95 marked."""
    if not values:
        return ""
    data = np.asarray(values, np.float64)
    low, high = float(data.min()), float(max(np.percentile(data, 99), data.min() + 1e-9))
    counts, _ = np.histogram(np.minimum(data, high), bins, (low, high))
    top = max(int(counts.max()), 1)
    body = "".join(
        f'<rect x="{_x(k / bins):.1f}" y="{_y(count / top):.1f}" width="{_x(1 / bins) - _x(0) - 1:.1f}" height="{_y(0) - _y(count / top):.1f}" fill="{_INK[0]}"/>'
        for k, count in enumerate(counts)
    )
    for share, name in ((50, "median"), (95, "p95")):
        at = min(max((float(np.percentile(data, share)) - low) / (high - low), 0), 1)
        body += f'<line x1="{_x(at):.1f}" x2="{_x(at):.1f}" y1="{_TOP}" y2="{_y(0):.1f}" stroke="{_INK[1]}" stroke-dasharray="4 3"/>'
        body += f'<text x="{_x(at) + 3:.1f}" y="{_TOP + 10}" fill="{_INK[1]}">{name}</text>'
    names = [(share, f"{low + share * (high - low):.3g}") for share in (0, 0.25, 0.5, 0.75, 1)]
    return _frame(title, across, [(0, "0"), (1, str(top))], names, body)


def reliability(title: str, rows: Sequence[dict[str, Any]]) -> str:
    """Return the share that was right against the confidence given; on the diagonal it is calibrated."""
    body = f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke="#999" stroke-dasharray="4 3"/>'
    most = max((row["count"] for row in rows), default=1)
    for row in rows:
        radius = 3 + 7 * (row["count"] / most) ** 0.5
        body += f'<circle cx="{_x(row["confidence"]):.1f}" cy="{_y(row["right"]):.1f}" r="{radius:.1f}" fill="{_INK[0]}" fill-opacity=".7"><title>{row["count"]} sightings</title></circle>'
    ticks = [(share, f"{100 * share:.0f} %") for share in (0, 0.5, 1)]
    return _frame(title, "confidence given", ticks, ticks, body)
