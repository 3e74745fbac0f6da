"""A covert list on the command line: absent for everybody but a supervisor who gives a PIN."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner, Result

from anpr.alerting.disclosure import Audience, ListNames
from anpr.cli import root
from anpr.cli.hotlist.exchange import _progress, _shown
from anpr.config.data_folder import hotlists_db, records_db
from anpr.config.roles import ROLES_FILE
from anpr.errors import AccessDenied, AnprError, Failure, StoreError, UserError
from anpr.trust.accounts import CrewAccounts, Role
from anpr.trust.audit import AuditLog
from hotlists.store.store import HotlistStore
from hotlists.sync.client import SyncReport
from tests.anpr.cli.hotlist.test_commands import WHY, Terminal
from tests.anpr.real_desk import COVERT, STOLEN, import_marks
from tests.hotlists.made import police_row, write_rows

PIN, OTHER_PIN = "739146", "628035"
SUPERVISOR = ("--supervisor", "7", "--pin-stdin")
UNKNOWN = "there is no hotlist named 'Op Kestrel'"


@pytest.fixture
def terminal(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal on the data folder with a covert list; PC 7 is a supervisor, PC 8 is not."""
    monkeypatch.setattr(PasswordHasher, "__init__", _cheaply(PasswordHasher.__init__))
    accounts = CrewAccounts(records_db(folder))
    accounts.add("7", "A. Sergeant", PIN, Role.SUPERVISOR)
    accounts.add("8", "A. Constable", OTHER_PIN)
    accounts.close()
    # what a crew is told of covert lists by commands that a force has left to it
    (folder / ROLES_FILE).write_text("[supervisor]\ncommands = []\n", encoding="utf-8")
    return Terminal(folder)


def _cheaply(real: object) -> object:
    return lambda self, **_: real(self, time_cost=1, memory_cost=8, parallelism=1)  # type: ignore[operator]


def run(terminal: Terminal, *arguments: str, pin: str = PIN) -> Result:
    """Run a command with a PIN on standard input."""
    result = CliRunner().invoke(root, ["--data", str(terminal.data), *arguments], input=f"{pin}\n")
    if isinstance(result.exception, AnprError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


def lines(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_status_lists_it_to_a_supervisor_alone(terminal: Terminal) -> None:
    assert [one["name"] for one in terminal.json("status")] == ["Stolen", "No tax"]
    assert "Kestrel" not in terminal.run("status").output
    shown = lines(run(terminal, "hotlist", "status", "--json", *SUPERVISOR))
    assert [(one["name"], one["covert"]) for one in shown] == [
        ("Op Kestrel", True),
        ("Stolen", False),
        ("No tax", False),
    ]
    assert "covert" in run(terminal, "hotlist", "status", *SUPERVISOR).output
    only = Terminal(terminal.data.parent / "only")
    import_marks(only.data, COVERT, "AA11AAA")
    assert "no hotlists" in only.run("status").output


def test_status_tells_no_trouble_that_names_it(terminal: Terminal) -> None:
    with HotlistStore(hotlists_db(terminal.data)) as store:
        store.connection.execute("UPDATE lists SET origin = 'sync', source = 'office' WHERE name = 'Stolen'")
        store.database.table("sync_sources").upsert(
            {"publisher": "office", "error": "revision 1 of the hotlist 'Op Kestrel' is refused"}, pk="publisher"
        )
    told = {one["name"]: one["trouble"] for one in terminal.json("status")}
    assert told["Stolen"] == "one of the lists failed: ask the back office"
    assert "Kestrel" in str(lines(run(terminal, "hotlist", "status", "--json", *SUPERVISOR)))


def test_lookup_finds_and_counts_its_entries_for_a_supervisor_alone(terminal: Terminal) -> None:
    assert terminal.json("lookup", "AA11AAA", *WHY) == [{"type": "summary", "found": 0}]
    assert "not on any list" in terminal.run("lookup", "AA11AAA", *WHY).output
    assert [one.get("list") for one in terminal.json("lookup", "BB22BBB", *WHY)] == ["Stolen", None]
    shown = lines(run(terminal, "hotlist", "lookup", "BB22BBB", *WHY, "--json", *SUPERVISOR))
    assert [one.get("list") for one in shown] == ["Op Kestrel", "Stolen", None]


@pytest.mark.parametrize(
    "command",
    [("export", "Op Kestrel", "OUT", "--reason", "x"), ("set", "Op Kestrel", "--priority", "3"), ("set", "Op Kestrel", "--off"),
     ("restore", "Op Kestrel"), ("erase", "Op Kestrel", "--reason", "x"), ("remove", "AA11AAA", "--list", "Op Kestrel")],
    ids=lambda command: " ".join(command[::2]),
)  # fmt: skip
def test_a_command_that_names_it_finds_no_such_list(
    terminal: Terminal, command: tuple[str, ...], tmp_path: Path
) -> None:
    arguments = [str(tmp_path / "out.csv") if word == "OUT" else word for word in command]
    before = terminal.audited()
    with pytest.raises(UserError, match=UNKNOWN):
        terminal.run(*arguments)
    assert terminal.audited() == before
    assert not (tmp_path / "out.csv").exists()
    with HotlistStore(hotlists_db(terminal.data)) as store:
        assert store.get("Op Kestrel").settings == COVERT
    if command[0] in {"export", "erase"}:
        run(terminal, "hotlist", *arguments, *SUPERVISOR)


@pytest.mark.parametrize("command", ["add", "import"])
def test_entries_are_put_on_it_by_a_supervisor_alone(terminal: Terminal, command: str, tmp_path: Path) -> None:
    file = write_rows(tmp_path / "rows.csv", [police_row("GG77GGG")])
    arguments = {
        "add": ("add", "GG77GGG", "--reason", "x", "--expires", "never", "--list", "Op Kestrel"),
        "import": ("import", str(file), "--list", "Op Kestrel"),
    }[command]
    if command == "add":  # by hand to what is kept by hand alone
        with HotlistStore(hotlists_db(terminal.data)) as store:
            store.connection.execute("UPDATE lists SET origin = 'hand' WHERE name = 'Op Kestrel'")
    with pytest.raises(UserError, match="take another name, or ask a supervisor"):
        terminal.run(*arguments)
    run(terminal, "hotlist", *arguments, *SUPERVISOR)
    with HotlistStore(hotlists_db(terminal.data)) as store:
        current = store.get("Op Kestrel").current
        assert current is not None
        assert "GG77GGG" in [row[1] for row in store.rows(current)]


def test_whoever_makes_a_covert_list_needs_no_supervisor(terminal: Terminal, tmp_path: Path) -> None:
    file = write_rows(tmp_path / "rows.csv", [police_row("GG77GGG")])
    terminal.run("import", str(file), "--list", "Op Merlin", "--covert")
    assert "Op Merlin" not in terminal.run("status").output


def a_root(terminal: Terminal, folder: Path) -> tuple[str, str, str]:
    """Make a root whose one key does everything; return the key's file, the root's and where to publish."""
    private = str(folder / "root.key")
    terminal.run("keys", private, str(folder / "root.pub"))
    terminal.run("root", "init", str(folder / "roots"), "--key", private, "--publisher", str(folder / "root.pub"))
    return private, str(folder / "roots" / "1.root.json"), str(folder / "stick")


def test_sync_and_publish_name_it_to_a_supervisor_alone(terminal: Terminal, tmp_path: Path) -> None:
    private, root_file, stick = a_root(terminal, tmp_path)
    published = terminal.json("publish", stick, "--key", private, "--root", str(tmp_path / "roots"))
    assert [one.get("list") or one["lists"] for one in published] == ["No tax", "Stolen", 2]
    with pytest.raises(UserError, match=UNKNOWN):
        terminal.run("publish", stick, "--key", private, "--list", "Op Kestrel")
    car = Terminal(tmp_path / "car")
    sync = ("sync", "--from", stick, "--root", root_file)
    first = car.run(*sync, "--json")
    assert sorted(json.loads(first.stdout)["updated"]) == ["No tax", "Stolen"]  # the covert one came too, unnamed
    assert "Kestrel" not in first.output + car.run(*sync).output
    with HotlistStore(hotlists_db(car.data)) as store:
        assert store.get("Op Kestrel").settings.covert
    assert sorted(car.json(*sync)[0]["unchanged"]) == ["No tax", "Stolen"]  # type: ignore[call-overload]
    with HotlistStore(hotlists_db(terminal.data)) as store:
        store.erase("Op Kestrel")
    with pytest.raises(UserError, match="a covert hotlist is withdrawn as a whole") as refused:
        terminal.run("publish", stick, "--key", private)
    assert "Kestrel" not in str(refused.value)
    terminal.run("publish", stick, "--key", private, "--withdrawal-key", private)
    withdrawn = car.run(*sync, "--json")
    assert json.loads(withdrawn.stdout)["withdrawn"] == []
    with HotlistStore(hotlists_db(car.data)) as store:
        assert store.find("Op Kestrel") is None


@pytest.mark.parametrize("how", ["unchanged", "updated", "by_delta", "withdrawn"])
def test_however_it_was_synced_the_report_is_without_it(how: str) -> None:
    names = ListNames.of([COVERT, STOLEN])
    report = SyncReport(3, **{how: ("Op Kestrel", "Stolen")})  # type: ignore[arg-type]
    assert getattr(_shown(report, names), how) == ("Stolen",)


def test_the_progress_of_a_sync_names_lists_to_a_supervisor_alone() -> None:
    assert "Kestrel" not in _progress("Op Kestrel", Audience.CREW)
    assert "Kestrel" in _progress("Op Kestrel", Audience.SUPERVISOR)


def test_a_failed_sync_does_not_name_it(terminal: Terminal, tmp_path: Path) -> None:
    private, root_file, stick = a_root(terminal, tmp_path)
    terminal.run("publish", stick, "--key", private, "--root", str(tmp_path / "roots"))
    car = Terminal(tmp_path / "car")
    import_marks(car.data, COVERT, "AA11AAA")  # of the same name as the one that is offered, so that one fails
    with pytest.raises(Failure) as failed:
        car.run("sync", "--from", stick, "--root", root_file)
    assert "Kestrel" not in str(failed.value)


def test_a_sync_that_breaks_off_does_not_name_it(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private, root_file, stick = a_root(terminal, tmp_path)
    terminal.run("publish", stick, "--key", private, "--root", str(tmp_path / "roots"))
    car = Terminal(tmp_path / "car")
    car.run("sync", "--from", stick, "--root", root_file)
    with HotlistStore(hotlists_db(terminal.data)) as store:
        store.erase("Op Kestrel")
    with pytest.raises(UserError, match="a covert hotlist is withdrawn as a whole") as refused:
        terminal.run("publish", stick, "--key", private)
    assert "Kestrel" not in str(refused.value)
    terminal.run("publish", stick, "--key", private, "--withdrawal-key", private)

    def busy(self: HotlistStore, name: str) -> None:
        raise StoreError(f"the hotlist {name!r} is being changed by another program: try again later")

    monkeypatch.setattr(HotlistStore, "erase", busy)
    with pytest.raises(Failure, match="one of the lists failed"):
        car.run("sync", "--from", stick, "--root", root_file)


def test_the_exported_audit_withholds_what_names_it(terminal: Terminal, tmp_path: Path) -> None:
    run(terminal, "hotlist", "set", "Op Kestrel", "--on", *SUPERVISOR)
    terminal.run("add", "HH88HHH", "--reason", "x", "--expires", "never")
    exported = lines(run(terminal, "audit", "export"))
    assert [one["action"] for one in exported] == ["supervisor admitted", "withheld", "hotlist_add", "audit exported"]
    assert (exported[1]["detail"], exported[1]["actor"], exported[1]["seq"]) == ({}, "", 2)
    assert "Kestrel" not in json.dumps(exported)
    whole = lines(run(terminal, "audit", "export", "-", *SUPERVISOR))
    assert whole[1]["detail"] == {"list": "Op Kestrel", "off": "False"}


def test_a_supervisor_is_one_by_account_and_pin_and_each_use_is_audited(terminal: Terminal) -> None:
    with pytest.raises(AccessDenied, match="PIN is wrong"):
        run(terminal, "hotlist", "status", *SUPERVISOR, pin=OTHER_PIN)
    with pytest.raises(AccessDenied, match="8 is no supervisor"):
        run(terminal, "hotlist", "status", "--supervisor", "8", "--pin-stdin", pin=OTHER_PIN)
    run(terminal, "hotlist", "status", *SUPERVISOR)
    command = {"command": "root hotlist status"}
    assert terminal.audited() == [
        ("7", "supervisor refused", command), ("8", "supervisor refused", command), ("7", "supervisor admitted", command),
    ]  # fmt: skip
    asked = CliRunner().invoke(
        root, ["--data", str(terminal.data), "hotlist", "status", "--supervisor", "7"], input=PIN
    )
    assert "Op Kestrel" in asked.stdout
    assert PIN not in asked.output


def test_only_a_supervisor_makes_changes_or_removes_another(terminal: Terminal) -> None:
    add = ("crew", "add", "9", "--name", "B. Sergeant", "--supervisor", "--pin-stdin")
    with pytest.raises(AccessDenied, match="--by"):
        run(terminal, *add, pin="850264")
    with pytest.raises(AccessDenied, match="--by"):
        run(terminal, "crew", "add", "7", "--name", "mine now", "--pin-stdin", pin="850264")
    with pytest.raises(AccessDenied, match="--by"):
        run(terminal, "crew", "remove", "7")
    run(terminal, *add, "--by", "7", pin=f"{PIN}\n850264")
    assert [(one["collar"], one["role"]) for one in lines(run(terminal, "crew", "list", "--json"))] == [
        ("7", "supervisor"), ("8", "crew"), ("9", "supervisor"),
    ]  # fmt: skip
    run(terminal, "crew", "remove", "7", "--by", "9", "--pin-stdin", pin="850264")
    run(terminal, "crew", "add", "10", "--name", "C. Constable", "--by", "9", "--pin-stdin", pin="850264\n850264")
    log = AuditLog(records_db(terminal.data))
    assert {"collar": "9", "name": "B. Sergeant", "role": "supervisor", "by": "7"} in [
        entry.detail for entry in log.entries()
    ]
    log.close()


def test_the_first_supervisor_is_made_by_whoever_sets_the_car_up(tmp_path: Path) -> None:
    new = Terminal(tmp_path / "new")
    run(new, "crew", "add", "9", "--name", "B. Sergeant", "--supervisor", "--pin-stdin", pin="850264")
    run(new, "hotlist", "status", "--supervisor", "9", "--pin-stdin", pin="850264")
    with closing(CrewAccounts(records_db(tmp_path / "new"))) as accounts:
        assert [(one.collar, one.role) for one in accounts.members()] == [("9", Role.SUPERVISOR)]
