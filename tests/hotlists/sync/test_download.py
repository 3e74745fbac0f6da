import random

from hotlists.store.store import HotlistStore
from tests.hotlists.made import Clock, random_vrms, vrms_of
from tests.hotlists.office import Office, sync
from tests.hotlists.web import Web

VRMS = random_vrms(3000)


def test_link_cut_at_random_bytes_is_resumed_where_it_died(store: HotlistStore, office: Office, web: Web) -> None:
    rng = random.Random(7)
    size = office.publish(VRMS).lists[0].snapshot.bytes
    web.cut_after = lambda path: rng.randrange(1, size // 3) if path.startswith("/objects") else None
    assert sync(store, office, web.url).updated == ("stolen",)
    assert vrms_of(store) == sorted(VRMS)
    starts = [int(asked[6:-1]) for _, asked, status in web.requests if status == 206]
    assert len(starts) >= 2
    assert starts == sorted(starts)
    # the same with a server that knows no ranges: it starts again each time, and gets there when the link holds
    cuts = iter([size // 2, size // 3, None])
    web.ranges, web.cut_after = False, lambda path: next(cuts) if path.startswith("/objects") else None
    office.publish(random_vrms(3000, seed=2))
    assert sync(store, office, web.url).updated == ("stolen",)


def test_dead_link_keeps_what_came_and_goes_on_next_time(
    store: HotlistStore, office: Office, web: Web, clock: Clock
) -> None:
    size = office.publish(VRMS).lists[0].snapshot.bytes
    alive = [True]

    def cut(path: str) -> int | None:
        if not path.startswith("/objects"):
            return None
        first, alive[0] = alive[0], False
        return size // 2 if first else 0

    web.cut_after = cut
    report = sync(store, office, web.url)
    assert len(report.troubles) == 1
    assert vrms_of(store) == []
    web.cut_after = lambda _: None
    web.requests.clear()
    assert sync(store, office, web.url).updated == ("stolen",)
    assert [asked for _, asked, _ in web.requests][-1] == f"bytes={size // 2}-"
    assert vrms_of(store) == sorted(VRMS)
