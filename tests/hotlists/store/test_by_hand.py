from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anpr.errors import UserError
from anpr.trust.audit import AuditLog
from hotlists.matching.matcher import open_matcher
from hotlists.store.by_hand import HAND_LIST, HandEntry, add_entry, remove_entry
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore
from tests.hotlists.made import Clock, current, import_vrms, sighting, vrms_of


@pytest.fixture
def audit(tmp_path: Path) -> Iterator[AuditLog]:
    log = AuditLog(tmp_path / "audit.db")
    yield log
    log.close()


def entry(vrm: str, expires_utc: datetime | None = None, **fields: str) -> HandEntry:
    return HandEntry(vrm, "seen at the scene", expires_utc, fields)


def test_list_is_made_and_one_vrm_has_one_entry(store: HotlistStore, audit: AuditLog) -> None:
    revision, text = add_entry(store, HAND_LIST, entry("ab51 cde", make="FORD"), actor="pc 1", audit=audit)
    assert (text, revision.number, revision.entries) == ("AB51CDE", 1, 1)
    assert (store.get(HAND_LIST).origin, store.get(HAND_LIST).settings.priority) == ("hand", 80)
    add_entry(store, HAND_LIST, entry("CD5*"), actor="pc 1", audit=audit)
    revision, _ = add_entry(store, HAND_LIST, entry("AB51CDE", make="VOLVO"), actor="pc 2", audit=audit)
    assert revision.entries == 2
    assert [(row[1], row[2], row[7]) for row in store.rows(revision)] == [
        ("AB51CDE", "VOLVO", "seen at the scene"),
        ("CD5*", "", "seen at the scene"),
    ]
    assert [(one.actor, one.action, one.detail["vrm"]) for one in audit.entries()] == [
        ("pc 1", "hotlist_add", "AB51CDE"),
        ("pc 1", "hotlist_add", "CD5*"),
        ("pc 2", "hotlist_add", "AB51CDE"),
    ]


def test_entry_alerts_until_its_expiry_to_the_second(store: HotlistStore, audit: AuditLog, clock: Clock) -> None:
    expires = clock.at + timedelta(minutes=90)
    add_entry(store, HAND_LIST, entry("AB51CDE", expires), actor="pc 1", audit=audit)
    matcher = open_matcher(store.path, clock=clock, reload_every_s=None)
    (row,) = store.rows(current(store, HAND_LIST))
    assert row[11] == "2026-11-20T13:30+00:00"
    assert len(matcher.match(sighting("AB51CDE", expires - timedelta(seconds=1)))) == 1
    assert matcher.match(sighting("AB51CDE", expires)) == []
    matcher.close()


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        (entry("ЖЖ"), "the entry is not added: the VRM holds a character"),
        (HandEntry("AB51CDE", " ", None, {}), "the entry is not added: give a reason"),
        (entry("AB51CDE", datetime(2026, 11, 20, 12, tzinfo=UTC)), "its expiry has passed already"),
        (entry("AB51CDE", owner="me"), "there is no column 'owner': use make, model"),
    ],
)
def test_entries_that_are_refused_change_and_log_nothing(
    store: HotlistStore, audit: AuditLog, new: HandEntry, sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        add_entry(store, HAND_LIST, new, actor="pc 1", audit=audit)
    assert store.lists() == []
    assert list(audit.entries()) == []


def test_expiry_of_one_second_from_now_has_not_passed(store: HotlistStore, audit: AuditLog, clock: Clock) -> None:
    add_entry(store, HAND_LIST, entry("AB51CDE", clock.at + timedelta(seconds=1)), actor="pc 1", audit=audit)
    assert vrms_of(store, HAND_LIST) == ["AB51CDE"]


def test_list_of_the_back_office_is_not_changed_by_hand(store: HotlistStore, audit: AuditLog) -> None:
    store.define(ListSettings("stolen"), origin="sync", source="ed25519:0")
    with pytest.raises(UserError, match="comes from the back office: change it there, or use another list"):
        add_entry(store, "stolen", entry("AB51CDE"), actor="pc 1", audit=audit)
    with pytest.raises(UserError, match="comes from the back office"):
        remove_entry(store, "stolen", "AB51CDE", actor="pc 1", audit=audit)
    assert list(audit.entries()) == []


def test_list_of_a_file_is_neither_changed_nor_made_younger_by_hand(
    store: HotlistStore, tmp_path: Path, audit: AuditLog, clock: Clock
) -> None:
    import_vrms(store, tmp_path, ["AB51CDE", "CD52EFG"])
    before = store.get("stolen")
    clock.move(hours=30)
    refusal = "comes from a file: import the file anew, or use another list"
    for vrm in ("AB51CDE", "EF53GHI"):
        with pytest.raises(UserError, match=refusal):
            add_entry(store, "stolen", entry(vrm), actor="pc 1", audit=audit)
        with pytest.raises(UserError, match=refusal):
            remove_entry(store, "stolen", vrm, actor="pc 1", audit=audit)
    assert store.get("stolen") == before
    assert current(store).age_s(clock.at) == 30 * 3600
    assert list(audit.entries()) == []


def test_no_file_takes_the_place_of_what_is_kept_by_hand(store: HotlistStore, tmp_path: Path, audit: AuditLog) -> None:
    add_entry(store, "stolen", entry("AB51CDE"), actor="pc 1", audit=audit)
    with pytest.raises(UserError, match="kept by hand: import under another name"):
        import_vrms(store, tmp_path, ["CD52EFG"])
    assert vrms_of(store) == ["AB51CDE"]


def test_hits_say_which_list_is_kept_by_hand(
    store: HotlistStore, tmp_path: Path, audit: AuditLog, clock: Clock
) -> None:
    import_vrms(store, tmp_path, ["AB51CDE"])
    add_entry(store, HAND_LIST, entry("AB51CDE"), actor="pc 1", audit=audit)
    matcher = open_matcher(store.path, clock=clock, reload_every_s=None)
    hits = matcher.match(sighting("AB51CDE", clock.at))
    matcher.close()
    assert {hit.hotlist.name: hit.hotlist.own for hit in hits} == {"stolen": False, HAND_LIST: True}


def test_only_the_entry_that_is_written_so_is_removed(store: HotlistStore, audit: AuditLog) -> None:
    for vrm in ("OI10ABC", "0110ABC", "O*10"):
        add_entry(store, "stolen", entry(vrm), actor="pc 1", audit=audit)
    remove_entry(store, "stolen", "oi10 abc", actor="pc 1", audit=audit)
    assert vrms_of(store) == ["0110ABC", "O*10"]
    remove_entry(store, "stolen", "O*10", actor="pc 1", audit=audit)
    assert vrms_of(store) == ["0110ABC"]
    for vrm, sentence in (("O110ABC", "has no such entry"), ("ЖЖ", "nothing is removed: the VRM holds")):
        with pytest.raises(UserError, match=sentence):
            remove_entry(store, "stolen", vrm, actor="pc 1", audit=audit)
    with pytest.raises(UserError, match="no hotlist named 'none'"):
        remove_entry(store, "none", "AB51CDE", actor="pc 1", audit=audit)
    assert [one.detail["vrm"] for one in audit.entries() if one.action == "hotlist_remove"] == ["OI10ABC", "O*10"]
    store.put_back("stolen")
    assert vrms_of(store) == ["0110ABC", "O*10"]
