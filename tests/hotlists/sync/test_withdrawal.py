from hotlists.store.store import HotlistStore
from tests.hotlists.made import import_vrms, random_vrms
from tests.hotlists.office import Office, sync
from tests.hotlists.web import Web

VRMS = random_vrms(3000)


def test_allotment_by_car_and_withdrawal_erases(store: HotlistStore, office: Office, web: Web) -> None:
    office.publish(VRMS[:30], "north", cars=("north-*", "chief"))
    office.publish(VRMS[30:60], "all")
    assert sync(store, office, web.url, car_id="south-1").updated == ("all",)
    office.publish(VRMS[:30], "north", cars=("*",))
    assert set(sync(store, office, web.url, car_id="south-1").updated) == {"north"}
    import_vrms(store, office.folder, ["MINE1"], "own")
    office.publish(VRMS[:30], "north", cars=("north-*",))
    report = sync(store, office, web.url, car_id="south-1")
    assert report.withdrawn == ("north",)
    assert [one.name for one in store.lists()] == ["all", "own"]
    content = b"".join(p.read_bytes() for p in store.path.parent.rglob("*") if p.is_file())
    assert VRMS[0].encode() not in content
    office.store.erase("all")
    office.publish()
    assert sync(store, office, web.url, car_id="south-1").withdrawn == ("all",)


def test_withdrawn_list_leaves_no_file_while_another_list_has_trouble(
    store: HotlistStore, office: Office, web: Web
) -> None:
    office.publish(VRMS[:30], "north", cars=("*",))
    bad = next(o for o in office.publish(VRMS[30:1500], "all").lists if o.settings.name == "all").snapshot
    half = bad.bytes // 2
    cuts = iter([half])
    web.cut_after = lambda path: next(cuts, 0) if bad.sha256 in path else None
    report = sync(store, office, web.url, car_id="south-1")
    assert (report.updated, len(report.troubles)) == (("north",), 1)
    folder = store.path.with_name("hotlists.sync")
    assert len(list(folder.iterdir())) == 2
    office.publish(VRMS[:30], "north", cars=("north-*",))
    report = sync(store, office, web.url, car_id="south-1")
    assert (report.withdrawn, len(report.troubles)) == (("north",), 1)
    # what came of the other list is kept, to go on from there
    assert [(path.name, path.stat().st_size) for path in folder.iterdir()] == [(f"{bad.sha256}.part", half)]
