"""The receipt of a stop, with the advice that the motorist takes along: a small text, signed by the tablet, as a QR code.

It is read by any phone's camera without a network. What stands in it is what `receipt.toml` names and the officer answered: it is never
given an entry of a list. Code A of the Police and Criminal Evidence Act 1984 (section 4) asks of a receipt for a search a reference, how
to get a copy of the record, who the officer is and which power was used.
"""

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import segno

from anpr.config.file import settings_of, text_of, toml_of
from anpr.config.settings import setting
from anpr.errors import ConfigError, InputError
from anpr.showable import require_showable
from anpr.stops.card import Card, Kind, advice_line
from anpr.stops.progress import Answer, Progress
from anpr.trust.tablet_key import TabletKey, fingerprint, is_signed
from anpr.vrm import normalise

WHAT: Final = "receipt"

SIGNED_AS: Final = b"patrol-anpr receipt\n"
"""What stands before the text when it is signed: a signature of something else never passes for one of a receipt."""

LONGEST: Final = 1463
"""Bytes of a signed receipt: version 27 of a QR code at its lowest correction (ISO/IEC 18004), 125 modules wide, so 4 whole pixels a module on
640. Measured on texts of 1,367 to 1,628 bytes, tilted and dimmed, OpenCV read all of version 27 and not all of 28 and 29; with more
correction modules become smaller, and fewer are read."""

_FIXED: Final = 124
"""Bytes of the texts that a force writes, together: with the longest advice and names they leave room for what else is told."""

_MOST_ANSWERS: Final = 6

_NAME: Final = 30
"""Bytes of a place, of an officer's name and of a reference."""

_CUT: Final = "..."
"""At the end of what was cut: plain ASCII, as a text with other characters needs a larger code."""

_PARTS: Final = ("when", "place", "vrm", "power", "grounds", "answers", "officer", "reference")

_QUIET_ZONE: Final = 4
"""Modules of margin that ISO/IEC 18004 asks for."""

_MARK: Final = re.compile(r"\b(?:[A-Z]{2}[0-9]{2} ?[A-Z]{3}|[A-Z][0-9]{1,3}[A-Z]{3}|[A-Z]{3}[0-9]{1,3}[A-Z])\b")
"""What is surely meant as a registration mark in a typed text: the lawful layouts that no road ("A13 was") and no Act ("Act 1988") has."""

_SIGNED: Final = re.compile(
    r"(?P<body>.*)\nKey (?P<key>[A-Za-z0-9+/=]{44})\nSigned (?P<signature>[A-Za-z0-9+/=]{88})", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class ReceiptForm:
    """`receipt.toml`: what a force's receipts hold."""

    force: str = setting(doc="The force, as it calls itself", least=1, most=60)
    heading: str = setting("Receipt of a stop", "Its first words", least=1, most=60)
    copy: str = setting("", "How to get a copy of the record", most=_FIXED)
    complaints: str = setting("", "Where to complain", most=_FIXED)
    parts: tuple[str, ...] = setting(_PARTS, "What it says of the stop, in this order", choices=_PARTS)
    answers: tuple[str, ...] = setting((), "Keys of the questions whose answers it says", most=64)

    def __post_init__(self) -> None:
        """Raise ConfigError for texts that leave no room for the stop."""
        length = sum(len(text.encode()) for text in (self.force, self.heading, self.copy, self.complaints))
        if len(self.answers) > _MOST_ANSWERS:
            raise ConfigError(f"'answers' has {len(self.answers)} keys, and {_MOST_ANSWERS} may be: leave some out")
        if length > _FIXED:
            raise ConfigError(
                f"'force', 'heading', 'copy' and 'complaints' have {length} bytes together, and {_FIXED} may be: shorten them"
            )


@dataclass(frozen=True, slots=True)
class Occasion:
    """A stop as its receipt names it: local time, place in words, the vehicle's own mark, who stopped it, and a reference."""

    at: datetime
    place: str
    vrm: str
    officer: str
    reference: str

    def __post_init__(self) -> None:
        """Raise InputError for texts that are too long or cannot be shown."""
        for what, text in (("the place", self.place), ("the officer", self.officer), ("the reference", self.reference)):
            require_showable(what, text)
            if (length := len(text.encode())) > _NAME:
                raise InputError(f"{what} has {length} bytes, and {_NAME} may be on a receipt: shorten it")


@dataclass(frozen=True, slots=True)
class Checked:
    """A receipt that was read back: its text, and the fingerprint of who signed it, empty when nobody did or it was changed."""

    text: str
    signed_by: str


def read_form(path: Path) -> ReceiptForm:
    """Return a force's form of receipts. Raises ConfigError."""
    return settings_of(ReceiptForm, toml_of(text_of(path, WHAT), path, WHAT), path)


def receipt(card: Card, progress: Progress, form: ReceiptForm, occasion: Occasion) -> str:
    """Return the text of a receipt, not signed yet; what is too long for its code is cut, visibly.

    Raises InputError when a typed answer names the mark of another vehicle.
    """
    lines = {
        "when": f"{occasion.at:%d/%m/%Y %H:%M}",
        "place": occasion.place,
        "vrm": f"Vehicle {normalise(occasion.vrm)}" if occasion.vrm else "",
        "officer": f"Officer {occasion.officer}" if occasion.officer else "",
        "reference": f"Reference {occasion.reference}" if occasion.reference else "",
    }
    example = "EXAMPLE. " if card.is_example else ""
    told = dict(_told(card, progress, form))
    for part, text in told.items():
        if part != "power":
            _require_own_mark(text, occasion.vrm)
    advice = _advice(card, progress.values)
    before = [f"{example}{form.heading}, {form.force}"]
    after = [text for text in (form.copy, form.complaints) if text]
    fixed = [*before, *(lines[part] for part in form.parts if lines.get(part)), *after]
    room = LONGEST - _signature_bytes() - sum(len(line.encode()) + 1 for line in (*fixed, *advice))
    said = _within(told, room)
    middle = [line for part in form.parts for line in ((lines[part],) if lines.get(part) else said.get(part, ()))]
    return "\n".join((*before, *middle, *after, *advice))


def signed(text: str, key: TabletKey) -> str:
    """Return a receipt with the key and the signature of the tablet below it."""
    return f"{text}\nKey {key.public}\nSigned {key.sign(SIGNED_AS + text.encode())}"


def check(text: str) -> Checked:
    """Return what a scanned receipt says and who signed it; ends of lines may be those of another system."""
    plain = "\n".join(text.strip().splitlines())
    found = _SIGNED.fullmatch(plain)
    if found is None:
        return Checked(plain, "")
    whole = is_signed(SIGNED_AS + found["body"].encode(), found["signature"], found["key"])
    return Checked(found["body"], fingerprint(found["key"]) if whole else "")


def code_svg(text: str) -> bytes:
    """Return the QR code of a signed receipt as SVG: black on white, whatever the screen's theme, for the sun."""
    out = io.BytesIO()
    _code(text).save(out, kind="svg", border=_QUIET_ZONE, dark="#000", light="#fff", omitsize=True)
    return out.getvalue()


def code_png(text: str, pixels: int = 640) -> bytes:
    """Return the QR code as PNG, as large as whole pixels for each module allow within so many pixels."""
    code = _code(text)
    width, _ = code.symbol_size(border=_QUIET_ZONE)
    out = io.BytesIO()
    code.save(out, kind="png", border=_QUIET_ZONE, scale=max(1, pixels // width))
    return out.getvalue()


def _code(text: str) -> segno.QRCode:
    if (length := len(text.encode())) > LONGEST:
        raise InputError(f"the receipt has {length:,} bytes, and its code holds {LONGEST:,}: choose less advice")
    # Without the mark of its encoding, zbar takes UTF-8 for Japanese.
    return segno.make_qr(text, error="l", mode="byte", encoding="utf-8", eci=not text.isascii())


def _signature_bytes() -> int:
    return len("\nKey \nSigned ") + 44 + 88


def _told(card: Card, progress: Progress, form: ReceiptForm) -> Iterable[tuple[str, str]]:
    """Yield power, grounds and the answers that the form names, by their part and number."""
    by_kind = {one.kind: _several(progress.values.get(one.key)) for one in card.questions}
    powers = [one for one in card.powers if one.key in by_kind.get(Kind.POWERS, ())]
    if powers:
        yield "power", f"Power: {'; '.join(one.source or one.text for one in powers)}"
    if card.tell_grounds and (grounds := by_kind.get(Kind.GROUNDS)):
        yield "grounds", f"Grounds: {'; '.join(grounds)}"
    for number, key in enumerate(form.answers):
        answer = _several(progress.values.get(key))
        label = next((one.label for one in card.questions if one.key == key), "")
        if label and answer:
            yield f"answers {number}", f"{label}: {', '.join(answer)}"


def _advice(card: Card, values: Mapping[str, Answer]) -> list[str]:
    chosen = {key for one in card.questions if one.kind is Kind.ADVICE for key in _several(values.get(one.key))}
    return [advice_line(one.text).rstrip("\n") for one in card.advice if one.key in chosen]


def _within(told: Mapping[str, str], room: int) -> dict[str, tuple[str, ...]]:
    """Return the lines by their part, each cut to its share of the room in bytes; a short one leaves its rest to those behind it."""
    said: dict[str, tuple[str, ...]] = {}
    by_length = sorted(told.items(), key=lambda item: len(item[1].encode()))
    cut: dict[str, str] = {}
    for number, (part, text) in enumerate(by_length):
        cut[part] = _cut(text, room // (len(by_length) - number) - 1)
        room -= len(cut[part].encode()) + 1
    for part in told:
        name = part.split()[0]
        said[name] = (*said.get(name, ()), cut[part])
    return said


def _cut(text: str, most: int) -> str:
    if len(text.encode()) <= most:
        return text
    return text.encode()[: max(0, most - len(_CUT))].decode(errors="ignore").rstrip() + _CUT


def _several(answer: Answer | None) -> tuple[str, ...]:
    return (answer,) if isinstance(answer, str) else answer or ()


def _require_own_mark(text: str, vrm: str) -> None:
    for found in _MARK.findall(text.upper()):
        if normalise(found) != normalise(vrm):
            raise InputError(
                "a typed answer names the mark of another vehicle, which a receipt may not tell: word it otherwise"
            )
