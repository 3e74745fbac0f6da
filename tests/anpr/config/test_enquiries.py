"""`[enquiries]`: as it comes nobody is asked; keys are whole or refused, and never in a message."""

from pathlib import Path
from typing import Any

import pytest

from anpr.address import Address, Secret
from anpr.config.car import load_config
from anpr.config.enquiries import EnquiriesConfig
from anpr.errors import ConfigError

KEYS: dict[str, Any] = {
    "dvsa_key": Secret("KEY-1234"), "dvsa_client_id": Secret("c"), "dvsa_client_secret": Secret("KEY-1234"),
    "dvsa_token_url": Address("https://login.example/t"),
}  # fmt: skip


def test_as_it_comes_nobody_is_asked_about_anything() -> None:
    config = EnquiriesConfig()
    assert not config.asks_anybody
    assert not config.is_asked_of("Stolen")


def test_each_source_is_asked_once_its_keys_are_there() -> None:
    assert EnquiriesConfig(dvla_key=Secret("k")).asks_dvla
    assert EnquiriesConfig(**KEYS).asks_dvsa
    assert EnquiriesConfig(gateway_url=Address("https://gateway.example/")).asks_gateway


@pytest.mark.parametrize("lacking", KEYS)
def test_dvsa_s_four_go_together(lacking: str) -> None:
    values = {name: value for name, value in KEYS.items() if name != lacking}
    with pytest.raises(ConfigError, match=f"{lacking}' is missing") as caught:
        EnquiriesConfig(**values)
    assert "KEY-1234" not in str(caught.value)


def changed(name: str, text: str) -> dict[str, Any]:
    return {name: Address(text)}


@pytest.mark.parametrize("name", ["dvla_url", "dvsa_url", "dvsa_token_url", "gateway_url"])
@pytest.mark.parametrize("text", ["http://dvla.example/", "KEY-1234", "ftp://127.0.0.1/KEY-1234"])
def test_an_address_must_be_encrypted_and_what_stands_there_instead_may_be_a_key(name: str, text: str) -> None:
    with pytest.raises(ConfigError, match=name) as caught:
        EnquiriesConfig(**changed(name, text))
    assert "KEY-1234" not in str(caught.value)
    assert EnquiriesConfig(**(KEYS | changed(name, "http://127.0.0.1:8790/x")))


@pytest.mark.parametrize(
    "line", ['dvla_key = "KEY\\u00001234"', "dvla_key = 1234567", 'dvla_key = ["KEY-1234"]', 'dvla_kee = "KEY-1234"', 'dvsa_key = "KEY-1234"',
             'dvla_url = "KEY-1234"', 'dvla_key = "KEY-1234']
)  # fmt: skip
def test_a_mistake_in_the_file_never_shows_a_key(line: str, tmp_path: Path) -> None:
    path = tmp_path / "car.toml"
    path.write_text(f"[enquiries]\n{line}\n")
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert not any(part in str(caught.value) for part in ("KEY-1234", "1234567", "1234"))


def test_lists_are_named_by_patterns_whatever_the_case() -> None:
    config = EnquiriesConfig(lists=("pnc *", "Stolen"))
    assert [config.is_asked_of(name) for name in ("PNC stolen", "STOLEN", "Stolen cars", "No tax")] == [
        True,
        True,
        False,
        False,
    ]
