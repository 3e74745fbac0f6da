"""Where the program keeps its state."""

from pathlib import Path

import pytest

from anpr.config.data_folder import data_folder, hotlists_db, records_db
from anpr.errors import ConfigError


def test_the_chosen_folder_is_made_with_its_parents_and_used_again(tmp_path: Path) -> None:
    chosen = tmp_path / "a" / "b"
    assert data_folder(chosen) == chosen
    assert chosen.is_dir()
    assert data_folder(chosen) == chosen


def test_without_a_choice_it_is_the_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert data_folder(None) == tmp_path / "patrol-anpr"
    assert (tmp_path / "patrol-anpr").is_dir()


def test_a_folder_that_cannot_be_made_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"file/data cannot be made .*--data"):
        data_folder(tmp_path / "file" / "data")


def test_lists_and_records_are_files_of_their_own(tmp_path: Path) -> None:
    assert hotlists_db(tmp_path) == tmp_path / "hotlists.db"
    assert records_db(tmp_path) == tmp_path / "records.db"
