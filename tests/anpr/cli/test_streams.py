"""Every command that ends by itself, with names in several languages, on narrow, closed and missing streams."""

import io
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from anpr.cli import main, root
from tests.anpr.cli.test_options import commands
from tests.hotlists.made import police_row, write_rows

LIST = "Łódź 東京 Кража"
NAME = f"{LIST} → \U0001f697"
ENCODINGS = ("utf-8", "cp1252", "ascii", "cp850")
GO_ON = {"demo", "run", "replay"}
"""Commands that go on until they are stopped or for as long as a clip: tests of their own."""


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ANPR_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("ANPR_OFFICER", NAME)
    row = police_row("AB51CDE", reason=NAME, information="£ – ß", weed_date="24/12/2099")
    write_rows(tmp_path / "list.csv", [row])
    run(["hotlist", "import", str(tmp_path / "list.csv"), "--list", LIST], io.BytesIO(), "utf-8")
    return tmp_path


def lines_of(folder: Path) -> list[list[str]]:
    """One call of every command, in an order in which each finds what it needs."""
    file, keys = str(folder / "list.csv"), (str(folder / "private.pem"), str(folder / "public.pem"))
    out, stick, roots = str(folder / f"{NAME}.csv"), str(folder / "stick"), str(folder / "roots")
    hand = ["--list", "von Hand"]
    lines = [
        ["hotlist", "import", file, "--list", LIST], ["hotlist", "preview", file, "--list", LIST],
        ["hotlist", "status"], ["hotlist", "lookup", "AB51CDE", "--reason", "x"], ["hotlist", "lookup", "Ж", "--reason", "x"],
        ["hotlist", "add", "CD51EFG", "--reason", NAME, "--expires", "never", *hand], ["hotlist", "set", LIST, "--sound", NAME],
        ["hotlist", "export", LIST, out, "--reason", NAME], ["hotlist", "keys", *keys],
        ["hotlist", "root", "init", roots, "--key", keys[0], "--publisher", keys[1]], ["hotlist", "root", "show", roots],
        ["hotlist", "root", "rotate", roots, "--key", keys[0], "--role", "renewing", "--add", keys[1]],
        ["hotlist", "root", "revoke", roots, str(folder / NAME), "--key", keys[0]], ["hotlist", "root", "renew", roots, "--key", keys[0]],
        ["hotlist", "publish", stick, "--key", keys[0], "--root", roots], ["hotlist", "renew", stick, "--key", keys[0]],
        ["hotlist", "sync", "--from", str(folder / NAME), "--root", f"{roots}/1.root.json"],
        ["hotlist", "car-key", str(folder / "car.pem")],
        ["hotlist", "remove", "CD51EFG", *hand], ["hotlist", "restore", "von Hand"], ["hotlist", "erase", LIST, "--reason", NAME],
        ["hotlist", "erase", LIST, "--reason", "again"], ["audit", "verify"], ["data-key", "status"], ["data-key", "change"], ["clock"], ["audit", "export"], ["crew", "list"],
        ["crew", "add", "7Ł", NAME, "--pin-stdin"], ["crew", "reset", "7Ł", "--pin-stdin"], ["crew", "remove", "7Ł"],
        ["audit", "anchor", str(folder / f"{NAME}.anchor")], ["evidence", "list"], ["evidence", "key"],
        ["evidence", "export", "1", str(folder / f"{NAME}.zip"), "--reason", NAME], ["evidence", "verify", str(folder / NAME)],
        ["evidence", "hold", "1", "--reason", NAME], ["evidence", "release", "1"],
        ["hotlist", "set-aside"], ["records", "set-aside"], ["records", "erase", str(folder / NAME)],
        ["records", "salvage", str(folder / NAME), str(folder / f"{NAME} new")], ["read", str(folder / NAME)],
        ["enquire", "AB51CDE", "--reason", NAME], ["stops", "list"], ["stops", "check", str(folder / NAME)], ["stops", "show", NAME],
        ["stops", "radio", "AB51CDE", "--vehicle", NAME], ["stops", "verify", str(folder / NAME)],
        ["stops", "receipt", NAME, "--vrm", "AB51CDE", "--place", NAME, "--officer", NAME, "--reference", NAME],
    ]  # fmt: skip
    return [["--help"], ["--version"], *(one for line in lines for one in (line, [*line, "--json"]))]


def run(line: list[str], out: io.RawIOBase | io.BytesIO, encoding: str) -> tuple[int, str]:
    """Run `anpr` with stdout (and stderr, apart) of an encoding; give its exit code and what stderr holds."""
    errors = io.BytesIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["anpr", *line])
        patch.setattr(sys, "stdin", io.StringIO("839271\n"))
        streams = [io.TextIOWrapper(raw, encoding) for raw in (out, errors)]  # type: ignore[type-var]
        patch.setattr(sys, "stdout", streams[0])
        patch.setattr(sys, "stderr", streams[1])
        with pytest.raises(SystemExit) as ended:
            main()
        for stream in streams:
            stream.detach()
    if isinstance(out, io.FileIO):
        out.close()
    code = ended.value.code
    return code if isinstance(code, int) else 0, errors.getvalue().decode(encoding)


def test_every_command_is_tried() -> None:
    words = {" ".join(["anpr", *line[:count]]) for line in lines_of(Path()) for count in (2, 3)}
    tried = words | {"anpr read", "anpr clock", "anpr enquire"}
    leaves = {
        context.command_path
        for context in commands(root, click.Context(root, info_name="anpr"))
        if not isinstance(context.command, click.Group)
    }
    elsewhere = {path for path in leaves if path.split()[1] in GO_ON | {"bench", "doctor", "report"}}
    assert leaves - elsewhere <= tried


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_what_a_stream_cannot_show_is_escaped_and_json_stays_json(data: Path, encoding: str) -> None:
    for line in lines_of(data):
        out = io.BytesIO()
        code, errors = run(line, out, encoding)
        assert code == (line[:2] == ["hotlist", "sync"] or line[-2:] == ["again", "--json"]) or code == 2, (
            line,
            errors,
        )
        assert "Traceback" not in errors, line
        text = out.getvalue().decode(encoding)
        if "--json" in line or line[:2] == ["audit", "export"]:
            found = [json.loads(one) for one in text.splitlines()]
            if line[:3] == ["hotlist", "lookup", "AB51CDE"]:
                assert (found[0]["list"], found[0]["entry"]["reason"]) == (LIST, NAME)
        elif line[:2] == ["hotlist", "status"] and encoding == "utf-8":
            assert "東京" in text


def closed_pipe() -> io.FileIO:
    reader, writer = os.pipe()
    os.close(reader)
    return io.FileIO(writer, "w")


def full_disk() -> io.FileIO:
    return io.FileIO("/dev/full", "w")


def test_a_reader_who_is_gone_is_not_spoken_of_and_what_is_done_is_done(data: Path) -> None:
    for line in lines_of(data):
        _, errors = run(line, closed_pipe(), "utf-8")
        assert "Traceback" not in errors, line
        assert "roken" not in errors, line
    again = io.BytesIO()
    shutil.copy(data / "list.csv", data / "new.csv")
    assert run(["hotlist", "import", str(data / "new.csv"), "--list", "new"], closed_pipe(), "utf-8")[0] == 0
    run(["hotlist", "lookup", "AB51CDE", "--reason", "x", "--json"], again, "utf-8")
    assert json.loads(again.getvalue().splitlines()[0])["list"] == "new"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device here")
def test_a_full_disk_behind_stdout_is_a_sentence(data: Path) -> None:
    for line in (["hotlist", "status"], ["hotlist", "status", "--json"], ["audit", "export"]):
        code, errors = run(line, full_disk(), "utf-8")
        assert (code, "no space left" in errors.lower(), "Traceback" in errors) == (code, True, False), line
        assert code > 0


def test_streams_that_were_closed_before_the_start(data: Path) -> None:
    for line in (["hotlist", "status"], ["hotlist", "status", "--json"], ["hotlist", "nonsense"]):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["anpr", *line])
            patch.setattr(sys, "stdout", None)
            patch.setattr(sys, "stderr", None)
            with pytest.raises(SystemExit) as ended:
                main()
            assert ended.value.code == (2 if "nonsense" in line else 0)
            sys.stdout.close()
            sys.stderr.close()


def test_what_is_no_error_of_encoding_is_not_escaped() -> None:
    escape: Callable[[UnicodeError], object] = __import__("codecs").lookup_error("anpr.escaped")
    with pytest.raises(UnicodeDecodeError):
        escape(UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"))
