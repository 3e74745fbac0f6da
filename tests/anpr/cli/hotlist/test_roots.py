from pathlib import Path

import pytest

from anpr.errors import ConfigError, Failure, SyncError, UserError
from tests.anpr.cli.hotlist.test_commands import Terminal
from tests.hotlists.made import police_row, random_vrms, write_rows

VRMS = random_vrms(60)


class Force:
    """A supervisor's folder with keys and roots, a back office and a car."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.office, self.car = Terminal(folder / "office"), Terminal(folder / "car")
        for name in ("root", "a", "b", "w"):
            self.office.run("keys", self.path(f"{name}.key"), self.path(f"{name}.pub"))

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def root(self, command: str, *arguments: str) -> dict[str, object]:
        (said,) = self.office.json("root", command, self.path("roots"), *arguments)
        return said

    def publish(self, key: str, *more: str) -> None:
        self.office.run(
            "publish", self.path("out"), "--key", self.path(f"{key}.key"), "--root", self.path("roots"), *more
        )

    def imported(self, vrms: list[str]) -> None:
        rows = write_rows(self.folder / "list.csv", map(police_row, vrms))
        self.office.run("import", str(rows), "--list", "stolen")

    def sync(self) -> dict[str, object]:
        (said,) = self.car.json("sync", "--from", self.path("out"), "--root", self.path("roots/1.root.json"))
        return said


@pytest.fixture
def force(tmp_path: Path) -> Force:
    return Force(tmp_path)


def test_a_key_is_rotated_and_revoked_and_cars_follow(force: Force) -> None:
    begun = force.root("init", "--key", force.path("root.key"), "--publisher", force.path("a.pub"))
    assert (begun["version"], begun["withdraw_percent"]) == (1, 20)
    force.imported(VRMS[:50])
    force.publish("a")
    assert force.sync()["updated"] == ["stolen"]
    root_key = ("--key", force.path("root.key"))
    after = force.root("rotate", *root_key, "--role", "publishing", "--add", force.path("b.pub"))
    assert len(after["roles"]["publishing"]["keys"]) == 2  # type: ignore[index]
    assert force.root("show")["version"] == 2
    revoked = force.root("revoke", force.path("a.pub"), *root_key)
    assert len(revoked["roles"]["publishing"]["keys"]) == 1  # type: ignore[index]
    with pytest.raises(ConfigError, match="it was revoked"):
        force.publish("a")  # the folder has the newest root now
    with pytest.raises(SyncError, match="a key that was revoked"):
        force.sync()
    (status,) = force.car.json("status")
    assert "signed with a key that has been revoked" in str(status["alarm"])
    assert (status["entries"], status["trouble"] != "") == (50, True)
    force.imported(VRMS[:51])
    force.publish("b")
    assert force.sync()["by_delta"] == ["stolen"]
    assert force.car.json("status")[0]["alarm"] == ""
    with pytest.raises(UserError, match=r"no role of the newest root .* has the key"):
        force.root("revoke", force.path("a.pub"), *root_key)
    with pytest.raises(UserError, match="nothing would change"):
        force.root("rotate", *root_key, "--role", "publishing", "--add", force.path("b.pub"))
    with pytest.raises(UserError, match="the root would name 0: add one with --add"):
        force.root("revoke", force.path("b.pub"), *root_key)
    assert force.root("renew", *root_key, "--valid-days", "30")["version"] == 4


def test_a_withdrawal_is_agreed_to_with_another_key(force: Force) -> None:
    force.root(
        "init", "--key", force.path("root.key"), "--publisher", force.path("a.pub"), "--withdrawal", force.path("w.pub"),
        "--withdraw-percent", "10",
    )  # fmt: skip
    force.imported(VRMS[:50])
    force.publish("a")
    force.sync()
    force.imported(VRMS[:40])
    with pytest.raises(UserError, match=r"withdraws 10 of 50 .* add --withdrawal-key"):
        force.publish("a")
    force.publish("a", "--withdrawal-key", force.path("w.key"))
    force.sync()
    assert force.car.json("status")[0]["entries"] == 40
    _, _, detail = force.office.audited()[-1]
    assert len(detail["withdrawal keys"]) == 16


def test_lists_are_encrypted_for_a_car_whose_key_was_exported_and_renewed_without_touching_them(force: Force) -> None:
    force.root(
        "init", "--key", force.path("root.key"), "--publisher", force.path("a.pub"), "--renewer", force.path("b.pub")
    )
    force.imported(VRMS[:50])
    (force.folder / "cars").mkdir()
    force.car.run("car-key", force.path("cars/north-1.pem"))
    force.publish("a", "--cars", force.path("cars"))
    assert force.sync()["updated"] == ["stolen"]
    (renewed,) = force.office.json("renew", force.path("out"), "--key", force.path("b.key"))
    assert renewed["sequence"] == 2
    assert force.sync()["unchanged"] == ["stolen"]
    published = b"".join(path.read_bytes() for path in (force.folder / "out").rglob("*") if path.is_file())
    assert b"stolen" not in published


def test_what_went_wrong_with_one_list_is_an_exit_code_and_an_alarm_with_what_to_do(force: Force) -> None:
    force.root("init", "--key", force.path("root.key"), "--publisher", force.path("a.pub"))
    force.imported(VRMS[:50])
    force.publish("a")
    for path in (force.folder / "out" / "objects").rglob("*.zst"):
        path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(Failure, match="not what was signed"):
        force.sync()
    (status,) = force.car.json("status")
    assert "not what was signed" in str(status["alarm"])
