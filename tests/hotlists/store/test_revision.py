from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from hotlists.store.store import HotlistStore
from tests.hotlists.made import Clock, current, import_vrms


def test_age_counts_from_the_last_word_that_it_is_current(store: HotlistStore, tmp_path: Path, clock: Clock) -> None:
    import_vrms(store, tmp_path, ["A1"])
    received = clock.at
    assert current(store).age_s(received) == 0.0
    assert current(store).age_s(received + timedelta(seconds=90)) == 90.0
    store.confirm_current("stolen", received + timedelta(seconds=60))
    assert current(store).received_utc == received
    assert current(store).age_s(received + timedelta(seconds=90)) == 30.0
    # an older word does not make it older
    store.confirm_current("stolen", received + timedelta(seconds=10))
    assert current(store).age_s(received + timedelta(seconds=90)) == 30.0


def test_age_is_never_negative_and_the_same_in_every_time_zone(
    store: HotlistStore, tmp_path: Path, clock: Clock
) -> None:
    import_vrms(store, tmp_path, ["A1"])
    assert current(store).age_s(clock.at - timedelta(hours=1)) == 0.0
    later = (clock.at + timedelta(seconds=5)).astimezone(timezone(timedelta(hours=9)))
    assert current(store).age_s(later) == 5.0
    assert current(store).current_utc.astimezone(UTC) == datetime(2026, 11, 20, 12, tzinfo=UTC)
