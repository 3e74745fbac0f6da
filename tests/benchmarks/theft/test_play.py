"""The ten seconds' version: a real patrol, its disk copied; and a tablet as it was before, of which a thief finds much."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from anpr.config.data_folder import hotlists_db
from benchmarks.theft.lists import import_marks
from benchmarks.theft.play import Theft
from tests.anpr.test_sealed_folder import made_plain

PLAYED: Final = (
    "import json; from benchmarks.theft.play import theft_section; print(json.dumps(theft_section(quick=True)))"
)


@pytest.mark.slow
def test_of_a_stolen_tablet_nothing_is_found() -> None:
    # in a process of its own: the browser of other tests may be open in this one, which can drive no second
    told = json.loads(subprocess.check_output([sys.executable, "-c", PLAYED], text=True).splitlines()[-1])
    assert (told["found"], told["errors"]) == (0, [])
    assert told["searched"]["copies"] == len(told["rows"]) == 4
    assert told["searched"]["marks"] == 500
    assert told["searched"]["pictures"] > 0


def test_of_a_tablet_that_is_not_locked_much_is_found(tmp_path: Path) -> None:
    theft = Theft(tmp_path / "work", 1)
    import_marks(theft.data, theft.marks, theft.outside, tuple(theft.names))
    theft.steal("locked")
    assert theft.found == []
    made_plain(hotlists_db(theft.data))
    theft.steal("plain")
    assert len({one.what for one in theft.found} & {*theft.marks, *theft.names}) == 600
