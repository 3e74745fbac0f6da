"""Commands on lists that only a supervisor gives, and whose name they are entered under."""

import getpass
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner, Result

from anpr.cli import root
from anpr.config.data_folder import hotlists_db, records_db
from anpr.config.roles import ROLES_FILE
from anpr.errors import AccessDenied, AnprError
from anpr.trust.accounts import CrewAccounts, Role
from hotlists.store.store import HotlistStore
from tests.anpr.cli.hotlist.test_commands import WHY, Terminal
from tests.anpr.cli.hotlist.test_covert import OTHER_PIN, PIN, _cheaply
from tests.anpr.real_desk import STOLEN, import_marks
from tests.hotlists.made import police_row, write_rows


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal on a car with a list, a supervisor (7) and a constable (8)."""
    monkeypatch.setattr(PasswordHasher, "__init__", _cheaply(PasswordHasher.__init__))
    made = Terminal(tmp_path / "data")
    made.data.mkdir()
    import_marks(made.data, STOLEN, "BB22BBB")
    accounts = CrewAccounts(records_db(made.data))
    accounts.add("8", "A. Constable", OTHER_PIN)
    accounts.add("7", "A. Sergeant", PIN, Role.SUPERVISOR)
    accounts.close()
    return made


def run(terminal: Terminal, *arguments: str, pin: str = "") -> Result:
    result = CliRunner().invoke(root, ["--data", str(terminal.data), "hotlist", *arguments], input=f"{pin}\n")
    if isinstance(result.exception, AnprError):
        raise result.exception
    return result


def commands(tmp_path: Path) -> list[list[str]]:
    file = write_rows(tmp_path / "rows.csv", [police_row("GG77GGG")])
    return [
        ["import", str(file), "--list", "Other"], ["set", "Stolen", "--priority", "3"], ["restore", "Stolen"],
        ["export", "Stolen", str(tmp_path / "out.csv"), "--reason", "x"], ["set-aside"], ["erase", "Stolen", "--reason", "x"],
    ]  # fmt: skip


def test_only_a_supervisor_changes_and_exports_lists(terminal: Terminal, tmp_path: Path) -> None:
    for command in commands(tmp_path):
        for who in ((), ("--officer", "8", "--pin-stdin")):
            with pytest.raises(AccessDenied, match="only a supervisor gives the command 'hotlist"):
                run(terminal, *command, *who, pin=OTHER_PIN)
    with pytest.raises(AccessDenied):
        run(terminal, *commands(tmp_path)[0], "--officer", "7", "--pin-stdin", pin="111222")
    with HotlistStore(hotlists_db(terminal.data)) as store:
        assert [one.settings for one in store.lists()] == [STOLEN]
    assert not (tmp_path / "out.csv").exists()
    refused = {"officer admitted", "officer refused"}
    assert {action for _, action, _ in terminal.audited()} == refused
    for command in (commands(tmp_path)[n] for n in (0, 1, 3, 5)):
        assert run(terminal, *command, "--officer", "7", "--pin-stdin", pin=PIN).exit_code == 0
        assert terminal.audited()[-1][0] == "7 A. Sergeant"
    done = [(who, action) for who, action, _ in terminal.audited() if action.startswith("hotlist")]
    assert done == [("7 A. Sergeant", f"hotlist_{one}") for one in ("import", "settings", "export", "erase")]


def test_one_who_proves_to_be_the_supervisor_needs_not_do_it_twice(terminal: Terminal, tmp_path: Path) -> None:
    export = commands(tmp_path)[3]
    assert run(terminal, *export, "--supervisor", "7", "--pin-stdin", pin=PIN).exit_code == 0
    assert terminal.audited()[-1][0] == "7 A. Sergeant"


def test_the_configuration_says_which(terminal: Terminal, tmp_path: Path) -> None:
    (terminal.data / ROLES_FILE).write_text('[supervisor]\ncommands = ["hotlist lookup"]\n', encoding="utf-8")
    assert run(terminal, *commands(tmp_path)[1]).exit_code == 0
    with pytest.raises(AccessDenied, match="hotlist lookup"):
        run(terminal, "lookup", "BB22BBB", *WHY)


def test_without_a_supervisor_nobody_is_asked_for_one(tmp_path: Path) -> None:
    bare = Terminal(tmp_path / "bare")
    import_marks(bare.data, STOLEN, "BB22BBB")
    assert run(bare, *commands(tmp_path)[1]).exit_code == 0


def test_the_name_is_that_of_the_account_once_there_is_one(terminal: Terminal) -> None:
    assert run(terminal, "lookup", "BB22BBB", *WHY, "--officer", "8", "--pin-stdin", pin=OTHER_PIN).exit_code == 0
    assert terminal.audited()[-1] == ("8 A. Constable", "hotlist_lookup", {"vrm": "BB22BBB", "reason": WHY[1]})
    before = len(terminal.audited())
    for officer, pin in (("PC 9999 Impersonated", OTHER_PIN), ("8", PIN)):
        with pytest.raises(AccessDenied):
            run(terminal, "lookup", "BB22BBB", *WHY, "--officer", officer, "--pin-stdin", pin=pin)
    assert [action for _, action, _ in terminal.audited()[before:]] == ["officer refused"] * 2
    assert run(terminal, "lookup", "BB22BBB", *WHY).exit_code == 0
    assert terminal.audited()[-1][0] == getpass.getuser()


def test_a_look_up_says_why(terminal: Terminal) -> None:
    assert "--reason" in run(terminal, "lookup", "BB22BBB").output
    with pytest.raises(AnprError, match="give a reason"):
        run(terminal, "lookup", "BB22BBB", "--reason", " ")
