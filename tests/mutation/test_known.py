from pathlib import Path

import pytest

from tests.mutation.known import KNOWN, Known, Stale
from tests.mutation.mutant import source_of

TREE = Path(__file__).parents[2]


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.what)
def test_every_bug_made_by_hand_has_its_place_in_the_code_as_it_is(known: Known) -> None:
    source = source_of(TREE, known.path)
    mutant = known.mutant(TREE)  # raises Stale where its text does not stand in the file exactly once
    assert source[mutant.start : mutant.end].decode() == known.find
    applied = mutant.applied(source)
    assert applied.count(b"\n") == source.count(b"\n")
    compile(applied, known.path, "exec")


def test_a_bug_without_its_one_place_is_stale(tmp_path: Path) -> None:
    (tmp_path / "short.py").write_text("a = 1\na = 1\n", newline="\n")
    for path, find in (("gone.py", "a = 1"), ("short.py", "b = 1"), ("short.py", "a = 1")):
        with pytest.raises(Stale):
            Known("a bug", path, find, "a = 2").mutant(tmp_path)
