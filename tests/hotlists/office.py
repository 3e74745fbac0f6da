"""A back office for the tests."""

import random
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from anpr.address import Address
from anpr.config.car import SyncConfig
from hotlists.store.store import Clock, HotlistStore
from hotlists.sync.client import SyncClient, SyncReport
from hotlists.sync.manifest import Manifest
from hotlists.sync.publish import PublishOptions, publish
from hotlists.sync.roots import Signers, first_root, new_plan
from hotlists.sync.signing import load_private_key, make_key_pair, public_key
from hotlists.sync.trust import repository_in
from tests.hotlists.made import import_vrms


def key_pair(folder: Path, name: str) -> Ed25519PrivateKey:
    """A new key; its files are NAME.key and NAME.pub."""
    folder.mkdir(parents=True, exist_ok=True)
    make_key_pair(folder / f"{name}.key", folder / f"{name}.pub")
    return load_private_key(folder / f"{name}.key")


def signers(*keys: Ed25519PrivateKey, threshold: int = 1) -> Signers:
    return Signers(tuple(public_key(key.public_key()) for key in keys), threshold)


def make_root(
    folder: Path, root: Ed25519PrivateKey, publishing: Ed25519PrivateKey, clock: Clock, **more: object
) -> Path:
    """The first root in a folder: one root key, which also agrees to withdrawals, and one publishing key."""
    plan = new_plan(clock(), root=signers(root), publishing=signers(publishing), **more)  # type: ignore[arg-type]
    return first_root(folder, plan, [root])


class Office:
    """A back office with its store, keys, roots and published folder; whatever lists lose is agreed to unless `alone`."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder = folder
        self.clock = clock
        self.published = folder / "published"
        self.roots = folder / "roots"
        self.root_key, self.key = key_pair(folder, "root"), key_pair(folder, "publisher")
        self.root = make_root(self.roots, self.root_key, self.key, clock)
        self.store = HotlistStore(folder / "office.db", clock=clock)
        self.options = PublishOptions(roots=self.roots, withdrawal_keys=(self.root_key,))

    @property
    def repository(self) -> str:
        """By what the lists of this back office are known."""
        return repository_in(self.root.read_bytes())

    def publish(self, vrms: list[str] | None = None, name: str = "stolen", **settings: object) -> Manifest:
        if vrms is not None:
            import_vrms(self.store, self.folder, vrms, name, **settings)
        return publish(self.store, self.published, [self.key], self.options)[0]

    def alone(self, vrms: list[str] | None = None, name: str = "stolen", **settings: object) -> Manifest:
        """Publish with the publishing key alone."""
        agreed, self.options = self.options, replace(self.options, withdrawal_keys=())
        try:
            return self.publish(vrms, name, **settings)
        finally:
            self.options = agreed


def client(store: HotlistStore, office: Office, url: str, **settings: object) -> SyncClient:
    config = SyncConfig(Address(url), office.root, timeout_s=5.0, **settings)  # type: ignore[arg-type]
    return SyncClient(store, config, wait=lambda _: None, rng=random.Random(1))


def sync(store: HotlistStore, office: Office, url: str, **settings: object) -> SyncReport:
    return client(store, office, url, **settings).sync()
