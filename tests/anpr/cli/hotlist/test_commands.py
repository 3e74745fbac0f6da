import csv
import getpass
import json
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from anpr.cli import root
from anpr.config.data_folder import records_db
from anpr.errors import AnprError, ImportRefused, UserError
from anpr.trust.anchor import read_anchors
from anpr.trust.audit import AuditLog
from tests.hotlists.made import police_row, random_vrms, write_rows

WHY = ("--reason", "seen on patrol")


class Terminal:
    """Runs `anpr hotlist …` on a data folder of its own."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def run(self, *arguments: str) -> Result:
        result = CliRunner().invoke(root, ["--data", str(self.data), "hotlist", *arguments])
        if isinstance(result.exception, AnprError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result

    def json(self, *arguments: str) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.run(*arguments, "--json").stdout.splitlines()]

    def audited(self) -> list[tuple[str, str, dict[str, str]]]:
        log = AuditLog(records_db(self.data))
        entries = [(e.actor, e.action, e.detail) for e in log.entries()]
        log.close()
        return entries


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "data")


def test_import_status_lookup(terminal: Terminal, tmp_path: Path) -> None:
    rows = [police_row(v) for v in random_vrms(50)] + [police_row("AB51CDE", markers="FI VI"), "broken"]
    file = write_rows(tmp_path / "list.csv", rows)
    (report,) = terminal.json("import", str(file), "--list", "stolen", "--priority", "90", "--max-age", "24")
    assert {k: report[k] for k in ("type", "rows", "entries", "rejected", "merged", "revision")} == {
        "type": "import", "rows": 52, "entries": 51, "rejected": 1, "merged": 0, "revision": 1,
    }  # fmt: skip
    (status,) = terminal.json("status")
    assert (status["name"], status["entries"], status["max_age_s"], status["stale"]) == ("stolen", 51, 86400.0, False)
    entry, summary = terminal.json("lookup", "ab5i cde", *WHY, "--officer", "PC 7")
    assert entry["entry"]["vrm"] == "AB51CDE"  # type: ignore[index]
    assert summary == {"type": "summary", "found": 1}
    assert terminal.audited()[-1] == (
        f"{getpass.getuser()}, as PC 7",
        "hotlist_lookup",
        {"vrm": "ab5i cde", "reason": WHY[1]},
    )
    assert "FI (firearms)" in " ".join(terminal.run("lookup", "AB51CDE", *WHY).stdout.split())
    assert "stolen" in terminal.run("status").stdout
    assert "not on any list" in terminal.run("lookup", "ZZ99ZZZ", *WHY).stdout


def test_brackets_in_a_list_are_shown_as_text(terminal: Terminal, tmp_path: Path) -> None:
    row = police_row("AB51CDE", make="VW", reason="see [/b] and [red]file[/red]")
    terminal.run("import", str(write_rows(tmp_path / "list.csv", [row])), "--list", "a list")
    shown = " ".join(terminal.run("lookup", "AB51CDE", *WHY).stdout.split())
    assert "[/b]" in shown
    assert "[red]file[/red]" in shown.replace(" ", "") or "[red]file" in shown


def test_lookup_at_80_columns_cuts_nothing_off(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    row = police_row(
        "AB51CDE", make="VOLKSWAGEN", model="TRANSPORTER T32", colour="BLUE", action="STOP AND SEARCH", markers="FI VI WE",
        reason="Stolen in a burglary with the keys on 12 November", weed_date="24/12/2099",
    )  # fmt: skip
    terminal.run("import", str(write_rows(tmp_path / "list.csv", [row])), "--list", "stolen in the north")
    shown = terminal.run("lookup", "AB51CDE", *WHY).stdout
    assert max(map(len, shown.splitlines())) <= 80
    assert "24/12/2099" in shown
    assert "AB51CDE" in shown
    assert "…" not in shown


def test_add_remove_restore(terminal: Terminal) -> None:
    terminal.run("add", "ab 51 cde", "--reason", "seen at a burglary", "--expires", "2099-12-24", "--officer", "PC 7")
    (added,) = terminal.json("add", "CD52*", "--reason", "convoy", "--expires", "never")
    assert (added["vrm"], added["revision"], added["entries"]) == ("CD52*", 2, 2)
    assert [e["entry"]["vrm"] for e in terminal.json("lookup", "CD52EFG", *WHY)[:-1]] == ["CD52*"]  # type: ignore[index]
    terminal.run("remove", "AB51CDE")
    assert len(terminal.json("lookup", "AB51CDE", *WHY)) == 1
    (restored,) = terminal.json("restore", "by hand")
    assert restored == {"type": "restored", "list": "by hand", "revision": 2, "entries": 2}
    assert terminal.audited()[0] == (
        f"{getpass.getuser()}, as PC 7", "hotlist_add", {"list": "by hand", "reason": "seen at a burglary", "vrm": "AB51CDE"}
    )  # fmt: skip
    for wrong in (("add", "?", "--reason", "x", "--expires", "never"), ("add", "AB1", "--reason", " ", "--expires", "never"),
                  ("add", "AB1", "--reason", "x", "--expires", "2001-01-01"), ("add", "AB1", "--reason", "x", "--expires", "x"),
                  ("remove", "NOTHERE")):  # fmt: skip
        with pytest.raises(UserError):
            terminal.run(*wrong)


def test_export_needs_a_reason_and_gives_what_import_takes(terminal: Terminal, tmp_path: Path) -> None:
    rows = [police_row(v, reason='"a, ""b"""') for v in sorted(random_vrms(30))]
    terminal.run("import", str(write_rows(tmp_path / "list.csv", rows)), "--list", "stolen")
    out = tmp_path / "out.csv"
    with pytest.raises(UserError, match="reason"):
        terminal.run("export", "stolen", str(out), "--reason", " ")
    assert not out.exists()
    terminal.run("export", "stolen", str(out), "--reason", "court order 12")
    assert out.read_text(encoding="utf-8").splitlines() == rows
    assert terminal.audited()[-1][2]["reason"] == "court order 12"
    with pytest.raises(UserError, match="cannot be written"):
        terminal.run("export", "stolen", str(out), "--reason", "again")


def test_a_spreadsheet_calculates_nothing_of_an_export_and_it_imports_as_it_was(
    terminal: Terminal, tmp_path: Path
) -> None:
    told = ["=1+1", '=HYPERLINK(""http://x"")', "+44 7700", "-1", "@SUM(A1)", "'=quoted", "plain, '=not first"]
    rows = [police_row(f"AB5{n}CDE", information=f'"{text}"') for n, text in enumerate(told)]
    terminal.run("import", str(write_rows(tmp_path / "list.csv", rows)), "--list", "stolen")
    terminal.run("export", "stolen", str(tmp_path / "out.csv"), "--reason", "court order 12")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    terminal.run("import", str(tmp_path / "out.csv"), "--list", "again")
    terminal.run("export", "again", str(tmp_path / "again.csv"), "--reason", "court order 12")
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "out.csv").read_bytes()


def test_a_terminal_obeys_nothing_that_a_list_holds(terminal: Terminal, tmp_path: Path) -> None:
    row = police_row("AB51CDE", information="x", reason="\x1b]0;owned\x07\x1b[2J \x9b31m gone")
    terminal.run("import", str(write_rows(tmp_path / "list.csv", [row])), "--list", "stolen")
    for words in (["lookup", "AB51CDE", *WHY], ["lookup", "AB51CDE", *WHY, "--json"], ["status"]):
        said = terminal.run(*words).output
        assert not {"\x1b", "\x07", "\x9b"} & set(said), said
    with pytest.raises(UserError, match="cannot be shown"):
        terminal.run("add", "CD51EFG", "--reason", "\x1b[2J", "--expires", "never")
    with pytest.raises(UserError, match="cannot be shown"):
        terminal.run("export", "stolen", str(tmp_path / "o.csv"), "--reason", "\ud800")


def test_publish_to_a_stick_and_sync(terminal: Terminal, tmp_path: Path) -> None:
    terminal.run("import", str(write_rows(tmp_path / "list.csv", map(police_row, random_vrms(40)))), "--list", "stolen")
    private, folder = str(tmp_path / "root.key"), str(tmp_path / "stick")
    terminal.run("keys", private, str(tmp_path / "root.pub"))
    (made,) = terminal.json(
        "root", "init", str(tmp_path / "roots"), "--key", private, "--publisher", str(tmp_path / "root.pub")
    )
    root_file = str(made["file"])
    *_, summary = terminal.json("publish", folder, "--key", private, "--root", str(tmp_path / "roots"))
    assert summary.pop("expires_utc")
    assert summary == {"type": "summary", "sequence": 1, "lists": 1}
    car = Terminal(tmp_path / "car")
    (report,) = car.json("sync", "--from", folder, "--root", root_file)
    assert report["updated"] == ["stolen"]
    (tmp_path / "car" / "sync.toml").write_text('[sync]\nurl = "../stick"\nroot = "../roots/1.root.json"\n')
    assert car.json("sync", "--from", folder)[0]["unchanged"] == ["stolen"]
    (kept,) = (tmp_path / "stick" / "anchors").iterdir()  # the stick takes the audit's signed heads back
    with closing(AuditLog(records_db(tmp_path / "car"))) as log:
        anchors = read_anchors(kept)
        assert len(anchors) == 2
        assert log.verify(anchors=anchors).intact
    assert car.json("status")[0]["place"] == folder
    with pytest.raises(UserError, match="comes from the back office"):
        car.run("add", "AB1", "--reason", "x", "--expires", "never", "--list", "stolen")
    with pytest.raises(UserError, match="come from the back office"):
        car.run("set", "stolen", "--priority", "3")


def test_settings_switching_and_erasing(terminal: Terminal, tmp_path: Path) -> None:
    terminal.run(
        "import", str(write_rows(tmp_path / "list.csv", [police_row("AB51CDE")])), "--list", "tax", "--crew-may-disable"
    )
    (now,) = terminal.json("set", "tax", "--hours", "Mon-Fri 07:00-19:00", "--off")
    assert now["switched_off"] is True
    assert now["settings"]["hours"] == "Mon-Fri 07:00-19:00"  # type: ignore[index]
    with pytest.raises(UserError, match="hours"):
        terminal.run("set", "tax", "--hours", "x")
    terminal.run("erase", "tax", "--reason", "no longer needed")
    assert terminal.json("status") == []


def test_mapping_from_the_data_folder(terminal: Terminal, tmp_path: Path) -> None:
    file = write_rows(tmp_path / "list.csv", ["A;B", "x;AB51CDE"])
    terminal.data.mkdir()
    (terminal.data / "import.toml").write_text('[insurers]\nvrm = "B"\nreason = "A"\n')
    assert terminal.json("import", str(file), "--list", "x", "--mapping", "insurers")[0]["entries"] == 1
    with pytest.raises(UserError, match=r"no table \[other\]"):
        terminal.run("import", str(file), "--list", "x", "--mapping", "other")
    with pytest.raises(ImportRefused):
        terminal.run("import", str(tmp_path / "none.csv"), "--list", "x")
