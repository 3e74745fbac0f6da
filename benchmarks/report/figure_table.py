"""Every figure of the documents: what it is, which command gives it, and how it is taken from what the command writes."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.accuracy.programs import Run

Take = Callable[[Run], str]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `minutes` is about what its command takes; `needs` names data that is not part of the repository.

    `timed`: it measures time or memory of the machine, so that other programs must rest meanwhile.
    """

    name: str
    section: str
    what: str
    floor: str
    command: str
    take: Take
    minutes: float
    needs: str = ""
    timed: bool = False


# What commands write. A LookupError, ValueError or TypeError here becomes a failure that names the figure.


def objects(run: Run) -> list[dict[str, Any]]:
    """Return the JSON objects that a command wrote, one a line."""
    return [json.loads(line) for line in run.lines if line.startswith("{")]


def last(run: Run) -> dict[str, Any]:
    """Return the last JSON object."""
    return objects(run)[-1]


def said(pattern: str) -> Callable[[Run], re.Match[str]]:
    """Return what finds the first line that fits the pattern; raises LookupError when none does."""

    def find(run: Run) -> re.Match[str]:
        for line in run.lines:
            if (match := re.search(pattern, line)) is not None:
                return match
        raise LookupError(f"no line fits {pattern}")

    return find


def share(right: int, total: int) -> str:
    """Return a count with its percentage.

    >>> share(48, 50)
    '48 of 50 (96.0 %)'
    """
    return f"{right} of {total} ({100 * right / total:.1f} %)"


def _subset(name: str) -> Take:
    def take(run: Run) -> str:
        match = said(rf"^{re.escape(name)}\s+(\d+)\s+right\s+([\d.]+)%")(run)
        total = int(match[1])
        return share(round(float(match[2]) * total / 100), total)

    return take


def _rendered(run: Run) -> str:
    every = said(r"^rendered GB\s+(\d+)\s+right\s+([\d.]+)%")(run)
    legible = [line for line in run.lines if re.match(r"\s+legible\s+\d+", line)][-1]  # the rendered plates come last
    total, right = re.findall(r"[\d.]+", legible)
    return f"{every[2]} % of {int(every[1]):,}; {right} % of {int(total):,}"


def _cpu(kind: str) -> Take:
    def take(run: Run) -> str:
        match = said(rf"CPU time of a plate on one thread, {kind}: mean ([\d.]+) ms, median ([\d.]+) ms")(run)
        return f"{float(match[2]):.1f} / {float(match[1]):.1f} ms"

    return take


def _drive(run: Run) -> str:
    return " / ".join(_subset(f"drive {kind}")(run) for kind in ("clear", "hard"))


def _found(run: Run) -> str:
    match = said(r"^held out\s+found\s+(\d+) /\s+(\d+)")(run)
    return share(int(match[1]), int(match[2]))


def _ms(stage: str, *percentiles: str) -> Take:
    return lambda run: " / ".join(f"{last(run)['ms'][stage][p]:.0f}" for p in percentiles) + " ms"


def _stages(run: Run) -> str:
    ms = last(run)["ms"]
    return " / ".join(f"{ms[stage]['p50']:.1f}" for stage in ("detect", "read", "track", "match")) + " ms"


def _painted(run: Run) -> str:
    found = last(run)
    paint, alerts = found["grab_to_paint_ms"], found["alerts"]
    return f"{paint['p50']:.0f} / {paint['p99']:.0f} ms of {paint['count']} ({found['unpainted']} of {alerts} alerts have no paint time)"


def _burst(run: Run) -> str:
    found = last(run)
    before, during = (found[f"frame_done_{when}_ms"]["p50"] for when in ("before", "during"))
    return (
        f"{found['lost'] or 'none'} lost, order {_order(found)}; engine's frames done in {before:.0f} ms before, "
        f"{during:.0f} ms during (p50)"
    )


def _order(found: dict[str, Any]) -> str:
    return "right" if found["order_right"] else "WRONG"


def _shift(run: Run) -> str:
    found = last(run)
    sizes = [one["page_mb"] for one in found["eighths"]]
    frames = max(one["frame_ms"] for one in found["eighths"])
    return (
        f"{found['alerts']:,} alerts, {found['lost'] or 'none'} lost, order {_order(found)}; "
        f"page {min(sizes):.1f} to {max(sizes):.1f} MB, {frames:.1f} ms a frame at most"
    )


def _endured(run: Run) -> str:
    found = last(run)
    return (
        f"{found['named']} of {found['failures']} named, {found['cleared']} cleared; {found['slowest_to_name_s']:.1f} s; "
        f"{100 * found['memory_mb']['growth']:.1f} %"
    )


def _scale(*measures: str, digits: str = ".3g") -> Take:
    """Return what takes figures of the hotlist scale by the beginnings of their names."""

    def take(run: Run) -> str:
        figures = [one for one in objects(run) if one.get("type") == "figure"]
        shown = []
        for measure in measures:
            one = next((f for f in figures if re.match(measure, f["measure"])), None)
            if one is None:
                raise LookupError(f"no measure begins with {measure}")
            shown.append(f"{one['value']:{digits}} {one['unit']}".strip())
        return "; ".join(shown)

    return take


def _scored(take: Callable[[dict[str, Any]], str]) -> Take:
    return lambda run: take(last(run))


def _drives(run: Run) -> str:
    section = last(run)["sections"]["drives"]
    rates = {name: 100 * section["accuracy"][name]["value"] for name in ("capture_rate", "read_rate", "merge_rate")}
    return (
        f"{section['legible_vehicles']} legible vehicles, {rates['capture_rate']:.1f} % captured, "
        f"{rates['read_rate']:.1f} % of sightings read right, {rates['merge_rate']:.1f} % mix two vehicles"
    )


def _by_light(run: Run) -> str:
    lights = last(run)["sections"]["drives"]["breakdowns"]["light"]
    return ", ".join(f"{light} {100 * group['read_rate']['value']:.1f} %" for light, group in lights.items())


def _fast(run: Run) -> str:
    speeds = last(run)["sections"]["drives"]["breakdowns"]["closing speed"]
    fastest = speeds["130 to 160 mph"]["vehicles_read_right"]
    return f"{round(fastest['value'] * fastest['count'])} of {fastest['count']}"


def _peer(name: str) -> Take:
    def take(run: Run) -> str:
        sections = last(run)["sections"]
        shown = []
        for section, plates in (("readers_on_drives", "plates of the drives"), ("stills", "cut-out plates")):
            theirs, ours = (sections[section]["readers"][one]["read_rate"]["value"] for one in (name, "ours"))
            shown.append(f"{100 * theirs:.1f} % against our {100 * ours:.1f} % on {plates}")
        return "; ".join(shown)

    return take


REAL: Final = "Real pictures"
CLIP: Final = "The shipped clip"
SCREEN: Final = "The crew's screen"
LISTS: Final = "Hotlists"
RECORDS: Final = "Records and endurance"
DRIVES: Final = "Made drives"

SECTIONS: Final = {
    REAL: "With the shipped models; [models/READER.md](../models/READER.md) and [models/DETECTOR.md](../models/DETECTOR.md) say "
    "what each was trained on, and what a figure is worth. Of the vehicles of the labelled drive the shipped readers have "
    "seen one half in training (fold 0) and not the other.",
    CLIP: "1280 x 720, 30 frames a second, 15 s; one thread for each model. A tablet is slower; the governor then lowers "
    "resolution and rate before the budget of 250 ms is missed.",
    SCREEN: "Engine, page and Chromium on the same machine.",
    LISTS: "Made-up entries of realistic form and size.",
    DRIVES: "Rendered with exact truth; upper bounds for a real road (benchmarks/MEASURES.md says why).",
}

DATA: Final = "../shared/data"
_READER: Final = "python -m models.train evaluate reader models --engine"
_UNSEEN: Final = "python -m models.train evaluate reader models --engine --fold 1"
_DETECTOR: Final = "python -m models.train evaluate --frames ../shared/data/drive --timing"
_LABELLED: Final = "python -m benchmarks.accuracy.labelled_drive ../shared/data/drive --json"
_REALTIME: Final = (
    "anpr --data {folder} hotlist import anpr/demo/hotlist.csv --list Demo --json && "
    "anpr replay anpr/demo/clip.mp4 --realtime --hotlists {folder}/hotlists.db --json"
)
_REPLAY: Final = (
    "anpr --data {folder} hotlist import anpr/demo/hotlist.csv --list Demo --json && "
    "anpr replay anpr/demo/clip.mp4 --hotlists {folder}/hotlists.db --json"
)
_SCALE: Final = "python -m benchmarks.hotlist_scale --json"
_ALL: Final = "anpr bench all --peer rapidocr-line --peer easyocr --stills ../shared/data/crops --json"
_CLIP_S: Final = 15.0

FIGURES: Final = (
    Figure("crops-british", REAL, "cut-out British plates, every character right", "96 %", _READER, _subset("crops GB"), 5, DATA),
    Figure("crops-other", REAL, "cut-out plates of other countries, every character right", "92 %", _READER, _subset("crops other"), 5, DATA),
    Figure("crops-calibration", REAL, "expected calibration error on all cut-out plates", "0.04", _READER,
           lambda run: said(r"calibration error, all crops: ([\d.]+)")(run)[1], 5, DATA),
    Figure("rendered", REAL, "rendered British plates at full strength; those of which every character shows", "97 %", _READER, _rendered, 5, DATA),
    Figure("plate-time-drive", REAL, "processor time of an in-car plate, median / mean (further looks at unsure ones included)", "2 ms", _READER,
           _cpu("drive"), 5, DATA, timed=True),
    Figure("plate-time-crops", REAL, "processor time of a cut-out plate, median / mean", "2 ms", _READER, _cpu("crops"), 5, DATA, timed=True),
    Figure("drive-unseen", REAL, "in-car plates of vehicles never trained on, clear / hard, boxes given", "95 / 55 %", _UNSEEN, _drive, 5, DATA),
    Figure("plates-found", REAL, "in-car plates of unseen vehicles found, at 0.1 extra boxes a frame", "98 %", _DETECTOR, _found, 3, DATA),
    Figure("finding-time", REAL, "finding plates in a 1280 x 720 frame, median", "12 ms", _DETECTOR,
           lambda run: said(r"1280x720 frame, one thread: median ([\d.]+) ms")(run)[1] + " ms", 3, DATA, timed=True),
    Figure("drive-vehicles", REAL, "in-car vehicles whose final VRM is right", "95 %", _LABELLED,
           _scored(lambda f: f"{f['vehicles_right']} of {f['clear_vehicles']}"), 3, DATA),
    Figure("drive-mixed", REAL, "sightings that mix two vehicles", "0", _LABELLED, _scored(lambda f: f"{f['merged']}"), 3, DATA),
    Figure("drive-doubles", REAL, "sightings per vehicle at 1 frame a second", "2", _LABELLED,
           _scored(lambda f: f"{f['sightings_of_vehicles'] / f['vehicles_seen']:.2f}"), 3, DATA),
    Figure("drive-wrong", REAL, "sure sightings with a VRM that no label has", "5 %", _LABELLED,
           _scored(lambda f: f"{f['confirmed_wrong'] - f['wrong_on_unreadable']} of {f['confirmed'] - f['wrong_on_unreadable']} on plates "
                   f"with a known VRM; {f['wrong_on_unreadable']} more on plates labelled unreadable"), 3, DATA),
    Figure("alerts", CLIP, "alerts and sightings of the shipped clip, read as fast as it goes", "", _REPLAY,
           _scored(lambda f: f"{f['alerts']} alerts, {f['sightings']} sightings in {f['frames']} frames"), 1),
    Figure("alert-delay", CLIP, "grab of the frame to the alert raised, p50 / p99", "60 / 150 ms", _REALTIME, _ms("grab_to_alert", "p50", "p99"), 1, timed=True),
    Figure("dropped", CLIP, "frames dropped in real time", "1 %", _REALTIME,
           _scored(lambda f: f"{f['dropped']} of {f['frames']}"), 1, timed=True),
    Figure("stages", CLIP, "finding / reading / tracking / matching, p50", "", _REALTIME, _stages, 1, timed=True),
    Figure("processor", CLIP, "processor time in real time, start included", "100 % of one core", _REALTIME,
           lambda run: f"{run.cpu_s:.1f} s for {_CLIP_S:.0f} s of video (about {100 * run.cpu_s / _CLIP_S:.0f} % of one core)", 1, timed=True),
    Figure("memory", CLIP, "peak memory", "450 MB", _REALTIME, lambda run: f"{run.memory_bytes / 1e6:.0f} MB", 1, timed=True),
    Figure("painted-full", SCREEN, "grab of the frame to the alert painted, full view, p50 / p99", "120 / 250 ms",
           "python -m benchmarks.load.crew_screen paint --view full --minutes 1.5", _painted, 3, timed=True),
    Figure("painted-driver", SCREEN, "grab of the frame to the alert painted, driver view, p50 / p99", "120 / 250 ms",
           "python -m benchmarks.load.crew_screen paint --view driver --minutes 1", _painted, 3, timed=True),
    Figure("burst", SCREEN, "500 alerts at once", "none lost", "python -m benchmarks.load.crew_screen burst --alerts 500", _burst, 3, timed=True),
    Figure("shift", SCREEN, "8 hours of alerts, one a second, 24 times as fast", "level",
           "python -m benchmarks.load.crew_screen shift --hours 8 --pace 24", _shift, 25, timed=True),
    Figure("import-1m", LISTS, "import of 1 M rows of the police CSV", "30 s", f"{_SCALE} --only import", _scale("import of 1,000,000"), 1, timed=True),
    Figure("import-10m", LISTS, "import of 10 M rows of the police CSV; its peak memory", "360 s; 600 MB", f"{_SCALE} --only big-import --only lookup",
           _scale("import of 10,000,000", "its peak memory"), 10, timed=True),
    Figure("look-up", LISTS, "look-up of a sighting's readings among 10 M entries, p99; added by 100,000 wildcard entries", "2 ms; 2 ms",
           f"{_SCALE} --only big-import --only lookup", _scale("look-up of .*p99", "added by .*p99"), 10, timed=True),
    Figure("swap", LISTS, "longest match while 1 M rows are swapped in", "10 ms", f"{_SCALE} --only swap", _scale("longest match"), 3, timed=True),
    Figure("delta", LISTS, "delta of 1 % of 1 M rows by the snapshot; time to apply", "3 %; 5 s", f"{_SCALE} --only delta",
           _scale("delta of", "time to apply"), 3, timed=True),
    Figure("reported", LISTS, "right entry reported / alerting at the default threshold, 1 or 2 characters wrong (error model)", "90 % / –",
           f"{_SCALE} --only accuracy", _scale("right entry reported", "right entry alerts, 1 or 2"), 10),
    Figure("false-alerts", LISTS, "false alerts per 10,000 sightings against 1 M entries", "5", f"{_SCALE} --only accuracy", _scale("false alerts"), 10),
    Figure("list-kills", LISTS, "lists lost or torn in 200 kills at random moments of import and sync", "0", f"{_SCALE} --only kills",
           _scale("lists lost or torn"), 15),
    Figure("import-100k", LISTS, "import of 100,000 rows of the police CSV", "", f"{_SCALE} --only import --rows 100000", _scale("import of 100,000"), 0.5, timed=True),
    Figure("record-kills", RECORDS, "records lost in 200 kills of their writer", "0", "python -m benchmarks.load.record_kills --kills 200",
           _scored(lambda f: f"{f['lost']} of {f['committed']:,}"), 10),
    Figure("record-kills-few", RECORDS, "records lost in 5 kills of their writer", "0", "python -m benchmarks.load.record_kills --kills 5",
           _scored(lambda f: f"{f['lost']} of {f['committed']:,}"), 0.5),
    Figure("endurance", RECORDS, "an hour in real time, a camera that fails every minute: failures named and cleared; slowest to name; growth of memory",
           "all; 2 s; 5 %", "python -m benchmarks.load.endurance --minutes 60 --fail-every 60", _endured, 60, timed=True),
    Figure("drives-all", DRIVES, "in all: captured, read right, two vehicles mixed", "", _ALL, _drives, 20, DATA + "/crops"),
    Figure("drives-light", DRIVES, "sightings read right by light", "", _ALL, _by_light, 20, DATA + "/crops"),
    Figure("drives-fast", DRIVES, "vehicles read right at 130 to 160 mph", "", _ALL, _fast, 20, DATA + "/crops"),
    Figure("peer-rapidocr", DRIVES, "RapidOCR beside our reader on the same plates", "", _ALL, _peer("rapidocr-line"), 20, DATA + "/crops"),
    Figure("peer-easyocr", DRIVES, "EasyOCR on the same plates", "", _ALL, _peer("easyocr"), 20, DATA + "/crops"),
)  # fmt: skip
"""The table; names are for `--only` and stay what they are."""

HEADLINES: Final = ("crops-british", "drive-vehicles", "alert-delay", "painted-full", "look-up")
"""What the README shows, in its order."""
