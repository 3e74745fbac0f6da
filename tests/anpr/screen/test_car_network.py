"""Over which of the tablet's addresses the crew's devices come in."""

import pytest

from anpr.screen.car_network import is_of_car_network

NAMED = ("anpr.local", "192.168.4.1", "fd00::1")


@pytest.mark.parametrize("here", ["192.168.4.1", "fd00::1", "::ffff:192.168.4.1", "127.0.0.1", "::1"])
def test_named_addresses_and_this_machine_are_served(here: str) -> None:
    assert is_of_car_network(NAMED, here)


@pytest.mark.parametrize("here", ["192.168.4.2", "10.20.30.40", "100.70.1.2", "51.140.1.1", "2a00:23c7::1", "?", ""])
def test_where_an_address_is_named_no_other_is_served(here: str) -> None:
    assert not is_of_car_network(NAMED, here)


@pytest.mark.parametrize(
    ("here", "served"),
    [("192.168.4.1", True), ("10.0.0.1", True), ("169.254.3.3", True), ("fe80::1%wlan0", True), ("fd12::5", True),
     ("100.64.0.1", False), ("100.127.255.254", False), ("51.140.1.1", False), ("2a00:23c7::1", False), ("::ffff:8.8.8.8", False)],
)  # fmt: skip
def test_without_one_private_addresses_are_served_and_those_of_mobile_data_are_not(here: str, served: bool) -> None:
    assert is_of_car_network(("anpr.local",), here) is served
