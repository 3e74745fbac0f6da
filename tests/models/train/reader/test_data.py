from pathlib import Path

import numpy as np
import pytest

from anpr.vrm import ALPHABET
from models.train.optics.photograph import Photograph
from models.train.reader.data import BLANK, ROWS, STEPS, UNKNOWN, Drawer, Pool, Renderer, dense_target


def sample(text: str, shade: int = 0) -> Photograph:
    places = np.array([[20 + 12 * i, 8, 0] for i in range(len(text))], np.float32).reshape(-1, 3)
    return Photograph(np.full((48, 160, 3), shade, np.uint8), text, places)


def test_dense_target_spells_the_text_and_leaves_the_second_row_blank() -> None:
    target = dense_target("AB11", sample("AB11").places).reshape(ROWS, STEPS)
    known = target[0][target[0] != UNKNOWN]
    changes = [int(c) for c, before in zip(known, [BLANK, *known[:-1]], strict=True) if c not in (before, BLANK)]
    assert "".join(ALPHABET[c] for c in changes) == "AB11"
    assert (target[1] == BLANK).all()


def test_narrow_equal_neighbours_are_kept_apart() -> None:
    places = np.array([[50, 4, 0], [57, 4, 0]], np.float32)
    row = dense_target("11", places).reshape(ROWS, STEPS)[0]
    one = ALPHABET.index("1")
    first, last = np.flatnonzero(row == one)[[0, -1]]
    assert (row[first:last] == BLANK).any()


def test_second_line_is_written_in_the_second_row() -> None:
    places = np.array([[50, 10, 0], [50, 10, 1]], np.float32)
    target = dense_target("AB", places).reshape(ROWS, STEPS)
    assert ALPHABET.index("A") in target[0]
    assert ALPHABET.index("B") in target[1]


def test_pool_keeps_what_was_written_for_another_process(tmp_path: Path) -> None:
    Pool.open(tmp_path, 8).write(3, 1, sample("AB51CDE", 7))
    record = Pool.open(tmp_path, 8).samples[3]
    assert "".join(ALPHABET[c] for c in record["codes"][: record["length"]]) == "AB51CDE"
    assert (record["picture"] == 7).all()


def test_real_samples_have_no_known_places(tmp_path: Path) -> None:
    pool = Pool.open(tmp_path, 2)
    pool.write(0, 1, Photograph(np.zeros((48, 160, 3), np.uint8), "AB", np.zeros((0, 3), np.float32)), fold=1)
    assert (pool.samples[0]["dense"] == UNKNOWN).all()


def test_text_that_is_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="11 characters"):
        Pool.open(tmp_path, 2).write(0, 1, sample("ABCDEFGHIJK"))


def test_drawer_prefers_samples_not_used_yet(tmp_path: Path) -> None:
    pool = Pool.open(tmp_path, 16)
    for i in range(16):
        pool.write(i, i + 1, sample("A", i))
    drawer = Drawer(pool, np.random.default_rng(0))
    shades = np.concatenate([drawer.batch(4)["picture"][:, 0, 0, 0] for _ in range(4)])
    assert sorted(shades) == list(range(16))
    assert drawer.fresh == 16


def test_drawer_draws_hard_samples_again_but_no_hopeless_ones(tmp_path: Path) -> None:
    pool = Pool.open(tmp_path, 16)
    for i in range(16):
        pool.write(i, i + 1, sample("A", i))
    drawer = Drawer(pool, np.random.default_rng(0), hard_share=0.5)
    shades = drawer.batch(8)["picture"][:, 0, 0, 0]
    drawer.note(np.array([0.5, 0.7, 9.0, 0.0, 0.0, 0.0, 0.0, 0.0], np.float32))
    again = drawer.batch(8)["picture"][:, 0, 0, 0]
    assert set(again) & set(shades) == set(shades[:2])


def test_renderer_gives_plates_and_sometimes_none() -> None:
    source = Renderer(3, (), kept=12)
    texts = [source.photograph(0.5).text for _ in range(40)]
    assert len(set(texts)) > 8
    assert all(len(text) <= 10 for text in texts)
