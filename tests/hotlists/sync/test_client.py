import shutil
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from anpr.errors import ConfigError, SyncError, UserError
from hotlists.store.store import HotlistStore
from hotlists.sync.metadata import TIMESTAMP
from hotlists.sync.publish import publish
from tests.hotlists.forging import changed_lists, forge
from tests.hotlists.made import Clock, current, import_vrms, random_vrms, vrms_of
from tests.hotlists.office import Office, client, sync
from tests.hotlists.web import Web, serve

VRMS = random_vrms(3000)


def test_first_sync_then_deltas_then_nothing(store: HotlistStore, office: Office, web: Web, clock: Clock) -> None:
    office.publish(VRMS, priority=77)
    assert sync(store, office, web.url).updated == ("stolen",)
    assert vrms_of(store) == sorted(VRMS)
    assert store.get("stolen").settings.priority == 77
    snapshot = office.publish([*VRMS[20:], "NEW1", "N?W2"], priority=78).lists[0].snapshot
    report = sync(store, office, web.url)
    assert report.by_delta == ("stolen",)
    assert report.fetched_bytes < 0.1 * snapshot.bytes
    assert vrms_of(store) == sorted([*VRMS[20:], "NEW1", "N?W2"])
    assert store.get("stolen").settings.priority == 78
    assert current(store).number == 2
    with pytest.raises(UserError, match="comes from the back office: publish the earlier revision there"):
        store.put_back("stolen")
    assert current(store).number == 2
    web.requests.clear()
    assert sync(store, office, web.url).unchanged == ("stolen",)
    assert [(path, status) for path, _, status in web.requests] == [
        ("/metadata/2.root.json", 404), ("/metadata/timestamp.json", 200)
    ]  # fmt: skip


def test_several_deltas_in_a_row_and_rows_with_all_kinds_of_text(
    store: HotlistStore, office: Office, web: Web, tmp_path: Path
) -> None:
    office.publish(VRMS)
    sync(store, office, web.url)
    for step in range(3):
        office.publish(VRMS[step + 1 :])
    from tests.hotlists.made import police_row, write_rows  # noqa: PLC0415 - only here

    rows = [police_row(v) for v in VRMS[5:]] + [police_row("OO11OO", reason='"a\nb \u2028 \x1e \x1f ""q"" €"')]
    from hotlists.importers.import_list import import_list  # noqa: PLC0415 - only here
    from hotlists.store.settings import ListSettings  # noqa: PLC0415 - only here

    import_list(office.store, write_rows(tmp_path / "x.csv", rows), ListSettings("stolen"))
    office.publish()
    report = sync(store, office, web.url)
    assert report.by_delta == ("stolen",)
    (row,) = [r for r in store.rows(current(store)) if r[1] == "OO11OO"]
    assert row[7] == 'a\nb \u2028     "q" €'
    assert vrms_of(store) == vrms_of(office.store)


def test_what_went_before_several_deltas_is_what_was_in_use(store: HotlistStore, office: Office, web: Web) -> None:
    office.publish(VRMS[:500])
    sync(store, office, web.url)
    for step in range(1, 4):
        office.publish([*VRMS[step:500], f"NEW{step}", "N?W"])
    assert sync(store, office, web.url).by_delta == ("stolen",)
    assert vrms_of(store) == sorted([*VRMS[3:500], "NEW3", "N?W"])
    stored = store.get("stolen")
    assert stored.previous is not None
    assert (current(store).number, stored.previous.number) == (4, 1)
    assert [row[1] for row in store.rows(stored.previous)] == sorted(VRMS[:500])


def test_corrupted_file_is_thrown_away_and_the_old_list_stays(store: HotlistStore, office: Office, web: Web) -> None:
    office.publish(VRMS)
    sync(store, office, web.url)
    office.publish(VRMS[:-30])
    web.spoil = lambda path, content: content[:-9] + b"\0" * 9 if path.startswith("/objects") else content
    report = sync(store, office, web.url)
    assert "not what was signed" in report.troubles[0]
    assert vrms_of(store) == sorted(VRMS)
    web.spoil = lambda path, content: content + b"more" if path.startswith("/objects") else content
    assert "longer than was signed" in sync(store, office, web.url).troubles[0]
    web.spoil = lambda _, content: content
    assert sync(store, office, web.url).by_delta == ("stolen",)
    assert vrms_of(store) == sorted(VRMS[:-30])


def test_spoilt_delta_base_falls_back_on_the_snapshot(store: HotlistStore, office: Office, web: Web) -> None:
    office.publish(VRMS)
    sync(store, office, web.url)
    store.database.table(f"entries_{current(store).pool}").delete(7)
    store.connection.execute("UPDATE revisions SET token = ?", ("f" * 32,))
    office.publish(VRMS[:-30])
    assert sync(store, office, web.url).updated == ("stolen",)
    assert vrms_of(store) == sorted(VRMS[:-30])


def test_what_is_older_than_what_the_car_has_is_refused(store: HotlistStore, office: Office, web: Web) -> None:
    office.publish(VRMS[:100])
    old = (office.published / TIMESTAMP).read_bytes()
    office.publish(VRMS[:50])
    sync(store, office, web.url)
    web.spoil = lambda path, content: old if path.endswith(TIMESTAMP) else content
    with pytest.raises(SyncError, match=r"timestamp at .* is older than what this car has: it is refused"):
        sync(store, office, web.url)
    assert vrms_of(store) == sorted(VRMS[:50])
    assert current(store).number == 2


def test_revision_goes_back_only_when_signed_as_a_rollback(store: HotlistStore, office: Office, web: Web) -> None:
    office.publish(VRMS[:100])
    office.publish(VRMS[:50])
    sync(store, office, web.url)
    office.store.put_back("stolen")
    with pytest.raises(UserError, match="--rollback"):
        office.publish()
    # a back office that publishes an older revision without saying so is not followed
    options = replace(office.options, rollbacks=["stolen"])
    publish(office.store, office.published, [office.key], options)
    forge(office.published, [office.key], targets=changed_lists(lambda one: one.update(rolled_back_from=0)))
    assert "not signed as a rollback" in sync(store, office, web.url).troubles[0]
    assert vrms_of(store) == sorted(VRMS[:50])
    forge(office.published, [office.key], targets=changed_lists(lambda one: one.update(rolled_back_from=2)))
    assert sync(store, office, web.url).troubles == ()
    assert vrms_of(store) == sorted(VRMS[:100])
    assert current(store).number == 1
    office.publish(VRMS[:70])
    assert sync(store, office, web.url).troubles == ()
    assert (vrms_of(store), current(store).number) == (sorted(VRMS[:70]), 3)


def test_wrong_root_and_altered_files(
    store: HotlistStore, office: Office, web: Web, tmp_path: Path, clock: Clock
) -> None:
    office.publish(VRMS[:10])
    other = Office(tmp_path / "other", clock)
    with pytest.raises(SyncError, match="not signed by those whom the root names"):
        sync(store, other, web.url)
    web.spoil = lambda path, content: content.replace(b"stolen", b"st0len") if path.endswith(".json") else content
    with pytest.raises(SyncError, match="not the one that was signed together with the rest"):
        sync(store, office, web.url)
    web.spoil = lambda path, content: content.replace(b"made", b"mad3") if path.endswith(TIMESTAMP) else content
    with pytest.raises(SyncError, match="not signed"):
        sync(store, office, web.url)
    for content in (b"", b"<html>", b"[]", b'{"text": 1, "signature": "AA=="}', b"{" * 60_000):
        web.spoil = partial(lambda spoilt, path, honest: spoilt if path.endswith(TIMESTAMP) else honest, content)
        with pytest.raises(SyncError, match="is damaged"):
            sync(store, office, web.url)
    assert store.lists() == []
    with pytest.raises(ConfigError, match="another root"):
        publish(office.store, office.published, [other.key], other.options)
    other.store.close()


def test_list_of_the_same_name_on_the_car_is_left_alone(store: HotlistStore, office: Office, web: Web) -> None:
    import_vrms(store, office.folder, ["MINE1"])
    office.publish(VRMS[:10])
    assert "another of that name" in sync(store, office, web.url).troubles[0]
    assert vrms_of(store) == ["MINE1"]


def test_usb_stick_is_the_same_folder(store: HotlistStore, office: Office, tmp_path: Path) -> None:
    office.publish(VRMS[:100])
    stick = tmp_path / "stick"
    shutil.copytree(office.published, stick)
    assert sync(store, office, str(stick)).updated == ("stolen",)
    office.publish(VRMS[:90])
    with serve(office.published) as web:
        assert sync(store, office, web.url).troubles == ()
    # the stick is now older than what came over the air
    with pytest.raises(SyncError, match="older"):
        sync(store, office, str(stick))
    with pytest.raises(SyncError, match="holds no published lists"):
        sync(store, office, str(tmp_path / "nothing"))


def test_age_counts_from_when_the_office_last_confirmed(
    store: HotlistStore, office: Office, web: Web, clock: Clock
) -> None:
    office.publish(VRMS[:10])
    sync(store, office, web.url)
    clock.move(hours=3)
    office.publish()
    sync(store, office, web.url)
    assert current(store).current_utc == clock.at
    assert current(store).received_utc == clock.at - timedelta(hours=3)


def test_next_try_backs_off_with_jitter(store: HotlistStore, office: Office, clock: Clock, tmp_path: Path) -> None:
    dead = client(store, office, "http://localhost:9", every_s=600.0)
    waits = []
    for _ in range(12):
        with pytest.raises(SyncError, match="cannot be reached"):
            dead.sync()
        (row,) = store.database.query("SELECT * FROM sync_sources")
        assert not dead.due(clock.at)
        wait_s = 0
        while not dead.due(clock.at + timedelta(seconds=wait_s)):
            wait_s += 1
        waits.append(wait_s)
        assert row["failures"] == len(waits)
    assert waits[0] <= 10 < waits[6]
    assert max(waits) <= 600
    assert len(set(waits)) > 5
