"""Ways of sealing: what each gives back, when it refuses, and what it says of its weakness; Windows' own is tried on Windows alone."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from anpr.sealing import machine
from anpr.sealing.machine import CHOSEN_BY, SEALS, SealError, best_seal, encrypted_disk, seal_named

SECRET = bytes(range(32))
HERE = [name for name in SEALS if name == "file" or (name == "dpapi") == (sys.platform == "win32")]


@pytest.mark.parametrize("name", HERE)
def test_what_is_sealed_here_comes_back_and_what_was_altered_does_not(name: str) -> None:
    seal = seal_named(name)
    try:
        sealed = seal.close(SECRET)
    except SealError as error:
        pytest.skip(f"{name} does not work for this account: {error}")
    assert seal.open(sealed) == SECRET
    if name != "file":
        assert SECRET not in sealed
        with pytest.raises(SealError):
            seal.open(sealed[: len(sealed) // 2])
    with pytest.raises(SealError):
        seal.open(b"\xff no seal")


def test_the_best_way_that_works_is_taken_and_another_only_if_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CHOSEN_BY, "file")
    assert best_seal().name == "file"
    monkeypatch.setenv(CHOSEN_BY, "wax")
    with pytest.raises(SealError, match="no way of sealing named 'wax', only systemd-creds, dpapi, file"):
        best_seal()
    monkeypatch.delenv(CHOSEN_BY)
    assert best_seal().name in HERE
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert best_seal().name == ("dpapi" if sys.platform == "win32" else "file")


@pytest.mark.skipif(os.name != "posix", reason="a program is put in the place of systemd-creds")
@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("exit 1", "refuses"),
        ("echo no key >&2; exit 3", "refuses .no key"),
        ("sleep 9", "does not answer .TimeoutExpired"),
    ],
)
def test_a_program_that_refuses_or_hangs_is_said_in_a_sentence(
    body: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "systemd-creds"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(machine, "_LONGEST_S", 0.2)
    with pytest.raises(SealError, match=says):
        SEALS["systemd-creds"].close(SECRET)
    assert "no TPM" in SEALS["systemd-creds"].weakness()


def test_each_way_says_what_it_does_not_protect_from() -> None:
    assert "whoever has a copy of the data folder reads everything" in SEALS["file"].weakness()
    assert "password" in SEALS["dpapi"].weakness()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="devices as Linux names them")
@pytest.mark.parametrize(("uuid", "encrypted"), [("CRYPT-LUKS2-0123-root", True), ("LVM-0123", False)])
def test_a_disk_is_encrypted_if_it_or_what_it_stands_on_is(uuid: str, encrypted: bool, tmp_path: Path) -> None:
    number = tmp_path.stat().st_dev
    below, above = tmp_path / "devices" / "dm-0", tmp_path / "devices" / "dm-1"
    (below / "dm").mkdir(parents=True)
    (below / "dm" / "uuid").write_text(uuid)
    (above / "slaves").mkdir(parents=True)
    (above / "slaves" / "dm-0").symlink_to(below)
    (tmp_path / "dev" / "block").mkdir(parents=True)
    (tmp_path / "dev" / "block" / f"{os.major(number)}:{os.minor(number)}").symlink_to(above)
    assert encrypted_disk(tmp_path, tmp_path) is encrypted
    assert encrypted_disk(tmp_path, tmp_path / "nothing") is None
