from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from hotlists.store.store import HotlistStore
from hotlists.sync.memory import Known, Standing, SyncMemory
from hotlists.sync.trust import Kept
from tests.hotlists.made import Clock

ONE, OTHER = (X25519PrivateKey.generate().public_key() for _ in range(2))


def test_documents_are_kept_for_each_back_office(store: HotlistStore) -> None:
    memory, other = SyncMemory(store, "root:a"), SyncMemory(store, "root:b")
    assert memory.kept() == Kept()
    kept = Kept(b"root", b"timestamp", b"snapshot", b"targets")
    memory.keep(kept)
    assert (memory.kept(), other.kept()) == (kept, Kept())
    memory.keep(replace(kept, timestamp=b"", snapshot=b"", targets=b""))
    assert memory.kept() == Kept(b"root")


def test_tries_are_noted(store: HotlistStore) -> None:
    memory = SyncMemory(store, "root:a")
    assert memory.known() == Known()
    memory.note(failures=3, next_try_utc="2026-11-20T12:00:00+00:00")
    assert memory.known() == Known(3, "2026-11-20T12:00:00+00:00")


def test_how_a_list_stands_and_what_it_lost_within_the_day(store: HotlistStore, clock: Clock) -> None:
    memory = SyncMemory(store, "root:a")
    assert memory.standing("stolen") == Standing()
    memory.trouble("stolen", "it is broken: mend it")
    memory.in_line("stolen", "t", 4, ("k2", "k1"), 5, clock())
    clock.move(hours=1)
    memory.in_line("stolen", "t", 5, ("k1",), 2, clock())
    standing = memory.standing("stolen")
    assert (standing.target, standing.version, standing.signed_by, standing.revoked) == ("t", 5, {"k1"}, False)
    assert [lost for _, lost in standing.recent_losses(clock())] == [5, 2]
    clock.move(hours=23)
    assert [lost for _, lost in standing.recent_losses(clock())] == [2]
    assert SyncMemory(store, "root:b").standing("stolen") == Standing()
    (row,) = store.database.query("SELECT * FROM sync_lists")
    assert row["trouble"] == "it is broken: mend it"
    memory.forget_lists({"other"})
    assert memory.standing("stolen") == Standing()


def test_lists_are_revoked_when_none_of_their_signers_may_publish(store: HotlistStore, clock: Clock) -> None:
    memory = SyncMemory(store, "root:a")
    memory.in_line("one", "t", 1, ("k1", "k2"), 0, clock())
    memory.in_line("two", "t", 1, ("k1",), 0, clock())
    memory.note_revoked({"k2"})
    assert [memory.standing(name).revoked for name in ("one", "two")] == [False, True]
    memory.note_revoked({"k1"})
    assert [memory.standing(name).revoked for name in ("one", "two")] == [False, False]


def test_rings_that_were_looked_at_with_this_cars_key_are_kept(store: HotlistStore) -> None:
    memory = SyncMemory(store, "root:a")
    assert memory.ring_key("ring", ONE) == (False, None)
    memory.keep_ring_key("ring", ONE, b"key")
    assert memory.ring_key("ring", ONE) == (True, b"key")
    assert memory.ring_key("ring", OTHER) == (False, None)
    memory.keep_ring_key("ring", OTHER, None)
    assert memory.ring_key("ring", OTHER) == (True, None)
