"""The server without a browser: what it serves, where, and that it keeps nobody waiting."""

import json
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest

from anpr.errors import ConfigError
from anpr.screen.server import Listening, ScreenServer
from tests.anpr.screen.client import Client, state_of
from tests.anpr.screen.conftest import until
from tests.anpr.screen.desk import MemoryDesk

Serve = Callable[..., ScreenServer]


@pytest.mark.alone
def test_a_desk_that_hangs_hangs_neither_the_engine_nor_the_beat(serve: Serve, desk: MemoryDesk) -> None:
    client = Client(serve().address)
    with client.feed() as messages:
        state_of(messages)
        desk.hung.clear()
        began = monotonic()
        desk.hit("AB51CDE")  # the engine's thread tells of it and goes on
        assert monotonic() - began < 1.0
        until(lambda: json.loads(messages.recv(20)).get("silent_s", 0) > 1.0)
        desk.hung.set()
        assert "1" in state_of(messages)["alerts"]  # type: ignore[operator]


def test_the_network_needs_accounts_names_and_a_folder(desk: MemoryDesk, serve: Serve, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="crew accounts"):
        serve(listening=Listening(0, "127.0.0.1", 0, ("localhost",), tmp_path), accounts=None)


def test_a_taken_port_is_one_sentence(serve: Serve) -> None:
    port = int(serve().address.rstrip("/").rpartition(":")[2])
    with pytest.raises(ConfigError, match="choose another port"):
        serve(listening=Listening(port=port))
