from collections.abc import Iterator
from pathlib import Path

import pytest

from hotlists.store.store import HotlistStore
from tests.hotlists.made import Clock
from tests.hotlists.office import Office
from tests.hotlists.web import Web, serve


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[HotlistStore]:
    with HotlistStore(tmp_path / "data" / "hotlists.db", clock=clock) as opened:
        yield opened


@pytest.fixture
def office(tmp_path: Path, clock: Clock) -> Iterator[Office]:
    folder = tmp_path / "office"
    folder.mkdir()
    made = Office(folder, clock)
    yield made
    made.store.close()


@pytest.fixture
def web(office: Office) -> Iterator[Web]:
    with serve(office.published) as running:
        yield running
