"""Whom a car trusts: the server's certificate, pinned or not, and the certificate it shows itself."""

import hashlib
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from anpr.address import Address
from anpr.config.car import SyncConfig
from anpr.errors import ConfigError, SyncError
from hotlists.store.store import HotlistStore
from hotlists.sync.client import SyncClient
from hotlists.sync.config import load_sync_config
from hotlists.sync.signing import key_name, load_private_key, load_public_key, make_key_pair
from tests.hotlists.made import vrms_of
from tests.hotlists.office import Office
from tests.hotlists.web import serve


class Certificate:
    """A certificate signed by itself, with its key, as PEM files."""

    def __init__(self, folder: Path, name: str) -> None:
        self.certificate, self.key = folder / f"{name}.crt", folder / f"{name}.key"
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .sign(key, hashes.SHA256())
        )
        self.certificate.write_bytes(made.public_bytes(Encoding.PEM))
        self.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        self.sha256 = hashlib.sha256(made.public_bytes(Encoding.DER)).hexdigest()


@pytest.fixture
def published(tmp_path: Path, store: HotlistStore) -> Path:
    office = Office(tmp_path / "office", store.clock)
    office.publish(["AB51CDE"])
    office.store.close()
    return office.published


def sync(store: HotlistStore, tmp_path: Path, url: str, **settings: object) -> list[str]:
    config = SyncConfig(Address(url), tmp_path / "office" / "roots" / "1.root.json", timeout_s=5.0, **settings)  # type: ignore[arg-type]
    SyncClient(store, config, wait=lambda _: None).sync()
    return vrms_of(store)


def tls(server: Certificate, client: Certificate | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server.certificate, server.key)
    if client is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(client.certificate)
    return context


def test_only_the_pinned_certificate_is_trusted(store: HotlistStore, tmp_path: Path, published: Path) -> None:
    server, other = Certificate(tmp_path, "server"), Certificate(tmp_path, "other")
    with serve(published, tls(server)) as web:
        with pytest.raises(SyncError, match="cannot be reached"):
            sync(store, tmp_path, web.url)
        with pytest.raises(SyncError, match="cannot be reached"):
            sync(store, tmp_path, web.url, pinned_certificate=other.certificate)
        with pytest.raises(SyncError, match="another certificate than the pinned one"):
            sync(store, tmp_path, web.url, pinned_certificate=server.certificate, pin_sha256=other.sha256)
        assert store.lists() == []
        assert sync(store, tmp_path, web.url, pinned_certificate=server.certificate, pin_sha256=server.sha256) == [
            "AB51CDE"
        ]


def test_car_shows_its_certificate(store: HotlistStore, tmp_path: Path, published: Path) -> None:
    server, car = Certificate(tmp_path, "server"), Certificate(tmp_path, "car")
    with serve(published, tls(server, car)) as web:
        with pytest.raises(SyncError, match="cannot be reached"):
            sync(store, tmp_path, web.url, pinned_certificate=server.certificate)
        shown = {"client_certificate": car.certificate, "client_key": car.key}
        assert sync(store, tmp_path, web.url, pinned_certificate=server.certificate, **shown) == ["AB51CDE"]


def test_settings_that_cannot_work(store: HotlistStore, tmp_path: Path, published: Path) -> None:
    with pytest.raises(ConfigError, match="needs an https:// address"):
        sync(store, tmp_path, "http://localhost:9", pin_sha256="0" * 64)
    with pytest.raises(ConfigError, match="cannot be read"):
        sync(store, tmp_path, "https://localhost:9", pinned_certificate=tmp_path / "none.crt")
    with pytest.raises(ConfigError, match="fingerprint"):
        SyncConfig(Address("https://x"), tmp_path, pin_sha256="zz")
    for text, sentence in (
        ("", "no table"), ("[sync", "not valid TOML"), ("[sync]", "'\\[sync\\] url' is missing"),
        ('[sync]\nurl = "x"\nroot = "k"\nfoo = 1', "'\\[sync\\] foo' is unknown"),
        ('[sync]\nurl = "x"\nroot = "k"\nevery_s = -1', "every_s"),
    ):  # fmt: skip
        (tmp_path / "sync.toml").write_text(text)
        with pytest.raises(ConfigError, match=sentence):
            load_sync_config(tmp_path / "sync.toml")
    (tmp_path / "sync.toml").write_text('[sync]\nurl = "https://x"\nroot = "k.json"\ncar_id = "north-1"')
    assert load_sync_config(tmp_path / "sync.toml").root == tmp_path / "k.json"


def test_key_files_are_made_once_and_read_back_and_what_is_none_is_named(tmp_path: Path) -> None:
    name = make_key_pair(tmp_path / "a.key", tmp_path / "a.pub")
    assert (
        key_name(load_public_key(tmp_path / "a.pub"))
        == key_name(load_private_key(tmp_path / "a.key").public_key())
        == name
    )
    assert (tmp_path / "a.key").stat().st_mode & 0o077 == 0
    with pytest.raises(ConfigError, match=r"cannot be made .*: name a new file"):
        make_key_pair(tmp_path / "a.key", tmp_path / "b.pub")
    for path in (tmp_path / "nothing", tmp_path / "a.pub", tmp_path):
        with pytest.raises(ConfigError, match="cannot be read: name an Ed25519 private key"):
            load_private_key(path)
    with pytest.raises(ConfigError, match="cannot be read: name an Ed25519 public key"):
        load_public_key(tmp_path / "a.key")
    tls_key = Certificate(tmp_path, "server")
    with pytest.raises(ConfigError, match="is no Ed25519 key: make one"):
        load_private_key(tls_key.key)
