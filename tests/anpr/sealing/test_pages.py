"""Pages opened one by one are those that SQLCipher itself wrote."""

from contextlib import closing
from pathlib import Path

from anpr import sqlite
from anpr.sealing.data_key import DataKey, make_keys
from anpr.sealing.pages import RESERVED, opened_page


def test_opened_pages_hold_what_was_written_and_nothing_for_another_key(tmp_path: Path) -> None:
    path = tmp_path / "rows.db"
    texts = [f"VERY LONG TEXT {n} " * 30 for n in range(200)]
    with closing(sqlite.connect(path)) as connection:
        connection.execute("CREATE TABLE rows(text)")
        connection.executemany("INSERT INTO rows VALUES (?)", [(text,) for text in texts])
    content = path.read_bytes()
    assert not any(text[:20].encode() in content for text in texts)

    def opened(key: DataKey) -> bytes:
        return b"".join(opened_page(key, content[at : at + 4096], first=at == 0) for at in range(0, len(content), 4096))

    plain = opened(make_keys(tmp_path).current)
    assert plain.startswith(sqlite.HEADER)
    assert plain[20] == RESERVED
    assert all(text.encode() in plain for text in texts)
    assert b"VERY LONG" not in opened(DataKey(bytes(32)))
    assert opened_page(DataKey(bytes(32)), b"cut", first=False) == b"cut"
