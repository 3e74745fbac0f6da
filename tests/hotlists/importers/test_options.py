from hotlists.importers.options import FileKind, Understood
from hotlists.importers.read import FORMATS


def test_every_kind_that_can_be_asked_for_is_read_by_something() -> None:
    apart = {FileKind.AUTO, FileKind.JSON_ARRAY}  # the one is no kind, the other is not read line by line
    assert {kind for kind, _, _ in FORMATS} == set(FileKind) - apart


def test_what_is_understood_of_one_file_is_not_of_the_next() -> None:
    first = Understood()
    first.notes["rows are hidden"] += 1
    assert Understood().notes == {}
