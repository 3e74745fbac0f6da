"""What `anpr doctor` says of the lock on the data folder, of its key and of the disk."""

from pathlib import Path

import pytest

from anpr.checks import Finding
from anpr.patrol import lock_checks
from anpr.patrol.lock_checks import checks
from anpr.sealing.data_key import key_file, make_keys
from anpr.sealing.machine import SEALS, Seal
from anpr.values import Level
from tests.anpr.records.test_salvage import kept_records
from tests.anpr.test_sealed_folder import made_plain


def found(folder: Path, name: str) -> Finding:
    return next(check.run() for check in checks(folder) if check.name == name)


def test_what_is_not_locked_or_open_to_others_is_named(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert [found(data, name).level for name in ("locked", "data_key")] == [Level.OK, Level.OK]
    data.mkdir(mode=0o700)
    kept_records(data / "records.db")
    assert found(data, "locked").words == "all of it"
    data.chmod(0o755)
    assert found(data, "locked").words.startswith("other accounts may read data")
    made_plain(data / "records.db")
    told = found(data, "locked")
    assert (told.level, told.words) == (Level.WARNING, "not locked: records.db")


def test_a_weak_seal_says_its_weakness_and_a_lost_key_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_keys(tmp_path)
    told = found(tmp_path, "data_key")
    assert told.level is Level.WARNING
    assert "by way of file: the key lies unsealed" in told.words
    strong = Seal("file", SEALS["file"].close, SEALS["file"].open, lambda: "")
    monkeypatch.setitem(SEALS, "file", strong)
    assert found(tmp_path, "data_key") == Finding(Level.OK, "by way of file", "")
    key_file(tmp_path).rename(tmp_path / "data-key-lost-20261129T024500Z-abcd")
    assert found(tmp_path, "data_key").level is Level.WARNING
    key_file(tmp_path).write_bytes(b"of another machine")
    assert found(tmp_path, "data_key").level is Level.FAULT


@pytest.mark.parametrize(("encrypted", "level"), [(True, Level.OK), (False, Level.WARNING), (None, Level.OK)])
def test_a_disk_that_is_not_encrypted_is_a_warning(
    encrypted: bool | None, level: Level, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock_checks, "encrypted_disk", lambda _: encrypted)
    told = found(tmp_path, "disk_encrypted")
    assert told.level is level
    assert ("not known" in told.words) == (encrypted is None)
