"""The car's configuration: `patrol.toml` states every key, its default and its line of documentation; mistakes are named."""

import dataclasses
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anpr.address import Address
from anpr.config.car import CameraConfig, PatrolConfig, SyncConfig, load_config
from anpr.config.settings import Key, fields_of, keys_of, table_kind
from anpr.errors import ConfigError
from camera.picture_checks import HealthLimits

SHIPPED = Path(__file__).parents[3] / "patrol.toml"
KEYS = list(keys_of(PatrolConfig))


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "car.toml"
    path.write_text(text, encoding="utf-8")
    return path


def shipped_table(key: Key) -> dict[str, Any]:
    table: Any = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    for name in key.tables:
        table = table[name]
        table = table[0] if isinstance(table, list) else table
    return dict(table)


def default_of(key: Key) -> Any:
    value: Any = PatrolConfig()
    for name in (*key.tables, key.name):
        value = getattr(value, name)
        value = value[0] if isinstance(value, tuple) and value and dataclasses.is_dataclass(value[0]) else value
    return value


def names(table: dict[str, Any], tables: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for name, value in table.items():
        inner = value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else value
        found |= names(inner, (*tables, name)) if isinstance(inner, dict) else {(*tables, name)}
    return found


def test_the_shipped_file_has_exactly_the_keys_that_there_are() -> None:
    there = names(tomllib.loads(SHIPPED.read_text(encoding="utf-8")))
    assert there == {(*key.tables, key.name) for key in KEYS}


@pytest.mark.parametrize("key", KEYS, ids=lambda key: ".".join((*key.tables, key.name)))
def test_the_shipped_file_states_default_and_documentation(key: Key) -> None:
    stated, default = shipped_table(key)[key.name], default_of(key)
    if default is None or isinstance(default, tuple):
        assert stated == list(default or "") or stated == ""
    elif isinstance(default, Address):
        assert Address(str(stated)) == default
    else:
        assert (stated, type(stated)) == (default, type(default))
    header = re.escape(".".join(key.tables))
    text = SHIPPED.read_text(encoding="utf-8")
    part = re.search(rf"^\[+{header}\]+.*?(?=^\[|\Z)", text, re.MULTILINE | re.DOTALL)
    assert part, key.tables
    line = re.search(rf"^{key.name} = (.*)$", part.group(), re.MULTILINE)
    assert line, key.name
    assert key.rule.doc
    assert line[1].endswith(f"# {key.rule.doc}")


def test_the_shipped_file_loads_as_the_defaults() -> None:
    assert dataclasses.replace(load_config(SHIPPED)) == PatrolConfig()


def test_the_health_of_a_camera_is_that_of_its_checks() -> None:
    ours = next(hint for one, hint in fields_of(CameraConfig) if one.name == "health")
    limits = HealthLimits()
    for one in dataclasses.fields(table_kind(ours) or object):
        assert one.default == getattr(limits, one.name), one.name


def test_two_cameras_and_the_health_of_one(tmp_path: Path) -> None:
    text = '[[camera]]\nid="front"\nsource=0\n[[camera]]\nid="rear"\nsource="rtsp://x"\n[camera.health]\nraise_black_after_s=30\n'
    config = load_config(written(tmp_path, text))
    assert [(c.id, c.source, c.health.raise_black_after_s) for c in config.camera] == [
        ("front", Address("0"), 1.0),
        ("rear", Address("rtsp://x"), 30.0),
    ]


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    text = """
    [[camera]]
    id = "a"
    source = "clips/a.mp4"
    [[camera]]
    id = "b"
    source = "/dev/video1"
    [sync]
    url = "stick"
    root = "k.json"
    client_certificate = "../c.pem"
    client_key = "/etc/c.key"
    [screen]
    rules = "own.toml"
    """
    config = load_config(written(tmp_path, text))
    assert [c.source for c in config.camera] == [Address(str(tmp_path / "clips/a.mp4")), Address("/dev/video1")]
    assert config.sync == SyncConfig(
        url=Address(str(tmp_path / "stick")), root=tmp_path / "k.json", client_certificate=tmp_path / "../c.pem",
        client_key=Path("/etc/c.key"),
    )  # fmt: skip
    assert config.screen.rules == tmp_path / "own.toml"
    assert load_config(written(tmp_path, '[sync]\nurl="https://x"\nroot="k"')).sync.url == Address("https://x")


def test_choices_are_taken_in_any_case(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, '[screen]\ntheme = "NIGHT"\n[perception]\nreader = "EasyOCR"\n'))
    assert (config.screen.theme, config.perception.reader) == ("night", "easyocr")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[budget]\ngrab_to_allert_ms = 100", ["'[budget] grab_to_allert_ms' is unknown", "'grab_to_alert_ms'?"]),
        ("[bugdet]\n", ["'bugdet' is unknown: did you mean 'budget'?"]),
        ("[GPS]\n", ["'GPS' is unknown: did you mean 'gps'?"]),
        ("[gps]\nbaud = 'fast'", ["'[gps] baud' must be a whole number from 0 to 1000000, found 'fast'"]),
        ("[gps]\nstale_after_s = -1", ["'[gps] stale_after_s' must be a number from 0.1 to 3600, found -1"]),
        ("[gps]\nstale_after_s = nan", ["'[gps] stale_after_s' must be a number", "found nan"]),
        ("[gps]\nenabled = 1", ["'[gps] enabled' must be true or false, found 1"]),
        ("[perception]\nreader = 'tesseract'", ["'[perception] reader'", '"patrol" or "easyocr"', "'tesseract'"]),
        ("[perception]\ninput_width = 1000", ["'[perception] input_width' must be a multiple of 32 from 128 to 4096"]),
        ("[screen]\nmoving_mph = 40", ["'[screen] moving_mph' must be a number from 0 to 30, found 40"]),
        ("[screen]\nnetwork_names = ['a b']", ["'[screen] network_names' must be names like anpr.local"]),
        ("[screen]\nsymbols = []", ["'[screen] symbols' is unknown"]),
        ("[[camera]]\nid='a'\n[[camera]]\nid='a'", ["'[[camera]] id' 'a' is that of two cameras"]),
        ("[[camera]]\n[[camera]]\nid='a'\nwidth=3", ["'[[camera]] width' of table 2 must be a whole number"]),
        ("[[camera]]\n[[camera]]\nid='a'\n[camera.health]\nclear_after_s=-1", ["'[camera.health] clear_after_s' of table 2"]),
        ("[camera]\nid='a'", ["'camera' is a list of tables: write each as [[camera]]"]),
        ("camera = []", ["'camera' must have at least 1 table: add [[camera]]"]),
        ("gps = 3", ["'gps' is a table: write it as [gps]"]),
        ("[car]\nname = \"a\\u0000\"", ["'[car] name' must be a text without control characters"]),
        ("[car]\nname = ''", ["'[car] name' must be a text in quotes of 1 to 64 characters"]),
        ("[car]\n\n[gps\n", ["car.toml, line 3, column 5 is not valid TOML"]),
        ("[car]\nname = \"", ["car.toml, line 2", "is not valid TOML"]),
        ("a = " + "[" * 5000, ["car.toml nests its values too deeply"]),
        ("a = 1" + "0" * 5000, ["car.toml is not valid TOML"]),
        ("[[camera]]\nwidht = 4", ["'[[camera]] widht' is unknown: did you mean 'width'?"]),
        ("[sync]\nurl = 'https://x'", ["'[sync] root' is missing"]),
        ("[sync]\nclient_key = 'k'", ["'[sync] client_key' needs '[sync] client_certificate' too"]),
        ("[sync]\npin_sha256 = 'ab'", ["'[sync] pin_sha256' must be a SHA-256 fingerprint"]),
    ],
)  # fmt: skip
def test_mistakes_are_named_in_one_sentence(tmp_path: Path, text: str, words: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(written(tmp_path, text))
    for word in (*words, str(tmp_path / "car.toml")):
        assert word in str(caught.value)


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no configuration .*none\.toml"):
        load_config(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="is a folder"):
        load_config(tmp_path)
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(written(tmp_path, "") / "x")
    for content in (b"\xff\xfe\x00[", "[car]\nname = 'Streifenwagen Ä'".encode("latin-1")):
        (tmp_path / "car.toml").write_bytes(content)
        with pytest.raises(ConfigError, match="not UTF-8 text"):
            load_config(tmp_path / "car.toml")
    (tmp_path / "car.toml").write_bytes(b"\xef\xbb\xbf[car]\r\nname = 'with a mark'\r\n")
    assert load_config(tmp_path / "car.toml").car.name == "with a mark"


def trouble_of(path: Path) -> str:
    """Return what is wrong with a configuration, nothing when it loads; lets every other error through."""
    try:
        load_config(path)
    except ConfigError as error:
        return str(error)
    return ""


SCALARS = st.one_of(
    st.booleans().map(lambda value: "true" if value else "false"),
    st.integers(-(10**40), 10**40).map(str),
    st.integers(0, 100).map(str),
    st.floats().map(lambda value: repr(value) if "e" not in repr(value) else f"{value:e}"),
    st.text(st.characters(codec="utf-8"), max_size=80).map(
        lambda text: '"' + "".join(f"\\U{ord(c):08X}" for c in text) + '"'
    ),
    st.sampled_from(["2026-01-01", "07:00:00", "2026-01-01T00:00:00Z", "1e400", "-inf", "nan", "1" + "0" * 400]),
)
JUNK = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]") | inner.map("{{ a = {} }}".format)
    ),
    max_leaves=4,
)


@pytest.mark.parametrize("key", KEYS, ids=lambda key: ".".join((*key.tables, key.name)))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(junk=JUNK)
def test_whatever_a_key_is_set_to_loads_or_is_an_error_that_names_the_key(tmp_path: Path, key: Key, junk: str) -> None:
    header = "[[camera]]\n[camera.health]" if len(key.tables) > 1 else "[[camera]]" if key.tables == ("camera",) else ""
    partner = "root = 'k'\n" if key.name == "url" else ""
    text = f"{header or f'[{key.tables[0]}]'}\n{partner}{key.name} = {junk}\n"
    shown_table = "[[camera]]" if key.tables == ("camera",) else f"[{'.'.join(key.tables)}]"
    trouble = trouble_of(written(tmp_path, text))
    assert not trouble or f"'{shown_table} {key.name}'" in trouble


def test_lists_come_unencrypted_only_from_this_machine_or_where_it_is_said(tmp_path: Path) -> None:
    def loaded(url: str, more: str = "") -> Address:
        return load_config(written(tmp_path, f'[sync]\nurl="{url}"\nroot="k"\n{more}')).sync.url

    for url in (
        "http://office/lists",
        "HTTP://10.0.0.9",
        "http://127.0.0.1@evil.example/",
        "http://localhost.evil.example",
    ):
        with pytest.raises(ConfigError, match="plain_http = true"):
            loaded(url)
        assert loaded(url, "plain_http = true") == Address(url)
    for url in ("https://office/lists", "http://127.0.0.1:8000/l", "http://localhost/l", "http://[::1]:80/l"):
        assert loaded(url) == Address(url)
