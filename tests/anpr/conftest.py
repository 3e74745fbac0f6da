from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.anpr.real_desk import COVERT, NO_TAX, STOLEN, RealDesk, import_marks


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with a covert list and two that are not; AA11AAA is on the covert one alone, BB22BBB on both."""
    data = tmp_path / "data"
    import_marks(data, STOLEN, "BB22BBB", "CC33CCC", "DD44DDD", reason="Stolen")
    import_marks(data, NO_TAX, "EE55EEE", "FF66FFF", reason="No tax")
    import_marks(data, COVERT, "AA11AAA", "BB22BBB", reason="Follow")
    return data


@pytest.fixture
def car(folder: Path) -> Iterator[RealDesk]:
    """A desk on real parts, with the lists of `folder`."""
    opened = RealDesk(folder)
    yield opened
    opened.close()
