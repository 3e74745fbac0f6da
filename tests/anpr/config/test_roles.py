"""Which commands ask for a supervisor."""

from pathlib import Path

import pytest

from anpr.config.roles import BY_DEFAULT, ROLES_FILE, load_roles
from anpr.errors import ConfigError


def test_without_a_file_commands_that_change_or_export_lists_ask_for_one(tmp_path: Path) -> None:
    assert load_roles(tmp_path).supervisor.commands == BY_DEFAULT
    assert {"hotlist import", "hotlist erase", "hotlist export"} <= set(BY_DEFAULT)


def test_a_force_says_which_and_a_mistake_is_told(tmp_path: Path) -> None:
    file = tmp_path / ROLES_FILE
    file.write_text('[supervisor]\ncommands = ["hotlist sync", "evidence export"]\n', encoding="utf-8")
    assert load_roles(tmp_path).supervisor.commands == ("hotlist sync", "evidence export")
    file.write_text('[supervisor]\ncommands = ["hotlist imprt"]\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="commands"):
        load_roles(tmp_path)
