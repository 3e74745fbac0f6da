"""What a terminal says of the second device: always the address, the QR code where it can be shown."""

import io

from anpr.cli.second_device import tell_second_device

ADDRESS = "https://anpr.local:8738/"


class Terminal(io.TextIOWrapper):
    """A terminal of some encoding."""

    def __init__(self, encoding: str, tty: bool = True) -> None:
        super().__init__(io.BytesIO(), encoding=encoding)
        self._tty = tty

    def isatty(self) -> bool:
        return self._tty


def told(address: str | None, terminal: Terminal) -> list[str]:
    tell_second_device(address, terminal)
    terminal.seek(0)
    return terminal.read().splitlines()


def test_the_address_and_a_code_are_told() -> None:
    lines = told(ADDRESS, Terminal("utf-8"))
    assert lines[0] == f"Second device: {ADDRESS}"
    assert set("".join(lines[1:])) == set("█▀▄ ")


def test_where_no_blocks_can_be_shown_the_address_is_told_alone() -> None:
    assert told(ADDRESS, Terminal("ascii")) == [f"Second device: {ADDRESS}"]
    assert told(ADDRESS, Terminal("utf-8", tty=False)) == [f"Second device: {ADDRESS}"]


def test_without_a_network_nothing_is_told() -> None:
    assert told(None, Terminal("utf-8")) == []
