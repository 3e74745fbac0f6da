"""Large files are named, small ones and removed ones are not."""

from pathlib import Path

from tools.small_files import MOST_BYTES, too_large


def test_only_what_is_over_a_megabyte_is_named(tmp_path: Path) -> None:
    for name, size in (("just", MOST_BYTES), ("over", MOST_BYTES + 1), ("large", 2_300_000)):
        (tmp_path / name).write_bytes(bytes(size))
    files = [tmp_path / name for name in ("just", "over", "large", "removed")]
    assert too_large(files) == [
        f"{tmp_path / 'over'} has 1.0 MB, more than 1",
        f"{tmp_path / 'large'} has 2.3 MB, more than 1",
    ]
