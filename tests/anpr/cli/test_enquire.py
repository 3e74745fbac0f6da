"""`anpr enquire`: asks the stand-in, says what it found or why not, and is in the audit with its reason."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from anpr.cli import root
from anpr.config.data_folder import records_db
from anpr.enquiries.stand_in import StandInServer
from anpr.trust.audit import AuditLog
from tests.anpr.real_desk import COVERT, STOLEN, import_marks

Ask = Callable[..., Result]


@pytest.fixture
def server() -> Iterator[StandInServer]:
    with StandInServer() as running:
        yield running


@pytest.fixture
def ask(server: StandInServer, tmp_path: Path) -> Ask:
    config = tmp_path / "car.toml"
    config.write_text(server.configuration(), encoding="utf-8")

    def run(vrm: str, *more: str, reason: str = "seen at the scene", **typed: str) -> Result:
        given = ["--reason", reason] if reason else []
        return CliRunner().invoke(
            root, ["--data", str(tmp_path), "enquire", vrm, *given, "--config", str(config), *more], **typed  # type: ignore[arg-type]
        )  # fmt: skip

    return run


def audited(tmp_path: Path) -> list[tuple[str, dict[str, str]]]:
    audit = AuditLog(records_db(tmp_path))
    entries = [(entry.action, dict(entry.detail)) for entry in audit.entries()]
    audit.close()
    return entries


def test_what_is_found_is_told_and_the_question_is_audited(ask: Ask, server: StandInServer, tmp_path: Path) -> None:
    server.stand_in.vehicles["AB12CDE"] = {"make": "FORD", "model": "FOCUS", "colour": "GREY", "taxStatus": "SORN"}
    import_marks(tmp_path, STOLEN, "AB12CDE", make="BMW", colour="BLUE")
    result = ask("ab12 cde")
    assert result.exit_code == 0, result.output
    for words in (
        "GREY FORD FOCUS",
        "SORN",
        "84,210 mi",
        "DVLA stand-in + DVSA stand-in",
        "Stolen: make BMW, registered FORD",
        "clone",
    ):
        assert words in result.output
    assert audited(tmp_path) == [
        ("enquiry", {"vrm": "AB12CDE", "reason": "seen at the scene", "sources": "DVLA, DVSA"})
    ]  # fmt: skip


def test_json_has_all_of_it(ask: Ask, server: StandInServer, tmp_path: Path) -> None:
    server.stand_in.vehicles["AB12CDE"] = {"make": "FORD"}
    import_marks(tmp_path, STOLEN, "AB12CDE", make="BMW")
    lines: list[dict[str, Any]] = [json.loads(line) for line in ask("AB12CDE", "--json").stdout.splitlines()]
    assert [line["type"] for line in lines] == ["enquiry", "told", "told", "comparison"]
    assert (lines[0]["outcome"], lines[0]["make"], lines[0]["mileage"]) == ("found", "FORD", 84210)
    assert lines[3]["possible_clone"] is True


def test_a_covert_list_is_not_compared_with(ask: Ask, tmp_path: Path) -> None:
    import_marks(tmp_path, COVERT, "AB12CDE", make="ZZTOP", colour="PINK")
    result = ask("AB12CDE")
    assert COVERT.name not in result.output
    assert "PINK" not in result.output


@pytest.mark.parametrize(
    ("vrm", "words"), [("ER19NFD", "knows no vehicle of this mark"), ("ER19BAD", "check the read")]
)  # fmt: skip
def test_what_is_not_found_is_said_and_the_exit_code_is_1(ask: Ask, vrm: str, words: str) -> None:
    result = ask(vrm)
    assert result.exit_code == 1
    assert result.output.count(words) == 2


def test_a_refused_key_is_said_at_once(ask: Ask, server: StandInServer) -> None:
    server.stand_in.key = "another"
    result = ask("AB12CDE")
    assert (result.exit_code, result.output.count("refuses this car's key")) == (1, 2)
    assert "asked again" not in result.output
    assert len(server.stand_in.asked) == 2


@pytest.mark.parametrize(
    ("vrm", "reason", "words"),
    [("AB?2CDE", "x", "no mark"), ("", "x", "no mark"), ("AB12CDE", "   ", "give a reason"), ("AB12CDE", "a\x1bb", "cannot be shown")],
)  # fmt: skip
def test_nothing_is_asked_without_a_mark_and_a_reason(
    ask: Ask, server: StandInServer, tmp_path: Path, vrm: str, reason: str, words: str
) -> None:
    result = ask(vrm, reason=reason)
    assert result.exception is not None
    assert words in str(result.exception)
    assert server.stand_in.asked == []


def test_the_reason_is_asked_for(ask: Ask, tmp_path: Path) -> None:
    result = ask("AB12CDE", reason="", input="burglary patrol\n")
    assert result.exit_code == 0, result.output
    assert audited(tmp_path)[0][1]["reason"] == "burglary patrol"


def test_without_keys_it_says_what_to_do(tmp_path: Path) -> None:
    result = CliRunner().invoke(root, ["--data", str(tmp_path), "enquire", "AB12CDE", "--reason", "x"])
    assert "[enquiries]" in str(result.exception)


def test_no_key_leaves_by_any_way_out_when_nobody_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anpr.cli.enquire._TRIES_S", 0.2)
    config = tmp_path / "car.toml"
    config.write_text('[enquiries]\ndvla_key = "SECRET"\ndvla_url = "http://127.0.0.1:9/x"\n', encoding="utf-8")
    result = CliRunner().invoke(
        root, ["--data", str(tmp_path / "data"), "enquire", "AB12CDE", "--reason", "x", "--config", str(config)]
    )
    assert (result.exit_code, "DVLA cannot be reached: no network." in result.output) == (1, True)
    written = [path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert not any(b"SECRET" in text for text in (*written, result.output.encode()))
    assert not any(b"AB12CDE" in path.read_bytes() for path in (tmp_path / "data" / "logs").glob("*"))
