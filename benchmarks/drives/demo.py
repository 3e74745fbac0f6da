"""The clip and the hotlist that are shipped for `anpr demo`: `python -m benchmarks.drives.demo [FOLDER]`.

Every mark is made up: their age identifiers (44 to 49 and 94 to 99) are not issued before 2044.
"""

import csv
import sys
from pathlib import Path
from typing import Final

from benchmarks.drives.camera import Camera
from benchmarks.drives.generate import generate, truth_path
from benchmarks.drives.plan import Drive, Mover

SHIPPED: Final = Path(__file__).parents[2] / "anpr" / "demo"
LARGEST_BYTES: Final = 4_000_000

MOVERS: Final = (
    Mover("KN47 WTE", "current", "parked", 20, 0.7, body="hatch", paint="SILVER", band="UK"),
    Mover("LB46 RFD", "current", "oncoming", 50, 1.5, body="saloon", paint="BLUE"),
    Mover("SV95 HKO", "current", "oncoming", 45, 3.3, body="suv", paint="BLACK", band="GB"),
    Mover("GX48 MPY", "current", "parked", 20, 3.1, body="van", paint="WHITE"),
    Mover("YD44 BUC", "current", "oncoming", 55, 5.0, body="hatch", paint="RED"),
    Mover("BX49 KLN", "current", "parked", 20, 5.3, body="saloon", paint="GREY", band="UK"),
    Mover("EF97 JTA", "current", "oncoming", 48, 6.9, body="hatch", paint="WHITE", band="UK"),
    Mover("MA46 CVS", "current", "parked", 20, 7.4, body="suv", paint="GREEN"),
    Mover("PO98 GWH", "current", "oncoming", 52, 8.8, body="saloon", paint="SILVER"),
    Mover("WR45 NDX", "current", "parked", 20, 9.5, body="hatch", paint="ORANGE", band="GB"),
    Mover("FT99 AEK", "current", "oncoming", 45, 10.8, body="van", paint="BLUE"),
    Mover("HC44 XRJ", "current", "parked", 20, 11.7, body="suv", paint="SILVER", band="UK"),
    Mover("DK96 PYU", "current", "oncoming", 50, 12.9, body="saloon", paint="BLACK"),
    Mover("RJ47 SLB", "current", "parked", 20, 13.7, body="hatch", paint="YELLOW"),
)  # fmt: skip
DRIVE: Final = Drive(
    "clip", 20261122, MOVERS, light="day", later_light="dusk", own_mph=20.0, seconds=15.0, camera=Camera(fps=30.0)
)
HOTLIST: Final = (
    # VRM, make, model, colour, action, markers, reason, NIM code, information, force and area, weed date, PNC id,
    # marking, CAD information, spare, spare
    ("SV95 HKO", "LAND ROVER", "DISCOVERY", "BLACK", "STOP", "", "STOLEN", "", "Stolen in burglary, keys taken", "DEMO FORCE", "31/12/2099", "26/000001A", "OFFICIAL", "", "", ""),
    ("MA46 CVS", "NISSAN", "QASHQAI", "GREEN", "STOP", "", "NO INSURANCE", "", "No policy found", "DEMO FORCE", "31/12/2099", "", "OFFICIAL", "", "", ""),
    ("FT99 AEK", "FORD", "TRANSIT", "BLUE", "STOP", "FI VI", "WANTED", "A11", "Driver wanted; do not stop without armed support", "DEMO FORCE", "31/12/2099", "26/000002B", "OFFICIAL", "", "", ""),
    ("DK96 PYU", "BMW", "3 SERIES", "BLACK", "SILENT", "DR", "INTELLIGENCE", "B22", "Do not stop; report place and direction", "DEMO FORCE", "31/12/2099", "", "OFFICIAL", "", "", ""),
    ("BX49 KLM", "VAUXHALL", "INSIGNIA", "GREY", "STOP", "WE", "STOLEN", "", "One character from a car in the clip, which is not this one", "DEMO FORCE", "31/12/2099", "26/000003C", "OFFICIAL", "", "", ""),
    ("TN94 QQA", "FIAT", "500", "WHITE", "STOP", "", "NO TAX", "", "Not in the clip", "DEMO FORCE", "31/12/2099", "", "OFFICIAL", "", "", ""),
    ("YD44 BUC", "FORD", "FIESTA", "RED", "STOP", "", "STOLEN", "", "Recovered: the weed date is past, so it must not alert", "DEMO FORCE", "01/02/2020", "26/000004D", "OFFICIAL", "", "", ""),
)  # fmt: skip


def make(folder: Path) -> None:
    """Write clip.mp4, truth.json and hotlist.csv; the same machine gives the same bytes."""
    clip = generate(DRIVE, folder, codec="h264", quality=24, preset="slow")
    truth_path(clip).replace(folder / "truth.json")
    with (folder / "hotlist.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\r\n").writerows(HOTLIST)
    size = clip.stat().st_size
    if size > LARGEST_BYTES:
        raise SystemExit(f"{clip} has {size} bytes: it may have {LARGEST_BYTES}; raise the quality number")
    print(f"{clip}: {size} bytes, {len(MOVERS)} vehicles, {len(HOTLIST)} hotlist entries")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED)
