"""`anpr stops`: stop cards for those who write them, and what a stop says over the radio and to the motorist."""

import os
from collections.abc import Iterable
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import TextIO

import click

from anpr.cli.options import json_option, who
from anpr.cli.output import print_json
from anpr.cli.streams import print_line
from anpr.clock import SystemClock
from anpr.config.data_folder import data_folder, records_db, tablet_key
from anpr.errors import AnprError, InputError
from anpr.stops.card import MANY, MOST_ADVICE_BYTES, Action, Card, Conditions, Kind, Question
from anpr.stops.card_file import read_card
from anpr.stops.card_set import FORM, card_files, card_named, read_cards, receipt_form, shipped
from anpr.stops.progress import Answer, Progress, progress
from anpr.stops.radio_line import radio_line
from anpr.stops.receipt import Occasion, check, code_png, code_svg, receipt, signed
from anpr.trust.audit import AuditLog
from anpr.trust.tablet_key import TabletKey, fingerprint, same_fingerprint

cards_option = click.option(
    "--cards",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="A force's folder of cards; default: the examples that ship.",
)
answer_option = click.option(
    "--answer",
    "given",
    multiple=True,
    metavar="KEY=ANSWER",
    help="An answer so far; again for each, and for each of several.",
)
on_option = click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), default=None, help="The day of the stop; default: today."
)


@click.group()
def stops() -> None:
    """Stop cards: check, show; radio line and receipt."""


@stops.command("list")
@cards_option
@json_option
def list_(folder: Path | None, as_json: bool) -> None:
    """List the cards and what opens each."""
    cards = read_cards(folder or shipped())
    if as_json:
        for card in cards:
            print_json("card", name=card.name, title=card.title, opened_by=_opened_by(card), approved_by=card.approved_by, questions=len(card.questions), advice_bytes=card.advice_bytes)  # fmt: skip
        return
    for card in cards:
        whose = f"approved by {card.approved_by}" if card.approved_by else "an example"
        print_line(f"{card.name}: {card.title}, {whose}. Opened by {', '.join(_opened_by(card))}; {_size(card)}")


def _size(card: Card) -> str:
    return f"{len(card.questions)} questions, advice of {card.advice_bytes:,} of {MOST_ADVICE_BYTES:,} bytes"


@stops.command("check")
@click.argument("path", type=click.Path(path_type=Path))
@json_option
def check_(path: Path, as_json: bool) -> None:
    """Check a card's FILE, or a folder of cards and how they go together. Exit code 2 and one sentence for each that is refused."""
    refused: list[str] = []
    form_refused = ""
    for file in card_files(path) if path.is_dir() else (path,):
        try:
            card = read_card(file)
        except AnprError as error:
            refused.append(str(error))
            _say_checked(file, None, str(error), as_json)
        else:
            _say_checked(file, card, "", as_json)
    if path.is_dir() and not refused:
        try:
            known = {one.key for card in read_cards(path) for one in card.questions}
            lacking = [key for key in receipt_form(path).answers if key not in known]
        except AnprError as error:
            form_refused = str(error)
        else:
            form_refused = (
                f"{path / FORM}: no card asks {', '.join(lacking)}, which 'answers' names: correct it"
                if lacking
                else ""
            )
    if form_refused:
        _say_checked(path, None, form_refused, as_json)
    if refused or form_refused:
        click.get_current_context().exit(2)


def _say_checked(file: Path, card: Card | None, trouble: str, as_json: bool) -> None:
    if as_json:
        print_json("checked", file=file, trouble=trouble, questions=len(card.questions) if card else None, advice_bytes=card.advice_bytes if card else None)  # fmt: skip
    elif card is None:
        print_line(f"anpr: {trouble}", stderr=True)
    else:
        whose = f"approved by {card.approved_by}" if card.approved_by else "an example that nobody has approved"
        print_line(f"{file}: in order, {_size(card)}; {whose}")


@stops.command("show")
@click.argument("name")
@cards_option
@answer_option
@on_option
@json_option
def show(name: str, folder: Path | None, given: tuple[str, ...], on: datetime | None, as_json: bool) -> None:
    """Print a card, by its NAME or the symbol of a hit, as an officer walks through it with the answers so far."""
    card = card_named(read_cards(folder or shipped()), name)
    so_far = progress(card, _answers(card, given), _day(on))
    if as_json:
        print_json(
            "stop", card=card.name, example=card.is_example, asked=[one.key for one in so_far.asked],
            next=so_far.next.key if so_far.next else None, values=dict(so_far.values), missing=so_far.missing,
            wrong=dict(so_far.wrong), doubts=dict(so_far.doubts), aside=so_far.aside, complete=so_far.is_complete,
        )  # fmt: skip
        return
    print_line(f"{card.title}{' (EXAMPLE: a force must approve it before use)' if card.is_example else ''}")
    _say_actions("Do", card.do, so_far.do)
    _say_actions("Do not", card.do_not, so_far.do_not)
    print_line("\nAsk")
    asked = {one.key for one in so_far.asked}
    for question in card.questions:
        _say_question(card, question, so_far, is_asked=question.key in asked)
    print_line("")
    for key in so_far.aside:
        print_line(f"Stands aside, as it is not asked: {key}")
    print_line(_standing(so_far))


def _say_actions(heading: str, actions: Iterable[Action], now: tuple[Action, ...]) -> None:
    print_line(f"\n{heading}")
    for one in actions:
        print_line(f"  {'•' if one in now else '◦'} {one.text}{_condition_words(one.conditions)}")


def _say_question(card: Card, question: Question, so_far: Progress, *, is_asked: bool) -> None:
    key = question.key
    mark = (
        "✗"
        if key in so_far.wrong
        else "✓"
        if key in so_far.values
        else "→"
        if so_far.next == question
        else "·"
        if is_asked
        else "◦"
    )
    needed = " (required)" if question.required else ""
    print_line(f"  {mark} {question.label}{needed} [{key}]{_condition_words(question.conditions)}")
    value = so_far.values.get(key)
    if value is not None:
        print_line(f"      = {value if isinstance(value, str) else ', '.join(value)}")
    elif is_asked:
        print_line(f"      {_what_is_asked(card, question)}")
        if question.help:
            print_line(f"      {question.help}")
    for words in (so_far.wrong.get(key), so_far.doubts.get(key)):
        if words:
            print_line(f"      ! {words}")


def _what_is_asked(card: Card, question: Question) -> str:
    if question.kind is Kind.POWERS:
        said = "; ".join(f"{one.key}: {one.text} ({one.source})" for one in card.powers)
    elif question.kind is Kind.ADVICE:
        said = "; ".join(f"{one.key}: {one.text}" for one in card.advice)
    elif question.kind is Kind.GROUNDS:
        said = " / ".join((*question.choices, "or typed"))
    elif question.choices:
        said = " / ".join(question.choices)
    elif question.kind is Kind.NUMBER:
        said = f"number from {question.least:g} to {question.most:g}"
    else:
        said = {Kind.TEXT: f"text of at most {question.most:g} characters"}.get(
            question.kind, question.kind.replace("_", " ")
        )
    return f"{said}{' (one or more)' if question.kind in MANY else ''}{' / not given' if question.may_decline else ''}"


def _condition_words(conditions: Conditions) -> str:
    words = [f"when {one.key} is {' or '.join(one.answers)}" for one in conditions.when]
    words += [f"unless {one.key} is {' or '.join(one.answers)}" for one in conditions.unless]
    return f" ({', '.join(words)})" if words else ""


def _standing(so_far: Progress) -> str:
    if so_far.is_complete:
        return "Complete."
    missing = f"Missing: {', '.join(so_far.missing)}." if so_far.missing else ""
    wrong = f"Wrong: {', '.join(so_far.wrong)}." if so_far.wrong else ""
    following = f"Next: {so_far.next.key}." if so_far.next else ""
    return " ".join(part for part in (missing, wrong, following) if part)


@stops.command("radio")
@click.argument("vrm")
@click.option("--vehicle", default="", help="Colour, make and model.")
@click.option("--marker", "markers", multiple=True, help="A warning marker in words; again for each.")
@click.option(
    "--at", "place", type=(float, float), default=None, metavar="LAT LON", help="Degrees, WGS 84 (as GPS gives them)."
)
@click.option("--bearing", type=click.FloatRange(0, 360), default=None, help="Which way the road runs, in degrees.")
def radio(
    vrm: str, vehicle: str, markers: tuple[str, ...], place: tuple[float, float] | None, bearing: float | None
) -> None:
    """Print what is said of a vehicle over the radio, in one line."""
    print_line(radio_line(vrm, vehicle, markers, place, bearing))


@stops.command("receipt")
@click.argument("name")
@cards_option
@answer_option
@click.option("--vrm", required=True, help="The stopped vehicle's mark.")
@click.option("--place", required=True, help="Where, in words or as a grid reference.")
@click.option("--officer", required=True, help="Collar number, and name if the force wants it.")
@click.option("--reference", required=True, help="Of the stop, to ask for a copy.")
@click.option(
    "--at", type=click.DateTime(["%Y-%m-%dT%H:%M"]), default=None, help="Local time of the stop; default: now."
)
@click.option(
    "--code",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="Also write the QR code: FILE.svg or FILE.png.",
)
@click.pass_obj
def receipt_(
    data: Path | None, name: str, folder: Path | None, given: tuple[str, ...], vrm: str, place: str, officer: str, reference: str,
    at: datetime | None, code: Path | None,
) -> None:  # fmt: skip
    """Print the signed receipt of a stop with card NAME, as the motorist's phone reads it. Refused while the stop is not complete.

    That it was signed is in the audit first.
    """
    where = folder or shipped()
    card = card_named(read_cards(where), name)
    when = at or SystemClock().utc().astimezone()
    so_far = progress(card, _answers(card, given), when.date())
    if not so_far.is_complete:
        raise InputError(f"the stop is not complete. {_standing(so_far)} Answer it with --answer KEY=ANSWER")
    told = receipt(card, so_far, receipt_form(where), Occasion(when, place, vrm, officer, reference))
    key = TabletKey.open(tablet_key(data_folder(data)))
    with closing(AuditLog(records_db(data_folder(data)))) as log:
        log.record(
            who(None), "receipt signed", {"card": card.name, "reference": reference, "key": fingerprint(key.public)}
        )
    text = signed(told, key)
    if code is not None:
        _write_code(code, text)
    print_line(text)


def _write_code(target: Path, text: str) -> None:
    made = {".svg": code_svg, ".png": code_png}.get(target.suffix.lower())
    if made is None:
        raise InputError(f"{target} is neither FILE.svg nor FILE.png: name one of them")
    content = made(text)
    try:
        with os.fdopen(
            os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600), "wb"
        ) as file:
            file.write(content)
    except OSError as error:
        raise InputError(f"{target} cannot be written ({error.strerror}): name a new file") from error


@stops.command("verify")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option(
    "--key", default="", metavar="FINGERPRINT", help="Of the tablet's key, as it was noted: who must have signed."
)
@json_option
def verify(file: TextIO, key: str, as_json: bool) -> None:
    """Check a receipt that a phone read (FILE, or - for standard input). Exit code 1 when it is not as it was signed."""
    try:
        found = check(file.read())
    except UnicodeDecodeError as error:
        raise InputError("that is no UTF-8 text, and no receipt: give what the phone read") from error
    named = found.signed_by and (not key or same_fingerprint(found.signed_by, key))
    if as_json:
        print_json("receipt", intact=bool(named), key=found.signed_by, named_key=bool(key), text=found.text)
    elif named:
        print_line(f"{found.text}\n\nWhole, and signed with the key {found.signed_by}")
    elif found.signed_by:
        print_line(f"Signed with another key: {found.signed_by}")
    else:
        print_line("Not signed by any tablet, or changed since: it proves nothing.")
    if not named:
        click.get_current_context().exit(1)


def _answers(card: Card, given: tuple[str, ...]) -> dict[str, Answer]:
    many = {one.key for one in card.questions if one.kind in MANY}
    answers: dict[str, Answer] = {}
    for one in given:
        key, sign, answer = one.partition("=")
        if not sign:
            raise InputError(f"--answer {one} is no KEY=ANSWER: see the keys with anpr stops show {card.name}")
        before = answers.get(key, ())
        answers[key] = (*before, answer) if key in many and isinstance(before, tuple) else answer
    return answers


def _day(on: datetime | None) -> date:
    return (on or SystemClock().utc().astimezone()).date()


def _opened_by(card: Card) -> list[str]:
    others = ((card.without_hit, "a stop without a hit"), (card.otherwise, "any other hit"))
    return [*card.symbols, *(words for is_so, words in others if is_so)] or ["hand"]
