"""The stand-in on a port of its own, and the configuration that asks it."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from anpr.address import Address, Secret
from anpr.config.enquiries import EnquiriesConfig
from anpr.enquiries.stand_in import GATEWAY_PATH, StandInServer


@pytest.fixture
def server() -> Iterator[StandInServer]:
    with StandInServer() as running:
        yield running


@pytest.fixture
def config(server: StandInServer) -> EnquiriesConfig:
    return config_of(server)


def config_of(server: StandInServer, **changed: Any) -> EnquiriesConfig:
    """The configuration that the stand-in prints, with a gateway beside it if one is named."""
    table = tomllib.loads(server.configuration())["enquiries"]
    values: dict[str, Any] = {
        name: Address(text) if name.endswith("url") else Secret(text) for name, text in table.items() if name != "lists"
    }
    return EnquiriesConfig(**(values | {"lists": ("*",), "timeout_s": 2.0} | changed))


def gateway_of(server: StandInServer) -> Address:
    return Address(server.url + GATEWAY_PATH)
