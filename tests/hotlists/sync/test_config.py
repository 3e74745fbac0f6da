from pathlib import Path

import pytest

from anpr.address import Address
from anpr.config.car import SyncConfig
from anpr.errors import ConfigError
from hotlists.sync.config import load_sync_config


@pytest.mark.parametrize(
    ("url", "is_folder"),
    [
        ("https://office/x", False),
        ("HTTP://office", False),
        ("/media/stick", True),
        ("D:\\stick", True),
        ("http", True),
    ],
)
def test_address_or_folder(url: str, is_folder: bool) -> None:
    assert SyncConfig(Address(url), Path("key.pem"), plain_http=True).is_folder is is_folder


def test_paths_stand_beside_the_file_and_empty_texts_are_not_set(tmp_path: Path) -> None:
    file = tmp_path / "sync.toml"
    file.write_text(
        '[sync]\nurl = "https://x"\nroot = "keys/1.root.json"\npinned_certificate = ""\n'
        'client_certificate = "/etc/c.pem"\n',
        encoding="utf-8",
    )
    config = load_sync_config(file)
    assert config.root == tmp_path / "keys" / "1.root.json"
    assert config.pinned_certificate is None
    assert config.client_certificate == Path("/etc/c.pem")


def test_a_file_without_its_table_or_address_is_a_mistake_that_is_named(tmp_path: Path) -> None:
    file = tmp_path / "sync.toml"
    for content, said in (("[car]\n", "no table"), ('[sync]\nroot = "1.root.json"\n', "url"), ("[sync\n", "sync.toml")):
        file.write_text(content, encoding="utf-8")
        with pytest.raises(ConfigError, match=said):
            load_sync_config(file)


def test_client_key_alone_is_a_mistake_that_is_named() -> None:
    with pytest.raises(ConfigError, match="client_key' needs"):
        SyncConfig(Address("https://x"), Path("k"), client_key=Path("c"))
