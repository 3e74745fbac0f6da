"""`anpr stops`: what those who write cards see, the radio line, and a receipt from making to checking."""

import json
import shutil
from contextlib import closing
from pathlib import Path

import cv2
import pytest
from click.testing import CliRunner, Result

from anpr.cli import root
from anpr.config.data_folder import records_db
from anpr.errors import InputError
from anpr.stops.card_set import card_named, read_cards, shipped
from anpr.stops.progress import Answer, progress
from anpr.trust.audit import AuditLog
from tests.anpr.stops.made import TODAY, right_answer


def stops(tmp_path: Path, *words: str, said: str = "") -> Result:
    return CliRunner().invoke(
        root, ["--data", str(tmp_path / "data"), "stops", *words], input=said, catch_exceptions=True
    )


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A force's folder, begun from the examples."""
    return Path(shutil.copytree(shipped(), tmp_path / "own", ignore=shutil.ignore_patterns("__pycache__")))


def test_the_examples_are_listed_and_in_order(tmp_path: Path) -> None:
    told = stops(tmp_path, "list")
    assert told.exit_code == 0
    assert "no_insurance: No insurance, an example. Opened by no_insurance" in told.stdout
    listed = [json.loads(line) for line in stops(tmp_path, "list", "--json").stdout.splitlines()]
    assert {one["name"]: one["opened_by"] for one in listed}["road_check"] == ["hand"]
    checked = stops(tmp_path, "check", str(shipped()))
    assert (checked.exit_code, checked.stdout.count("in order")) == (0, len(listed))


def test_every_card_that_is_refused_is_told(tmp_path: Path, own: Path) -> None:
    for name in ("stolen", "no_hit"):
        file = own / f"{name}.toml"
        file.write_text(file.read_text("utf-8").replace('kind = "yes_no"', 'kind = "maybe"', 1), "utf-8")
    told = stops(tmp_path, "check", str(own))
    assert told.exit_code == 2
    assert told.stderr.count("'[[question]] kind' of table") == 2
    assert told.stdout.count("in order") == 6
    as_json = [
        json.loads(line) for line in stops(tmp_path, "check", str(own / "stolen.toml"), "--json").stdout.splitlines()
    ]
    assert ", line " in as_json[0]["trouble"]


def test_cards_that_do_not_go_together_are_told(tmp_path: Path, own: Path) -> None:
    (own / "receipt.toml").write_text('force = "F"\nanswers = ["colour_of_the_sky"]\n')
    told = stops(tmp_path, "check", str(own))
    assert (told.exit_code, "no card asks colour_of_the_sky" in told.stderr) == (2, True)
    (own / "no_hit.toml").unlink()
    told = stops(tmp_path, "check", str(own))
    assert (told.exit_code, "none has 'without_hit = true'" in told.stderr) == (2, True)


def test_a_card_is_shown_as_it_is_walked_through(tmp_path: Path) -> None:
    told = stops(tmp_path, "show", "no_insurance").stdout
    assert "EXAMPLE: a force must approve it" in told
    assert "→ Motor Insurance Database (required) [database]" in told
    assert "◦ Keeper: surname (required) [keeper_surname] (when driver_is_keeper is no)" in told
    assert told.splitlines()[-1].endswith("Next: database.")
    answered = (
        "--answer",
        "driver_is_keeper=no",
        "--answer",
        "keeper_postcode=nowhere",
        "--answer",
        "warned=yes",
        "--answer",
        "powers=stop",
    )
    told = stops(tmp_path, "show", "no_insurance", *answered).stdout
    assert "→ Motor" in told
    assert "✗ Keeper: postcode" in told
    assert "! that is not how a postcode is built" in told
    assert "Stands aside, as it is not asked: warned" in told
    so_far = json.loads(stops(tmp_path, "show", "no_insurance", "--json", *answered).stdout)
    assert (so_far["values"], so_far["next"], so_far["complete"]) == (
        {"driver_is_keeper": "no", "powers": ["stop"]},
        "database",
        False,
    )
    assert isinstance(stops(tmp_path, "show", "no_insurance", "--answer", "database").exception, InputError)


def test_the_radio_line(tmp_path: Path) -> None:
    told = stops(
        tmp_path,
        "radio",
        "ab51cde",
        "--vehicle",
        "black Audi",
        "--marker",
        "firearms",
        "--at",
        "51.4893656",
        "-0.1199256",
        "--bearing",
        "45",
    )
    assert told.stdout == (
        "Alpha Bravo five one Charlie Delta Echo. Black Audi. Firearms. At TQ 3062 7838, road bearing 045 north-east.\n"
    )


def answered(name: str) -> list[str]:
    """Options that answer all that a card asks."""
    card = card_named(read_cards(shipped()), name)
    answers: dict[str, Answer] = {}
    while (asked := progress(card, answers, TODAY).next) is not None:
        answers[asked.key] = right_answer(asked)
    several = {key: (answer,) if isinstance(answer, str) else answer for key, answer in answers.items()}
    return [word for key, given in several.items() for one in given for word in ("--answer", f"{key}={one}")]


def test_a_receipt_is_made_read_and_checked(tmp_path: Path) -> None:
    about = (
        "--vrm",
        "AB51CDE",
        "--place",
        "TQ 3062 7838",
        "--officer",
        "1234",
        "--reference",
        "R1",
        "--at",
        "2026-11-29T14:05",
    )
    early = stops(tmp_path, "receipt", "no_insurance", *about)
    assert isinstance(early.exception, InputError)
    assert "not complete. Missing: database" in str(early.exception)

    code = tmp_path / "code.png"
    made = stops(tmp_path, "receipt", "no_insurance", *about, *answered("no_insurance"), "--code", str(code))
    assert made.exit_code == 0, made.exception
    assert "29/11/2026 14:05\nTQ 3062 7838\nVehicle AB51CDE" in made.stdout
    picture = cv2.imread(str(code))
    assert picture is not None
    read, _, _ = cv2.QRCodeDetectorAruco().detectAndDecode(picture)
    assert read == made.stdout.rstrip("\n")

    with closing(AuditLog(records_db(tmp_path / "data"))) as log:
        entry = list(log.entries())[-1]
    assert (entry.action, entry.detail["card"], entry.detail["reference"]) == ("receipt signed", "no_insurance", "R1")

    told = json.loads(stops(tmp_path, "verify", "--json", "-", said=read).stdout)
    assert told["intact"]
    assert stops(tmp_path, "verify", "--key", told["key"].lower(), "-", said=read).exit_code == 0
    other = stops(tmp_path, "verify", "--key", "0000 " * 8, "-", said=read)
    assert (other.exit_code, "Signed with another key" in other.stdout) == (1, True)
    changed = stops(tmp_path, "verify", "-", said=read.replace("AB51CDE", "AB51CDF"))
    assert (changed.exit_code, "it proves nothing" in changed.stdout) == (1, True)

    again = stops(tmp_path, "receipt", "no_insurance", *about, *answered("no_insurance"), "--code", str(code))
    assert "name a new file" in str(again.exception)
    wrong = stops(
        tmp_path, "receipt", "no_insurance", *about, *answered("no_insurance"), "--code", str(tmp_path / "code.gif")
    )
    assert "neither FILE.svg nor FILE.png" in str(wrong.exception)
