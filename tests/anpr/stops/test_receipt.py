"""The receipt: what it says, who signed it, and whether phones can read its code."""

import io
import re
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anpr.errors import ConfigError, InputError
from anpr.stops.card import MOST_ADVICE_BYTES, Card, Kind
from anpr.stops.card_set import card_named, read_cards, receipt_form, shipped
from anpr.stops.progress import Answer, progress
from anpr.stops.receipt import (
    LONGEST,
    SIGNED_AS,
    Occasion,
    ReceiptForm,
    check,
    code_png,
    code_svg,
    read_form,
    receipt,
    signed,
)
from anpr.trust.tablet_key import TabletKey, fingerprint
from anpr.values import Image
from tests.anpr.stops.made import TODAY, card, question, table

FORM = receipt_form(shipped())
OCCASION = Occasion(datetime(2026, 11, 29, 14, 5), "TQ 3062 7838", "AB51 CDE", "1234 PC Example", "1200/29NOV26")  # noqa: DTZ001
EXAMPLES = read_cards(shipped())

ADVICE = (
    "Do not drive, or let anybody drive, before cover has begun: the vehicle can be seized again, and its charges grow day by day. ",
    "To collect a seized vehicle bring the notice, proof that it is yours, a licence and a certificate that covers it, within seven days. ",
)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> TabletKey:
    return TabletKey.open(tmp_path_factory.mktemp("key") / "key.pem")


def longest_card() -> Card:
    """A card with as much advice as may be."""
    texts = [(ADVICE[at % 2] * 2)[:240].strip() for at in range(4)]
    texts.append(("Keep this receipt. " * 3)[: MOST_ADVICE_BYTES - sum(len(text) + 3 for text in texts) - 3].strip())
    made = card(
        question("why", "grounds") + question("by", "powers") + question("outcome", "text") + question("advice", "advice")
        + table("power", {"key": "stop", "text": "Stop", "source": "Road Traffic Act 1988, section 163"})
        + "".join(table("advice", {"key": f"a{at}", "text": text}) for at, text in enumerate(texts))
    )  # fmt: skip
    assert MOST_ADVICE_BYTES - 5 < made.advice_bytes <= MOST_ADVICE_BYTES
    return made


def longest(key: TabletKey) -> str:
    """The longest receipt that there is: all advice, and texts that had to be cut."""
    made = longest_card()
    answers: dict[str, Answer] = {
        "why": ("No policy was found for the vehicle. " * 6,), "by": ("stop",), "outcome": "The vehicle was seized. " * 9,
        "advice": tuple(one.key for one in made.advice),
    }  # fmt: skip
    form = ReceiptForm("Example Constabulary", "Receipt of a stop", "C" * 43, "D" * 43, answers=("outcome",))
    occasion = Occasion(OCCASION.at, "p" * 30, "AB51CDE", "o" * 30, "r" * 30)
    return signed(receipt(made, progress(made, answers, TODAY), form, occasion), key)


def no_insurance(**more: Answer) -> str:
    made = card_named(EXAMPLES, "no_insurance")
    answers: dict[str, Answer] = {
        "shown": "none", "outcome": "reported", "powers": ("stop", "seize"), "grounds": ("No policy is found.",),
        "driver_known": "not known", "driver_surname": "Secretname", "advice": ("drive",), **more,
    }  # fmt: skip
    return receipt(made, progress(made, answers, TODAY), FORM, OCCASION)


def test_a_receipt_says_what_the_form_names_and_nothing_else() -> None:
    assert no_insurance().splitlines() == [
        "EXAMPLE. Receipt of a stop, Example Constabulary",
        "29/11/2026 14:05",
        "TQ 3062 7838",
        "Vehicle AB51CDE",
        "Power: Road Traffic Act 1988, section 163; Road Traffic Act 1988, section 165A",
        "Grounds: No policy is found.",
        "Outcome: reported",
        "Officer 1234 PC Example",
        "Reference 1200/29NOV26",
        "Copy of the record: ask within 3 months",
        "Complaints: any station, policeconduct.gov.uk",
        "- Do not drive, or let anybody drive, before cover has begun: the vehicle can be seized again.",
    ]


def test_grounds_that_tell_of_a_list_stay_off_the_receipt() -> None:
    for name in ("information", "wanted_or_missing"):
        made = card_named(EXAMPLES, name)
        (grounds,) = (one for one in made.questions if one.kind is Kind.GROUNDS)
        found = progress(made, {grounds.key: grounds.choices}, TODAY)
        assert found.values[grounds.key] == grounds.choices
        text = receipt(made, found, FORM, OCCASION)
        assert not any(ground in text for ground in grounds.choices)
        assert "Grounds" not in text


def test_the_mark_of_another_vehicle_is_never_told() -> None:
    assert "AB51 CDE seen" in no_insurance(grounds=("AB51 CDE seen on the A13 was closed, Act 1988.",))
    for other in ("Passed CD52 EFG.", "follows cd52efg", "with K123ABC", "as ABC123D"):
        with pytest.raises(InputError, match="another vehicle"):
            no_insurance(grounds=(other,))


def test_it_is_signed_and_a_change_shows(key: TabletKey) -> None:
    text = signed(no_insurance(), key)
    found = check(text.replace("\n", "\r\n") + "\r\n")
    assert found.signed_by == fingerprint(key.public)
    assert found.text == no_insurance()
    assert check(text.replace("reported", "advice")).signed_by == ""
    assert check(text.rsplit("\n", 1)[0]).signed_by == ""
    assert check("").signed_by == ""
    other = re.sub(r"Signed .*", f"Signed {key.sign(no_insurance().encode())}", text)
    assert SIGNED_AS not in no_insurance().encode()
    assert check(other).signed_by == "", "a signature of the bare text is none of a receipt"


@settings(max_examples=15)
@given(st.text(max_size=300), st.text(max_size=300), st.lists(st.sampled_from(range(5)), unique=True))
def test_every_receipt_fits_its_code(grounds: str, outcome: str, advice: list[int]) -> None:
    made = longest_card()
    answers: dict[str, Answer] = {
        "why": (grounds or "x",),
        "outcome": outcome,
        "advice": tuple(f"a{at}" for at in advice),
    }
    form = ReceiptForm("é" * 30, "Receipt", "", "D" * 57, answers=("outcome",))
    try:
        text = receipt(
            made, progress(made, answers, TODAY), form, Occasion(OCCASION.at, "ö" * 15, "AB51CDE", "o" * 30, "r" * 30)
        )
    except InputError:
        return
    assert len(text.encode()) + len("\nKey \nSigned ") + 44 + 88 <= LONGEST
    assert text.splitlines() == text.split("\n")


def test_what_is_too_long_is_cut_visibly(key: TabletKey) -> None:
    lines = longest(key).splitlines()
    assert [line[:8] for line in lines if line.endswith("...")] == ["Power: R", "Grounds:", "Outcome:"]
    assert LONGEST - 10 < len(longest(key).encode()) <= LONGEST
    with pytest.raises(InputError, match="choose less advice"):
        code_svg("x" * (LONGEST + 1))


def test_names_that_are_too_long_or_unseen_are_refused() -> None:
    for place in ("p" * 31, "a\x1bb"):
        with pytest.raises(InputError, match="the place"):
            Occasion(OCCASION.at, place, "AB51CDE", "o", "r")


def test_the_form_is_read_like_every_setting(tmp_path: Path) -> None:
    file = tmp_path / "receipt.toml"
    file.write_text('force = "F"\nparts = ["when", "keeper"]\n')
    with pytest.raises(ConfigError, match="'parts' must be"):
        read_form(file)


# How it looks on a screen


def rendered(text: str, pixels: int = 640) -> Image:
    """A picture of the screen, so many pixels wide, with the code on it."""
    code = cv2.imdecode(np.frombuffer(code_png(text, pixels), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert code is not None
    screen = np.full((pixels, pixels), 255, np.uint8)
    top, left = (pixels - code.shape[0]) // 2, (pixels - code.shape[1]) // 2
    screen[top : top + code.shape[0], left : left + code.shape[1]] = code
    return screen


def tilted_and_dimmed(screen: Image, degrees: float) -> Image:
    """The screen turned in its plane, and half as bright."""
    side = screen.shape[0]
    angle = np.deg2rad(abs(degrees))
    width = int(side * (np.cos(angle) + np.sin(angle))) + 1
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), degrees, 1)
    turn[:, 2] += (width - side) / 2
    turned = cv2.warpAffine(screen, turn, (width, width), flags=cv2.INTER_LINEAR, borderValue=255)
    return np.asarray(turned * 0.5, np.uint8)


@pytest.mark.parametrize("degrees", [-20, 20])
def test_opencv_reads_the_longest_receipt_tilted_and_dimmed(key: TabletKey, degrees: float) -> None:
    """With the finder of its marker detector: its older finder misses every second code of this size, even upright."""
    text = longest(key)
    read, _, _ = cv2.QRCodeDetectorAruco().detectAndDecode(tilted_and_dimmed(rendered(text), degrees))
    assert read == text
    welsh, _, _ = cv2.QRCodeDetectorAruco().detectAndDecode(rendered("Cadwch y drws ynghlo, a’r ffenestri ŵ ŷ ar gau."))
    assert welsh == "Cadwch y drws ynghlo, a’r ffenestri ŵ ŷ ar gau."
    assert check(read).signed_by == fingerprint(key.public)


@pytest.mark.parametrize("degrees", [-20, 20])
def test_zbar_reads_the_longest_receipt_tilted_and_dimmed(key: TabletKey, degrees: float) -> None:
    zbar = pytest.importorskip(
        "pyzbar.pyzbar", reason="zbar's library is not there (Debian: libzbar0)", exc_type=ImportError
    )
    text = longest(key)
    (read,) = zbar.decode(tilted_and_dimmed(rendered(text), degrees), symbols=[zbar.ZBarSymbol.QRCODE])
    assert read.data.decode() == text
    (welsh,) = zbar.decode(rendered("Cadwch y drws ynghlo, a’r ffenestri ŵ ŷ ar gau."))
    assert welsh.data.decode() == "Cadwch y drws ynghlo, a’r ffenestri ŵ ŷ ar gau."


def test_the_code_is_black_on_white_with_its_margin() -> None:
    svg = code_svg("Receipt").decode()
    assert "#fff" in svg
    assert "#000" in svg
    screen = rendered("Receipt")
    dark = np.argwhere(screen < 128)
    module = 640 // 29  # version 1 and twice the margin
    assert dark.min() >= 4 * module
    assert io.BytesIO(code_png("Receipt")).read(4) == b"\x89PNG"
