"""A made-up publisher of lists: its root, its keys and its published folder."""

from collections.abc import Collection
from pathlib import Path

from anpr.clock import utc_now
from hotlists.store.store import Clock, HotlistStore
from hotlists.sync.manifest import Manifest
from hotlists.sync.publish import PublishedChange, PublishOptions, publish
from hotlists.sync.roots import Signers, first_root, new_plan
from hotlists.sync.signing import load_private_key, make_key_pair, public_key


class Publisher:
    """Publishes from stores into `published`; whatever the lists lose is agreed to. Its files stand in a folder and are taken up again."""

    def __init__(self, folder: Path, clock: Clock = utc_now) -> None:
        self.published = folder / "published"
        self.root = folder / "roots" / "1.root.json"
        self._files = folder / "root.key", folder / "publisher.key"
        if self.root.exists():
            return
        for path in self._files:
            make_key_pair(path, path.with_suffix(".pub"))
        root, publishing = map(load_private_key, self._files)
        signers = [Signers((public_key(key.public_key()),)) for key in (root, publishing)]
        first_root(self.root.parent, new_plan(clock(), root=signers[0], publishing=signers[1]), [root])

    def publish(
        self, store: HotlistStore, names: Collection[str] | None = None
    ) -> tuple[Manifest, list[PublishedChange]]:
        """Publish the lists of a store."""
        root, publishing = map(load_private_key, self._files)
        options = PublishOptions(names, roots=self.root.parent, withdrawal_keys=[root])
        return publish(store, self.published, [publishing], options)
