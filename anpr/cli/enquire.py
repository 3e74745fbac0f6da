"""`anpr enquire`: what DVLA, DVSA and the force's gateway say of any mark, and how that differs from the car's lists."""

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

import click
from rich import box
from rich.table import Table
from rich.text import Text

from anpr.alerting.disclosure import Audience, shown_entries
from anpr.cli.hotlist.opened import open_audit
from anpr.cli.options import config_option, for_audience, json_option, officer_option, settled_config, who
from anpr.cli.output import console, print_json, progress_console
from anpr.clock import utc_now
from anpr.config.data_folder import data_folder, hotlists_db
from anpr.config.enquiries import EnquiriesConfig
from anpr.enquiries.answer import EnquiryAnswer, Outcome, Told
from anpr.enquiries.differences import Comparison, Described, compare
from anpr.enquiries.facts import facts_of, late_words
from anpr.enquiries.lane import Lane
from anpr.enquiries.service import Enquiries, open_enquiries
from anpr.errors import ConfigError, InputError, UserError
from anpr.showable import require_showable
from anpr.vrm import is_mark, normalise
from hotlists.matching.matcher import open_matcher

_URGENCY: Final = 90
_TRIES_S: Final = 5.0
"""For so long a source that is out of order or not reached is asked again."""


@click.command()
@click.argument("vrm")
@click.option("--reason", prompt="Reason, for the audit", help="Why, for the audit; asked for without it.")
@config_option
@json_option
@officer_option
@click.pass_obj
@for_audience
def enquire(
    data: Path | None,
    vrm: str,
    reason: str,
    config: Path | None,
    as_json: bool,
    officer: str | None,
    audience: Audience,
) -> None:
    """Ask about VRM: tax, MOT, make, model, colour, year, fuel, mileage, recall; the question is audited with its reason.

    Exit code 1 when no source knows the vehicle.
    """
    mark = normalise(vrm)
    if not is_mark(mark):
        raise InputError(f"{vrm!r} is no mark that can be asked about: type letters and digits, without ? and *")
    if not reason.strip():
        raise UserError("nothing is asked: give a reason")
    require_showable("--reason", reason)
    settings = settled_config(config).enquiries
    if not settings.asks_anybody:
        raise ConfigError(
            "nobody can be asked: put keys into [enquiries] of the configuration and name it with --config"
        )
    with open_audit(data) as audit, _opened(settings) as enquiries, progress_console().status("asking"):
        asked = {"vrm": mark, "reason": reason, "sources": ", ".join(one.source.name for one in enquiries.lanes)}
        audit.record(who(officer), "enquiry", asked)
        enquiries.ask(mark, _URGENCY)
        answer = _answered(enquiries, mark)
    listed = _listed(data_folder(data), mark, audience)
    compared = [(name, compare(described, _registered(answer))) for name, described in listed] if answer.found else []
    if as_json:
        _print_json(answer, compared)
    else:
        _print(answer, compared, utc_now())
    if not answer.found:
        sys.exit(1)


@contextmanager
def _opened(settings: EnquiriesConfig) -> Iterator[Enquiries]:
    enquiries = open_enquiries(settings, utc_now)
    try:
        yield enquiries
    finally:
        enquiries.close()


def _answered(enquiries: Enquiries, mark: str) -> EnquiryAnswer:
    """Ask all sources at once, again where that may help, until each has answered or the time is over."""
    enough = threading.Event()
    timer = threading.Timer(_TRIES_S, enough.set)
    timer.daemon = True
    timer.start()
    try:
        with ThreadPoolExecutor(len(enquiries.lanes)) as pool:
            for done in [pool.submit(_work, lane, mark, enough) for lane in enquiries.lanes]:
                done.result()
    finally:
        timer.cancel()
    answer = enquiries.answer(mark)
    if answer is None:
        raise InputError("nobody was asked: see [enquiries] in the configuration")
    return answer


def _work(lane: Lane, mark: str, enough: threading.Event) -> None:
    while lane.is_waiting(mark) and not enough.is_set():
        lane.step()
        pause_s = lane.wait_s()
        if pause_s is None or pause_s > _TRIES_S:  # a refused key, a spent day: nothing comes of waiting
            return
        enough.wait(pause_s)


def _listed(folder: Path, mark: str, audience: Audience) -> list[tuple[str, Described]]:
    """Return how each list that this audience may know of describes the vehicle."""
    matcher = open_matcher(hotlists_db(folder), reload_every_s=None)
    try:
        found = shown_entries(matcher.look_up(mark), audience)
    finally:
        matcher.close()
    return [(info.name, Described(entry.make, entry.model, entry.colour)) for entry, info, _ in found]


def _registered(answer: EnquiryAnswer) -> Described:
    return Described(answer.make, answer.model, answer.colour)


def _print_json(answer: EnquiryAnswer, compared: list[tuple[str, Comparison]]) -> None:
    print_json(
        "enquiry", vrm=answer.vrm, outcome=answer.outcome.value, source=answer.source, asked_utc=answer.asked_utc,
        answered_utc=answer.answered_utc, tax=answer.tax, tax_until=answer.tax_until, mot=answer.mot,
        mot_until=answer.mot_until, make=answer.make, model=answer.model, colour=answer.colour, year=answer.year,
        fuel=answer.fuel, mileage=answer.mileage, mileage_unit=answer.mileage_unit, tested=answer.tested,
        test_result=answer.test_result, recall=answer.recall, exported=answer.exported, remarks=answer.remarks,
    )  # fmt: skip
    for told in answer.told:
        print_json(
            "told", source=told.source, outcome=told.outcome.value, sentence=_sentence(told), detail=told.detail,
            answered_utc=told.answered_utc,
        )  # fmt: skip
    for name, comparison in compared:
        print_json(
            "comparison", list=name, possible_clone=comparison.possible_clone, sentence=comparison.sentence,
            parts=comparison.parts,
        )  # fmt: skip


def _sentence(told: Told) -> str:
    """Return the sentence of a source; the command has ended when it is read, so that nothing is asked again by itself."""
    return replace(told, again=False).sentence


def _print(answer: EnquiryAnswer, compared: list[tuple[str, Comparison]], now: datetime) -> None:
    out = console()
    table = Table(box=box.SIMPLE, padding=(0, 1), show_header=False)
    for fact in facts_of(answer, now.date()):
        table.add_row(Text(fact.name), Text(fact.words, style="bold red" if fact.alarm else ""))
    if answer.found:
        out.print(table)
        answered = f"{answer.source}, {answer.answered_utc.astimezone():%H:%M:%S}"
        out.print(Text(", ".join(words for words in (answered, late_words(answer)) if words)))
    for told in answer.told:
        if told.outcome is not Outcome.FOUND:
            detail = f" ({told.detail})" if told.detail else ""
            out.print(Text(f"{_sentence(told)}{detail}"))
    for name, comparison in compared:
        for one in comparison.different:
            out.print(Text(f"{name}: {one.what} {one.described}, registered {one.registered}", style="bold red"))
        if comparison.sentence:
            out.print(Text(comparison.sentence, style="bold red"))
