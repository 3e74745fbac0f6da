from pathlib import Path

from anpr.config.data_folder import hotlists_db
from benchmarks.theft.lists import LIST, import_marks, made_marks, made_names
from hotlists.store.store import HotlistStore


def test_marks_and_names_are_different_long_and_all_in_the_list(tmp_path: Path) -> None:
    marks, names = made_marks(300, 5), made_names(50, 5)
    assert len({*marks}) == 300
    assert len({*names}) == 50
    assert min(map(len, (*marks, *names))) >= 6
    (tmp_path / "data").mkdir()
    import_marks(tmp_path / "data", marks, tmp_path, tuple(names))
    with HotlistStore(hotlists_db(tmp_path / "data")) as store:
        current = store.get(LIST).current
        assert current is not None
        rows = [row[1:] for row in store.rows(current)]
    assert {row[0] for row in rows} == {*marks}
    told = " ".join(str(cell) for row in rows for cell in row)
    assert all(name in told for name in names)
    assert not list(tmp_path.glob("*.csv"))
