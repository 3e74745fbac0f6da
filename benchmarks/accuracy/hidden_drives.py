"""Drives in which each vehicle has a character hidden all the while, its mark and the shortened one listed: what is alerted.

Every pass goes through the whole engine: pictures, tracks, matching, alerts. An alert that counts as confirmed by evidence on a mark that is
another one is the fault that leads to an armed stop; a listed vehicle of which the crew is told nothing is the other one. Of a
pass counts the best that its alerts came to, at whatever frame.
"""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from anpr.config.car import PatrolConfig
from anpr.engine.engine import Step
from anpr.errors import Failure, InputError
from anpr.patrol.opening import open_replay_engine
from anpr.patrol.replay import replay
from anpr.values import Alert, AlertKind, AlertState
from anpr.vrm import fold
from benchmarks.accuracy.intervals import ratio
from benchmarks.drives.encode import ClipWriter, best_codec
from benchmarks.drives.generate import SUFFIX
from benchmarks.drives.hidden import HIDERS, NOTHING, HiddenPass, HiddenScene, plan_pass
from benchmarks.drives.truth import write_truth
from camera.sources import open_source
from hotlists.importers.import_list import import_list
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore

TRUE_LIST, SHORT_LIST = "TRUE", "SHORTENED"
LEAST_LEGIBLE: Final = 2
"""A pass counts when a person could read its other characters in so many frames."""


@dataclass(frozen=True, slots=True)
class HiddenOutcome:
    """What came of one pass.

    `confirmed_other` and `raised_other` say that an alert, an ordinary one and no possible one, led with a mark that is not the vehicle's,
    and whether it came to count as confirmed by evidence. `told` says that some alert offered the vehicle's own mark, `possible` that it
    was as a possible one, `confirmed_true` that its own mark counted as confirmed. `read` is the last text of its sightings.
    """

    hider: str
    vrm: str
    shortened: str
    clip: str
    legible: int
    read: str
    confidence: float
    confirmed_other: bool
    raised_other: bool
    told: bool
    possible: bool
    confirmed_true: bool

    @property
    def counts(self) -> bool:
        """Whether a person could read the rest of the plate."""
        return self.legible >= LEAST_LEGIBLE


def planned(passes: int, seed: int, hiders: Sequence[str] = HIDERS) -> list[HiddenPass]:
    """Return so many passes, the hiders (NOTHING may be one) by turns; raises InputError for one that there isn't, or none."""
    if not hiders:
        raise InputError(f"no hider is named: choose among {', '.join(HIDERS)}")
    return [plan_pass(hiders[i % len(hiders)], i // len(hiders), seed) for i in range(passes)]


def clip_of(one: HiddenPass, folder: Path) -> tuple[Path, int]:
    """Return the clip of a pass, made unless it is there, and in how many of its frames the plate is legible.

    Raises Failure when it cannot be written.
    """
    codec = best_codec()
    clip = folder / f"{one.drive.name}{SUFFIX[codec]}"
    truth = clip.with_name(f"{one.drive.name}.truth.json")
    count = clip.with_name(f"{one.drive.name}.legible")
    try:
        if count.exists():
            return clip, int(count.read_text(encoding="ascii"))
        folder.mkdir(parents=True, exist_ok=True)
        scene = HiddenScene(one)
        camera = one.drive.camera
        with ClipWriter(clip, camera.fps, (camera.width_px, camera.height_px), codec) as writer:
            for picture in scene.frames():
                writer.write(picture)
        header, vehicles = scene.truth()
        write_truth(truth, header | scene.header() | {"clip": clip.name}, vehicles, camera.fps)
        legible = len(scene.vehicle().legible_frames())
        count.write_text(str(legible), encoding="ascii")
    except OSError as error:
        raise Failure(f"{clip} cannot be written ({error.strerror}): free space or name another folder") from error
    return clip, legible


def listed(passes: Sequence[HiddenPass], folder: Path) -> Path:
    """Make a hotlists file in a folder: one list of the marks, one of the shortened ones; return it."""
    path = folder / "hotlists.db"
    with HotlistStore(path) as store:
        for name, marks in (
            (TRUE_LIST, [one.vrm for one in passes]),
            (SHORT_LIST, [one.shortened for one in passes]),
        ):
            file = folder / f"{name}.csv"
            with file.open("w", newline="", encoding="utf-8") as out:
                csv.writer(out).writerows([["VRM"], *([mark] for mark in sorted(set(marks)))])
            import_list(store, file, ListSettings(name))
    return path


def played(one: HiddenPass, clip: Path, legible: int, hotlists: Path) -> HiddenOutcome:
    """Take the clip of a pass through the engine; return what came of it."""
    engine = open_replay_engine(PatrolConfig(), hotlists, live=False)
    alerts: list[Alert] = []
    texts: list[tuple[str, float]] = []

    def on_step(step: Step) -> None:
        for matched in step.sightings:
            alerts.extend(alert for alert in matched.alerts if alert.kind is AlertKind.HIT)
            texts.append((matched.sighting.text, matched.sighting.confidence))

    replay(open_source(str(clip)), engine, on_step)
    return outcome(one, clip.name, legible, alerts, texts[-1] if texts else ("", 0.0))


def outcome(
    one: HiddenPass, clip: str, legible: int, alerts: Sequence[Alert], last: tuple[str, float]
) -> HiddenOutcome:
    """Return what came of a pass of all versions of its alerts."""
    own = fold(one.vrm)
    told = [(alert, hit) for alert in alerts for hit in alert.hits if fold(hit.entry.vrm) == own and hit.passes]
    led = [(alert, alert.hits[0], fold(alert.hits[0].entry.vrm) == own) for alert in alerts if alert.hits]
    confirmed = AlertState.CONFIRMED_BY_EVIDENCE
    return HiddenOutcome(
        hider=one.hider,
        vrm=one.vrm,
        shortened=one.shortened,
        clip=clip,
        legible=legible,
        read=last[0],
        confidence=last[1],
        confirmed_other=any(alert.state is confirmed and not is_own for alert, _, is_own in led),
        raised_other=any(not hit.possible and not is_own and hit.passes for _, hit, is_own in led),
        told=bool(told),
        possible=any(hit.possible for _, hit in told),
        confirmed_true=any(alert.state is confirmed and is_own for alert, _, is_own in led),
    )


def run_hidden_drives(
    passes: Sequence[HiddenPass], folder: Path, tick: Callable[[], None] = lambda: None
) -> list[HiddenOutcome]:
    """Make every pass's clip in the folder, unless it is there, and play it with all their marks listed."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "hotlists.db").unlink(missing_ok=True)
    hotlists = listed(passes, folder)
    outcomes = []
    for one in passes:
        clip, legible = clip_of(one, folder)
        outcomes.append(played(one, clip, legible, hotlists))
        tick()
    return outcomes


def hidden_section(title: str, outcomes: Sequence[HiddenOutcome]) -> dict[str, Any]:
    """Return the section of a report: a row for each hider, and for all hidden ones, over passes otherwise legible."""
    counted = [one for one in outcomes if one.counts]
    groups = [(hider, [one for one in counted if one.hider == hider]) for hider in (NOTHING, *HIDERS)]
    hidden = [one for one in counted if one.hider != NOTHING]
    figures = [{"hider": hider, **_shares(ones)} for hider, ones in [*groups, ("hidden, together", hidden)] if ones]
    return {
        "kind": "hidden drives",
        "title": title,
        "passes": len(outcomes),
        "figures": figures,
        "rows": [_row(one) for one in figures],
        "confirmed_on_another": [
            {"clip": o.clip, "mark": o.vrm, "shortened": o.shortened, "read": o.read, "confidence": round(o.confidence, 4)}
            for o in counted if o.confirmed_other
        ],
        "errors": [],
    }  # fmt: skip


_COUNTED: Final[dict[str, Callable[[HiddenOutcome], bool]]] = {
    "confirmed on another mark": lambda one: one.confirmed_other,
    "raised on another mark, not as possible": lambda one: one.raised_other,
    "own mark told": lambda one: one.told,
    "own mark told as possible": lambda one: one.possible,
    "own mark confirmed": lambda one: one.confirmed_true,
    "nothing read": lambda one: not one.read,
}


def _shares(ones: Sequence[HiddenOutcome]) -> dict[str, Any]:
    whole = np.ones(len(ones))
    return {
        name: ratio(np.array([counts(one) for one in ones], np.float64), whole).as_json()
        for name, counts in _COUNTED.items()
    }


def _row(figure: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {"hider": figure["hider"], "passes": figure["own mark told"]["count"]}
    for name in _COUNTED:
        value, low, high = (100 * figure[name][k] for k in ("value", "low", "high"))
        row[name] = f"{value:.1f} % ({low:.1f} to {high:.1f})"
    return row
