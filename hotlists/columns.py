"""The columns of a hotlist row and the names by which other files call them."""

from typing import Final

POLICE_COLUMNS: Final = (
    "vrm",
    "make",
    "model",
    "colour",
    "action",
    "markers",
    "reason",
    "nim_code",
    "information",
    "force_area",
    "weed_date",
    "pnc_id",
    "marking",
    "cad",
    "spare_1",
    "spare_2",
)
"""The 16 columns of the police back-office CSV, in its order (docs/DOMAIN.md)."""

VRM: Final = POLICE_COLUMNS.index("vrm")
WEED_DATE: Final = POLICE_COLUMNS.index("weed_date")

HEADER_NAMES: Final = {
    "vrm": (
        "vrm",
        "vrn",
        "registration",
        "registration mark",
        "reg",
        "reg no",
        "plate",
        "number plate",
        "licence plate",
    ),
    "make": ("make", "manufacturer"),
    "model": ("model",),
    "colour": ("colour", "color"),
    "action": ("action",),
    "markers": ("markers", "warning markers", "warnings", "warning"),
    "reason": ("reason", "category", "type", "description"),
    "nim_code": ("nim code", "nim", "5x5x5"),
    "information": ("information", "info", "action text", "intelligence", "notes", "comment", "remarks"),
    "force_area": ("force area", "force", "force and area", "area"),
    "weed_date": ("weed date", "expires", "expiry", "expiry date", "valid until", "end date"),
    "pnc_id": ("pnc id", "pncid", "pnc"),
    "marking": ("marking", "gpms", "gsc", "classification"),
    "cad": ("cad", "cad information", "incident"),
    "spare_1": ("spare 1",),
    "spare_2": ("spare 2",),
}
"""Headers under which each column is found when no mapping is configured; compared in lower case, `_` as a space."""

WARNING_MARKERS: Final = {
    "FI": "firearms",
    "WE": "weapons",
    "XP": "explosives",
    "VI": "violent",
    "DR": "drugs",
    "ES": "escaper",
    "SU": "suicidal",
    "MN": "mental",
    "AT": "ailment",
    "CO": "contagious",
    "IS": "impersonates",
}
"""Warning markers of the Police National Computer (docs/DOMAIN.md)."""
