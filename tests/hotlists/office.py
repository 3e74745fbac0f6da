"""A back office for the tests."""

import random
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from anpr.address import Address
from anpr.config.car import SyncConfig
from hotlists.store.store import HotlistStore
from hotlists.sync.client import SyncClient, SyncReport
from hotlists.sync.manifest import MANIFEST_NAME, Manifest
from hotlists.sync.publish import publish
from hotlists.sync.signing import load_private_key, make_key_pair
from tests.hotlists.made import Clock, import_vrms


class Office:
    """A back office with its store, key and published folder."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder = folder
        self.published = folder / "published"
        self.public = folder / "public.pem"
        make_key_pair(folder / "private.pem", self.public)
        self.key: Ed25519PrivateKey = load_private_key(folder / "private.pem")
        self.store = HotlistStore(folder / "office.db", clock=clock)

    def publish(self, vrms: list[str] | None = None, name: str = "stolen", **settings: object) -> Manifest:
        if vrms is not None:
            import_vrms(self.store, self.folder, vrms, name, **settings)
        return publish(self.store, self.published, self.key)[0]

    def manifest(self) -> bytes:
        return (self.published / MANIFEST_NAME).read_bytes()


def client(store: HotlistStore, office: Office, url: str, **settings: object) -> SyncClient:
    config = SyncConfig(Address(url), office.public, timeout_s=5.0, **settings)  # type: ignore[arg-type]
    return SyncClient(store, config, wait=lambda _: None, rng=random.Random(1))


def sync(store: HotlistStore, office: Office, url: str, **settings: object) -> SyncReport:
    return client(store, office, url, **settings).sync()
