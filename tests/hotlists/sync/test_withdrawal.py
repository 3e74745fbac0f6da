import shutil
from collections.abc import Mapping
from dataclasses import replace

import pytest

from anpr.errors import ConfigError, UserError
from hotlists.store.settings import ListSettings
from hotlists.store.status import list_status
from hotlists.store.store import HotlistStore
from hotlists.sync.publish import publish
from hotlists.sync.roots import newest_root, next_root, plan_of
from hotlists.sync.withdrawal import WithdrawalRule, noted, quieter_by, recent
from tests.hotlists.forging import Change, changed_lists, forge, newest
from tests.hotlists.made import Clock, import_vrms, police_row, random_vrms, vrms_of, write_rows
from tests.hotlists.office import Office, key_pair, signers, sync
from tests.hotlists.web import Web

VRMS = random_vrms(3000)
SOME = VRMS[:100]


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


def synced(store: HotlistStore, office: Office) -> list[str]:
    """Sync, and return what is wrong with single lists."""
    return list(sync(store, office, str(office.published)).troubles)


def thief(office: Office, vrms: list[str], clock: Clock, **settings: object) -> None:
    """Publish with the publishing key alone what the back office's own program would refuse to: from a folder of the thief's."""
    folder = office.folder / f"thief-{clock.at:%H%M%S%f}"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(office.published, folder)
    import_vrms(office.store, office.folder, vrms, **settings)  # type: ignore[arg-type]
    publish(office.store, folder, [office.key], replace(office.options, withdrawal_keys=(office.root_key,)))
    # new approvals are not the thief's to sign: those stand that stood before
    agreed = newest(office.published)[2].unrecognized_fields["x-approved"]
    forge(folder, [office.key], targets=lambda one: one.unrecognized_fields.update({"x-approved": agreed}), rise=0)
    shutil.rmtree(office.published)
    shutil.copytree(folder, office.published)


def test_more_than_a_fifth_goes_with_a_second_signature_alone(
    store: HotlistStore, office: Office, clock: Clock
) -> None:
    office.publish(SOME)
    synced(store, office)
    thief(office, SOME[:79], clock)
    (said,) = synced(store, office)
    assert "withdraws 21 of 100 entries within a day, more than the 20 %" in said
    assert "--withdrawal-key" in said
    assert len(vrms_of(store)) == 100  # the revision before alerts on
    assert list_status(store, clock())[0].alarm == said
    office.publish(SOME[:79])
    assert synced(store, office) == []
    assert len(vrms_of(store)) == 79
    assert list_status(store, clock())[0].alarm == ""


def test_a_fifth_goes_with_one(store: HotlistStore, office: Office) -> None:
    office.publish(SOME)
    synced(store, office)
    office.alone(SOME[:80])
    assert synced(store, office) == []
    assert len(vrms_of(store)) == 80


def test_bit_by_bit_within_a_day_is_added_up_and_forgotten_after_it(
    store: HotlistStore, office: Office, clock: Clock
) -> None:
    office.publish(SOME)
    synced(store, office)
    office.alone(SOME[:85])
    assert synced(store, office) == []
    clock.move(hours=1)
    office.alone(SOME[:73])
    (said,) = synced(store, office)
    assert "withdraws 27 of 100 entries within a day" in said
    clock.move(hours=24)
    office.alone()
    assert synced(store, office) == []
    assert len(vrms_of(store)) == 73


def test_replacing_marks_by_others_is_withdrawing_them(store: HotlistStore, office: Office, clock: Clock) -> None:
    office.publish(SOME)
    synced(store, office)
    thief(office, VRMS[200:300], clock)
    (said,) = synced(store, office)
    assert "withdraws 100 of 100" in said


def test_giving_marks_a_weed_date_that_has_passed_is_withdrawing_them(
    store: HotlistStore, office: Office, clock: Clock
) -> None:
    office.publish(SOME)
    synced(store, office)
    office.options = replace(office.options, withdrawal_keys=())
    rows = [police_row(vrm, weed_date="01/11/2026" if n < 50 else "") for n, vrm in enumerate(SOME)]
    from hotlists.importers.import_list import import_list  # noqa: PLC0415 - only here

    import_list(office.store, write_rows(office.folder / "weeded.csv", rows), ListSettings("stolen"))
    with pytest.raises(UserError, match="withdraws 50 of 100"):
        office.publish()


def test_marks_that_ended_by_themselves_are_no_withdrawal(store: HotlistStore, office: Office, clock: Clock) -> None:
    rows = [police_row(vrm, weed_date="22/11/2026" if n < 50 else "") for n, vrm in enumerate(SOME)]
    from hotlists.importers.import_list import import_list  # noqa: PLC0415 - only here

    import_list(office.store, write_rows(office.folder / "weeded.csv", rows), ListSettings("stolen"))
    office.alone()
    synced(store, office)
    clock.move(days=4)
    office.alone(SOME[50:])
    assert synced(store, office) == []
    assert sorted(vrms_of(store)) == sorted(SOME[50:])


def test_a_whole_list_and_a_list_that_is_emptied_go_with_a_second_signature_alone(
    store: HotlistStore, office: Office
) -> None:
    office.publish(SOME, "stolen")
    office.publish(SOME[:1], "one")
    synced(store, office)
    office.store.erase("one")
    with pytest.raises(UserError, match="'one' is withdrawn as a whole; cars refuse that without a second signature"):
        office.alone()
    forge(office.published, [office.key], targets=lambda document: document.targets.clear())
    said = synced(store, office)
    assert len(said) == 2
    assert all("which one signature may not say" in one for one in said)
    assert {one.name for one in store.lists()} == {"stolen", "one"}
    office.publish()
    assert synced(store, office) == []
    assert [one.name for one in store.lists()] == ["stolen"]


def with_settings(settings: Mapping[str, object]) -> Change:
    return changed_lists(lambda one: one["settings"].update(settings))


def test_settings_that_keep_a_list_silent_want_a_second_signature(store: HotlistStore, office: Office) -> None:
    office.publish(SOME)
    synced(store, office)
    for change in (
        {"covert": True}, {"threshold": 1.0}, {"expires_utc": "2026-11-01T00:00:00+00:00"}, {"hours": "Mon 03:00-03:01"},
        {"area": '{"circle": [0, 0, 1]}'}, {"crew_may_disable": True},
    ):  # fmt: skip
        forge(office.published, [office.key], targets=with_settings(change))
        (said,) = synced(store, office)
        assert f"sets {next(iter(change))} of the hotlist" in said
        assert store.get("stolen").settings == ListSettings("stolen")
        undo = {name: getattr(ListSettings("stolen"), name) for name in change}
        forge(office.published, [office.key], targets=with_settings(undo))
        assert synced(store, office) == []
    with pytest.raises(UserError, match="sets covert"):
        office.alone(SOME, covert=True)
    office.publish(SOME, covert=True)
    assert synced(store, office) == []
    assert store.get("stolen").settings.covert


def test_a_car_that_was_away_when_it_was_agreed_to_follows_later_publications_as_well(
    store: HotlistStore, office: Office
) -> None:
    office.publish(SOME)
    synced(store, office)
    office.publish(SOME[:60])  # agreed to, and this car is away
    office.alone(SOME[:61])
    assert synced(store, office) == []
    assert len(vrms_of(store)) == 61


def test_what_was_agreed_to_before_a_car_had_the_list_agrees_to_nothing_later(
    store: HotlistStore, office: Office, clock: Clock
) -> None:
    office.publish(SOME)
    office.publish(SOME[:50])
    synced(store, office)
    thief(office, SOME[:30], clock)
    (said,) = synced(store, office)
    assert "withdraws 20 of 50" in said


def test_keys_for_withdrawals_are_those_of_the_root_and_as_many_as_it_says(store: HotlistStore, office: Office) -> None:
    first, second = key_pair(office.folder, "first"), key_pair(office.folder, "second")
    root = newest_root(office.roots)
    assert root is not None
    plan = replace(plan_of(root), withdrawal=signers(first, second, threshold=2), withdraw_percent=50)
    next_root(office.roots, plan, [office.root_key])
    with pytest.raises(ConfigError, match=r"does not name the key .* for withdrawals"):
        office.publish(SOME)
    office.alone(SOME)
    synced(store, office)
    for too_few in ((first,), (first, first)):
        office.options = replace(office.options, withdrawal_keys=too_few)
        with pytest.raises(UserError, match="2 withdrawal keys must sign"):
            office.publish(SOME[:55])
    office.alone(SOME[:51])
    assert synced(store, office) == []
    office.options = replace(office.options, withdrawal_keys=(first, second))
    office.publish(SOME[:30])
    assert synced(store, office) == []
    assert len(vrms_of(store)) == 30


def test_the_rule_of_shares() -> None:
    rule = WithdrawalRule(20, approved=False)
    rule.check_share("x", 20, 100)
    rule.check_share("x", 1, 3)  # one of a short list
    for gone, of, before in ((21, 100, 0), (1, 1, 0), (2, 3, 0), (10, 90, 11)):
        with pytest.raises(Exception, match="withdraws"):
            rule.check_share("x", gone, of, before)
        WithdrawalRule(20, approved=True).check_share("x", gone, of, before)
    WithdrawalRule(0, approved=False).check_share("x", 0, 100)


def test_what_makes_a_list_quieter() -> None:
    plain = ListSettings("x")
    assert quieter_by(plain, plain.changed(priority=99, covert=False, max_age_s=1.0, colour="#fff")) == []
    assert quieter_by(plain.changed(hours="Mon 01:00-02:00"), plain) == []
    assert quieter_by(plain, plain.changed(threshold=0.9, covert=True)) == ["covert", "threshold"]


def test_losses_are_noted_for_a_day(clock: Clock) -> None:
    text = noted([(clock(), 3), (clock(), 0)])
    assert recent(text, clock()) == [(clock(), 3)]
    clock.move(days=1)
    assert recent(text, clock()) == []
    assert recent("rubbish", clock()) == []
    assert recent("", clock()) == []
