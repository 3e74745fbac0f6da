"""The demo officer can log in, with a PIN that another demonstration does not have."""

import re
from pathlib import Path

import pytest

from anpr.cli.demo_officer import COLLAR, demo_officer, network_names
from anpr.config.data_folder import records_db
from anpr.errors import AccessDenied, InputError
from anpr.trust.accounts import CrewAccounts


def test_what_is_said_lets_in(tmp_path: Path) -> None:
    officer = demo_officer(tmp_path)
    (pin,) = re.findall(r"PIN (\d{6})", officer.how)
    assert "demo officer" in officer.how
    accounts = CrewAccounts(records_db(tmp_path))
    assert accounts.log_in(COLLAR, pin, "phone") == officer.member
    with pytest.raises(AccessDenied):
        accounts.log_in(COLLAR, str((int(pin) + 1) % 10**6).zfill(6), "phone")
    accounts.close()


def test_the_address_is_one_of_this_machine_or_its_lack_is_said() -> None:
    try:
        (name,) = network_names()
    except InputError as error:
        assert "--network" in str(error)  # noqa: PT017 - a machine without a network is as good
    else:
        assert re.fullmatch(r"\d+(\.\d+){3}", name)
