from pathlib import Path

import pytest

from anpr.errors import ConfigError
from hotlists.sync.config import SyncConfig, sync_config


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
    assert SyncConfig(url, Path("key.pem")).is_folder is is_folder


def test_paths_stand_beside_the_file_and_empty_texts_are_not_set() -> None:
    table = {
        "url": "https://x",
        "public_key": "keys/a.pem",
        "pinned_certificate": "",
        "client_certificate": "/etc/c.pem",
    }
    config = sync_config(table, Path("/home/car"), "sync.toml")
    assert config.public_key == Path("/home/car/keys/a.pem")
    assert config.pinned_certificate is None
    assert config.client_certificate == Path("/etc/c.pem")


def test_client_key_alone_is_a_mistake_that_is_named() -> None:
    with pytest.raises(ConfigError, match=r"client_key needs sync\.client_certificate too"):
        SyncConfig("https://x", Path("k"), client_key=Path("c"))
