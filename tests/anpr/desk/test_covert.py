"""Ways out of a car on which a covert list hits: the crew's desk, its sounds, the terminal, JSON, counts, faults."""

import io
import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from rich.console import Console

from anpr.alerting.decisions import Choice, Decision
from anpr.cli.live_view import LiveView
from anpr.cli.output import JsonWriter
from anpr.cli.replay import _SightingsTable
from anpr.errors import Failure, UserError
from anpr.patrol.replay import Tally
from anpr.patrol.watch import CarWatch
from anpr.screen.hand_port import NewEntry
from anpr.screen.host_sound import HostSound
from anpr.screen.rules import screen_rules
from anpr.values import Alert
from hotlists.store.store import HotlistStore
from tests.anpr.real_desk import COVERT, NO_TAX, STOLEN, RealDesk
from tests.anpr.screen.conftest import RecordingPlayer

ON_COVERT, ON_BOTH, ON_OPEN = "AA11AAA", "BB22BBB", "CC33CCC"


def pass_by(car: RealDesk) -> list[Any]:
    """Let three vehicles pass: one on the covert list alone, one on both, one on the open list alone."""
    return [car.see(vrm, track, final=True) for track, vrm in enumerate((ON_COVERT, ON_BOTH, ON_OPEN), start=1)]


def make_covert(car: RealDesk, name: str = "Stolen") -> None:
    with HotlistStore(car.matcher._path) as store:
        stored = store.get(name)
        store.define(stored.settings.changed(covert=True), origin=stored.origin, source=stored.source)
    car.matcher.refresh()


def test_a_covert_hit_is_recorded(car: RealDesk) -> None:
    pass_by(car)
    recorded = car.store.connection.execute("SELECT list_name, entry_vrm FROM hits ORDER BY id").fetchall()
    assert recorded == [
        ("Op Kestrel", ON_COVERT), ("Op Kestrel", ON_BOTH), ("Stolen", ON_BOTH), ("Stolen", ON_OPEN),
    ]  # fmt: skip


def test_the_screen_shows_neither_alert_nor_list_nor_count_of_it(car: RealDesk) -> None:
    pass_by(car)
    state = car.desk.state()
    assert [(a.read_vrm, [one.entry.list_name for one in a.listed], a.priority) for a in state.alerts] == [
        (ON_BOTH, ["Stolen"], 80), (ON_OPEN, ["Stolen"], 80),
    ]  # fmt: skip
    assert (state.waiting, state.decided_count, state.unseen) == (2, 0, ())
    assert [one.name for one in state.lists] == ["Stolen", "No tax"]
    assert [s.vrm for s in state.sightings] == [ON_OPEN, ON_BOTH, ON_COVERT]  # seen it was, like any other
    assert [a.read_vrm for a in car.desk.queue(0, 10)] == [ON_BOTH, ON_OPEN]


def test_the_look_up_shows_no_entry_of_it(car: RealDesk) -> None:
    pass_by(car)
    assert car.desk.look_up(ON_COVERT, "tablet").listed == ()
    assert [one.entry.list_name for one in car.desk.look_up(ON_BOTH, "tablet").listed] == ["Stolen"]


def test_the_history_shows_no_entry_of_a_list_that_became_covert(car: RealDesk) -> None:
    pass_by(car)
    car.desk.decide(2, Choice(Decision.NO_ACTION), "tablet")
    later = car.again()
    assert [one.entry.list_name for a in later.desk.history(None, 5).alerts for one in a.listed] == ["Stolen"]
    make_covert(later)
    last = later.again()
    assert [(a.alert_id, a.listed, a.moment.cells) for a in last.desk.history(None, 5).alerts] == [
        (2, (), ()),
        (1, (), ()),
    ]
    last.close()


def test_the_screen_neither_adds_to_it_nor_switches_it(car: RealDesk) -> None:
    with HotlistStore(car.matcher._path) as store:
        store.define(COVERT.changed(crew_may_disable=True), origin="file")
    with pytest.raises(UserError, match="no hotlist named 'Op Kestrel'"):
        car.desk.add_entry(NewEntry("AB12CDE", "Op Kestrel", "x", "2099-01-01T00:00:00+00:00"), "tablet")
    with pytest.raises(UserError, match="no hotlist named 'Op Kestrel'"):
        car.desk.set_list_enabled("Op Kestrel", enabled=False, actor="tablet")


def test_it_makes_no_sound(car: RealDesk) -> None:
    player = RecordingPlayer()
    sound = HostSound(car.desk, screen_rules(), player, lambda: False, lambda: 0.0)
    car.see(ON_COVERT, 1, final=True)
    sound.turn()
    assert player.played == []
    car.see(ON_OPEN, 2, final=True)
    sound.turn()
    assert len(player.played) == 1


def test_the_terminal_shows_no_hit_of_it(car: RealDesk) -> None:
    view = LiveView()
    for step in pass_by(car):
        view.add(step)
    assert (view.sightings, view.hits) == (3, 2)
    parts = SimpleNamespace(
        slot=SimpleNamespace(dropped={}), loop=SimpleNamespace(left_out=0), desk=car.desk, engine=car.engine,
        config=SimpleNamespace(car=SimpleNamespace(name="car")),
    )  # fmt: skip
    patrol = SimpleNamespace(parts=parts)
    out = Console(file=io.StringIO(), width=200)
    out.print(view.render(cast("Any", patrol), None))
    shown = cast("io.StringIO", out.file).getvalue()
    assert "Kestrel" not in shown
    assert shown.count("Stolen") == 4  # two alerts, two rows of the strip


def test_a_replay_shows_and_counts_no_hit_of_it(car: RealDesk) -> None:
    tally, table = Tally(), _SightingsTable()
    for step in pass_by(car):
        tally.count(step)
        table.add(step)
    assert (tally.sightings, tally.hits, tally.alerts) == (3, 2, 2)
    out = Console(file=io.StringIO(), width=200)
    out.print(table._table)
    shown = cast("io.StringIO", out.file).getvalue()
    assert "Kestrel" not in shown
    assert shown.count("Stolen") == 2


def test_the_json_of_run_and_replay_has_no_hit_of_it(car: RealDesk, capsys: pytest.CaptureFixture[str]) -> None:
    writer = JsonWriter(0)
    for step in pass_by(car):
        writer.write(step)
    written = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["type"], one.get("list")) for one in written if one["type"] != "sighting"] == [
        ("alert", "Stolen"), ("hit", "Stolen"), ("alert", "Stolen"), ("hit", "Stolen"),
    ]  # fmt: skip


def watch_of(car: RealDesk) -> tuple[CarWatch, list[Alert]]:
    told: list[Alert] = []
    desk = SimpleNamespace(announce=told.extend, changed=lambda: None)
    return CarWatch(car.engine.faults, car.matcher, cast("Any", desk), {}, frozenset()), told


def test_no_fault_says_that_it_is_too_old(car: RealDesk) -> None:
    for settings in (COVERT, STOLEN, NO_TAX):
        with HotlistStore(car.matcher._path) as store:
            store.define(replace(settings, max_age_s=1.0), origin="file")
    car.pass_time(60)
    watch, told = watch_of(car)
    watch.check(0, car.now)
    assert {alert.fault.subject for alert in told if alert.fault} == {"Stolen", "No tax"}


@pytest.mark.parametrize("part", ["follower", "matcher"])
def test_no_fault_names_it(car: RealDesk, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    watch, told = watch_of(car)
    trouble = Failure("the hotlist 'Op Kestrel' is being changed by another program: try again later")
    if part == "follower":
        watch.follower = cast("Any", SimpleNamespace(trouble=trouble))
    else:
        monkeypatch.setattr(type(car.matcher), "trouble", trouble)
    watch.check(0, car.now)
    (fault,) = (alert.fault for alert in told if alert.fault)
    assert "Kestrel" not in fault.text
    assert "one of them failed" in fault.text


def test_a_list_that_is_made_covert_raises_no_further_alert(car: RealDesk) -> None:
    car.see(ON_OPEN, 1, final=True)
    make_covert(car)
    car.see("DD44DDD", 2, final=True)
    assert [a.read_vrm for a in car.desk.state().alerts] == [ON_OPEN]
