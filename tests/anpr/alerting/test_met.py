from dataclasses import replace
from datetime import timedelta

from anpr.alerting.met import MetBefore, met
from anpr.values import AlertState, AlertStep, SeenBefore, StepKind
from tests.builders.alert import alert, fault_alert
from tests.builders.hit import hit
from tests.builders.sighting import NOW, sighting


def decided(choice: str) -> tuple[AlertStep, ...]:
    return (AlertStep(StepKind.DECIDED, NOW, decision=choice),)


def test_a_vehicle_was_met_unless_it_was_another() -> None:
    hour = NOW + timedelta(hours=1)
    alerts = [
        alert(hit()),
        replace(alert(hit(of=sighting(at=hour))), steps=decided("confirmed"), state=AlertState.DECIDED),
        replace(alert(hit(of=sighting(at=hour + timedelta(hours=1)))), steps=decided("wrong_plate")),
        replace(alert(hit()), steps=decided("wrong_vehicle")),
        alert(hit(), state=AlertState.WITHDRAWN),
        alert(hit(vrm="XY99ZZZ"), state=AlertState.NOT_DECIDED),
        fault_alert(),
    ]
    assert met(alerts) == {"AB12CDE": SeenBefore(2, hour), "XY99ZZZ": SeenBefore(1, NOW)}


def test_what_the_board_let_go_and_earlier_runs_count_beside_what_is_on_it() -> None:
    earlier = NOW - timedelta(days=3)
    known = MetBefore.of({"AB12CDE": SeenBefore(4, earlier)})
    assert known.before("AB12CDE", ()) == SeenBefore(4, earlier)
    known.let_go(alert(hit()))
    known.let_go(alert(hit(), state=AlertState.WITHDRAWN))
    other = alert(hit(), hit(vrm="XY99ZZZ"))
    assert known.before("AB12CDE", (other,)) == SeenBefore(6, NOW)
    assert known.before("XY99ZZZ", (other,)) is None  # it is the alert of another vehicle
    assert known.before("EF55GHI", ()) is None
