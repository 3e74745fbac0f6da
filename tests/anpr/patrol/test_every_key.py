"""Every key of the configuration changes something: the part that it configures, opened as on patrol, differs.

A new key without a row in `SEEN` fails, and so does one whose part stays the same: it would be read by nobody.
"""

import io
import ssl
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import httpx
import pytest
from rich.console import Console

from anpr.cli.live_view import LiveView
from anpr.clock import utc_now
from anpr.config.car import PatrolConfig, load_config
from anpr.config.settings import keys_of
from anpr.desk.enquiring import AlertEnquiries
from anpr.enquiries.service import open_enquiries
from anpr.enquiries.web import Web
from anpr.errors import AnprError, ConfigError
from anpr.patrol import parts as opening
from anpr.patrol.opening import open_pipeline
from anpr.patrol.parts import Parts, open_parts
from anpr.patrol.patrol import Patrol
from anpr.patrol.queued_work import open_look_back, open_recorder
from anpr.patrol.serve_screen import listening_of, open_screen, screen_wanted
from anpr.perception.pipeline import Pipeline
from anpr.screen.rules import load_screen_rules
from camera.capture import CaptureThread
from hotlists.store.store import HotlistStore
from hotlists.sync.client import SyncClient
from hotlists.sync.sources import open_offer
from tests.anpr.perception.road import Road
from tests.builders.alert import alert
from tests.builders.hit import hit
from tests.hotlists.office import Office
from tests.hotlists.sync.test_signing import Certificate

Observe = Callable[[PatrolConfig, Path], Any]


@dataclass(frozen=True)
class Seen:
    """A value other than the default, what it must change, and the keys of its table that it needs beside it."""

    value: str
    observe: Observe
    beside: dict[str, str] = field(default_factory=dict)


def of_parts(look: Callable[[Parts], Any]) -> Observe:
    """Observe something of the finished parts of a car."""

    def observe(config: PatrolConfig, folder: Path) -> Any:
        parts = open_parts(config, folder)
        try:
            return look(parts)
        finally:
            parts.close()

    return observe


def of_recorder(look: Callable[[Any], Any]) -> Observe:
    """Observe something of the recorder, opened as in its thread."""

    def look_at(parts: Parts) -> Any:
        recorder = open_recorder(parts.config, parts.folder, parts.engine, lambda _: None, parts.audit)
        with closing(recorder.store):
            return look(recorder)

    return of_parts(look_at)


def of_pipeline(look: Callable[[Any], Any]) -> Observe:
    """Observe something of perception with the real models."""
    return lambda config, _: look(open_pipeline(config.perception))


def of_camera(look: Callable[[Any], Any]) -> Observe:
    """Observe something of the one camera's source."""
    return of_parts(lambda parts: look(the_camera(parts)._source_factory()))


def of_health(name: str) -> Observe:
    """Observe what the checks of the one camera's pictures go by."""
    return of_parts(lambda parts: getattr(the_camera(parts).health._checks._limits, name))


def of_rules(look: Callable[[Any], Any]) -> Observe:
    """Observe something of the rules that the screen goes by."""
    return of_parts(lambda parts: look(open_screen(parts)._config))


def of_listening(name: str) -> Observe:
    return lambda config, folder: getattr(listening_of(config.screen, folder), name)


def the_camera(parts: Parts) -> CaptureThread:
    (camera,) = parts.cameras.values()
    return camera


def terminal(parts: Parts) -> str:
    console = Console(file=io.StringIO(), width=200, record=True)
    console.print(LiveView().render(Patrol(parts), None))
    return console.export_text()


def look_back_span(parts: Parts) -> Any:
    return open_look_back(parts.config, parts.folder, parts.matcher, parts.engine, print, print).span


def threads(pipeline: Pipeline) -> tuple[int, ...]:
    sessions: list[Any] = [pipeline.detector, pipeline.reader._fast, pipeline.reader._wide]  # type: ignore[attr-defined]
    return tuple(one._session._session.get_session_options().intra_op_num_threads for one in sessions)


def synced(config: PatrolConfig, folder: Path) -> tuple[list[str], str]:
    """Sync once from what the office has published; return the lists in the car and what went wrong."""
    with HotlistStore(folder / "car.db") as store:
        trouble = ""
        try:
            SyncClient(store, config.sync, wait=lambda _: None).sync()
        except AnprError as error:
            trouble = type(error).__name__
        return [one.name for one in store.lists()], trouble


def long_pause(config: PatrolConfig, folder: Path) -> bool:
    """Return whether more than an hour is between a sync and the next; the pause varies by chance a little."""
    with HotlistStore(folder / "car.db") as store:
        client = SyncClient(store, config.sync, wait=lambda _: None)
        client.sync()
        (row,) = store.database.query("SELECT next_try_utc FROM sync_sources")
        return datetime.fromisoformat(row["next_try_utc"]) - utc_now() > timedelta(hours=1)


def of_lanes(look: Callable[[Any], Any]) -> Observe:
    """Observe something of each source that is asked about vehicles."""
    return lambda config, _: [look(lane) for lane in open_enquiries(config.enquiries, utc_now).lanes]


def asked_of(config: PatrolConfig, _: Path) -> list[tuple[str, str, bytes]]:
    """Return what the sources are sent when they are asked about a mark: address, keys, content."""
    sent: list[tuple[str, str, bytes]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        keys = [request.headers.get(name, "") for name in ("x-api-key", "authorization")]
        sent.append((str(request.url), " ".join(keys), request.content))
        return httpx.Response(200, json={"access_token": "t", "expires_in": 3600})

    for lane in open_enquiries(config.enquiries, utc_now).lanes:
        lane.source._web = Web(1.0, httpx.MockTransport(answer))  # type: ignore[attr-defined]
        lane.source.ask("AB12CDE")
    return sent


def is_asked_about(config: PatrolConfig, folder: Path) -> bool:
    """Return whether a hit that says do not stop, on the list Stolen, is asked about by itself."""
    asked: list[str] = []
    enquiries = open_enquiries(config.enquiries, utc_now)
    enquiries.ask = lambda vrm, *_: asked.append(vrm)  # type: ignore[method-assign]
    AlertEnquiries(enquiries, config.enquiries, lambda *_: None, load_screen_rules(config.screen)).consider(
        [alert(hit(list_name="Stolen", action="SILENT"))]
    )
    return bool(asked)


def of_offer(look: Callable[[Any], Any]) -> Observe:
    """Observe something of the connection to the back office."""

    def observe(config: PatrolConfig, _: Path) -> Any:
        with closing(open_offer(config.sync)) as offer:
            return look(offer)

    return observe


def shown_certificate(config: PatrolConfig, folder: Path) -> Any:
    shown: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl.SSLContext, "load_cert_chain", lambda _, *files: shown.append(files), raising=False)
        open_offer(config.sync).close()
    return shown


def trusted(config: PatrolConfig, folder: Path) -> set[str]:
    made: list[ssl.SSLContext] = []
    real = ssl.create_default_context

    def note(**arguments: Any) -> ssl.SSLContext:
        made.append(real(**arguments))
        return made[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hotlists.sync.sources.ssl.create_default_context", note)
        open_offer(config.sync).close()
    return {str(one["serialNumber"]) for one in made[0].get_ca_certs()}


WEB: Final = {"url": '"https://localhost:9"', "root": '"roots/1.root.json"'}
DVLA: Final = {"dvla_key": '"key"'}
DVSA: Final = {
    "dvsa_key": '"key"', "dvsa_client_id": '"id"', "dvsa_client_secret": '"secret"', "dvsa_token_url": '"https://localhost:9/token"',
}  # fmt: skip
GATEWAY: Final = {"gateway_url": '"https://localhost:9/ask"'}
STICK: Final = {"url": '"published"', "root": '"roots/1.root.json"'}

SEEN: Final[dict[str, Seen]] = {
    "car.name": Seen('"North 1"', of_parts(terminal)),
    "car.feed_id": Seen("7", of_recorder(lambda recorder: recorder.store.identities)),
    "car.source_id": Seen("7", of_recorder(lambda recorder: recorder.store.identities)),
    "camera.id": Seen('"rear"', of_parts(lambda parts: set(parts.cameras))),
    "camera.source": Seen("1", of_camera(lambda source: source._device)),
    "camera.number": Seen("7", of_recorder(lambda recorder: recorder.store.identities)),
    "camera.width": Seen("640", of_camera(lambda source: source._size)),
    "camera.height": Seen("480", of_camera(lambda source: source._size)),
    "camera.fps": Seen("5.0", of_camera(lambda source: source.fps), {"source": '"frames"'}),
    "camera.view_deg": Seen("60.0", of_parts(lambda parts: parts.desk.around.view_deg)),
    "camera.docked": Seen("false", of_parts(lambda parts: parts.watch.docked_cameras)),
    "camera.certificate": Seen(
        '"own.crt"', of_camera(lambda source: source._certificate), {"source": '"rtsps://10.9.9.9/s"'}
    ),
    "camera.health.raise_after_s": Seen("2.0", of_health("raise_after_s")),
    "camera.health.raise_black_after_s": Seen("30.0", of_health("raise_black_after_s")),
    "camera.health.clear_after_s": Seen("2.0", of_health("clear_after_s")),
    "camera.health.frozen_after_s": Seen("2.0", of_health("frozen_after_s")),
    "camera.health.frozen_parked_s": Seen("20.0", of_health("frozen_parked_s")),
    "camera.health.black_brightest": Seen("40", of_health("black_brightest")),
    "camera.health.blinded_share": Seen("0.6", of_health("blinded_share")),
    "camera.health.smeared_below": Seen("0.6", of_health("smeared_below")),
    "gps.enabled": Seen("false", of_parts(lambda parts: parts.gps is None)),
    "gps.port": Seen('"COM5"', of_parts(lambda parts: parts.gps and parts.gps._port)),
    "gps.baud": Seen("9600", of_parts(lambda parts: parts.gps and parts.gps._baud)),
    "gps.stale_after_s": Seen("5.0", of_parts(lambda parts: parts.gps and parts.gps._stale_after_s)),
    "perception.reader": Seen('"easyocr"', of_pipeline(lambda pipeline: type(pipeline.reader).__name__)),
    "perception.threads": Seen("2", of_pipeline(threads)),
    "perception.input_width": Seen("640", of_pipeline(lambda pipeline: pipeline.detector.input_width)),
    "perception.detector_confidence": Seen("0.77", of_pipeline(lambda pipeline: pipeline.detector.confidence_floor)),
    "perception.layout_prior": Seen(
        "false", of_pipeline(lambda pipeline: (pipeline.prior is None, pipeline.reader._prior))
    ),
    "perception.home": Seen(
        '"none"', of_pipeline(lambda pipeline: (pipeline.prior.keywords["home"], pipeline.reader._home))
    ),
    "perception.reported_confidence": Seen("0.4", of_pipeline(lambda pipeline: pipeline.settings.reported_confidence)),
    "budget.grab_to_alert_ms": Seen("100.0", of_parts(lambda parts: parts.governor.settings.budget_ms)),
    "alerts.withdraw_share": Seen("0.4", of_parts(lambda parts: parts.engine.board._following.settings.withdraw_share)),
    "alerts.confirmed_probability": Seen(
        "0.9", of_parts(lambda parts: parts.engine.board._following.settings.confirmed_probability)
    ),
    "alerts.look_back_h": Seen("1.0", of_parts(look_back_span)),
    "records.pictures_days": Seen("1.0", of_recorder(lambda recorder: recorder.retention.pictures_days)),
    "records.sightings_days": Seen("1.0", of_recorder(lambda recorder: recorder.retention.sightings_days)),
    "records.alerts_days": Seen("1.0", of_recorder(lambda recorder: recorder.retention.alerts_days)),
    "records.audit_days": Seen("1.0", of_recorder(lambda recorder: recorder.retention.audit_days)),
    "records.latencies_days": Seen("1.0", of_recorder(lambda recorder: recorder.retention.latencies_days)),
    "records.least_free_mb": Seen("1.0", of_recorder(lambda recorder: recorder.least_free_bytes)),
    "sync.url": Seen('"elsewhere"', synced, STICK),
    "sync.root": Seen('"other/roots/1.root.json"', synced, STICK),
    "sync.plain_http": Seen("true", of_offer(lambda offer: "taken"), {**STICK, "url": '"http://10.9.9.9"'}),
    "sync.car_id": Seen('"north-1"', synced, STICK),
    "sync.every_s": Seen("86400.0", long_pause, STICK),
    "sync.timeout_s": Seen("5.0", of_offer(lambda offer: offer._client.timeout.read), WEB),
    "sync.pinned_certificate": Seen('"server.crt"', trusted, WEB),
    "sync.pin_sha256": Seen(f'"{"ab" * 32}"', of_offer(lambda offer: offer._pin), WEB),
    "sync.client_certificate": Seen('"car.crt"', shown_certificate, WEB),
    "sync.client_key": Seen('"car.key"', shown_certificate, {**WEB, "client_certificate": '"car.crt"'}),
    "enquiries.lists": Seen('["Stolen"]', is_asked_about, {**DVLA, "silent": "true"}),
    "enquiries.silent": Seen("true", is_asked_about, {**DVLA, "lists": '["*"]'}),
    "enquiries.dvla_key": Seen('"other"', asked_of, DVLA),
    "enquiries.dvla_url": Seen('"https://proxy/ves"', asked_of, DVLA),
    "enquiries.dvla_a_second": Seen("3.0", of_lanes(lambda lane: lane.quota._a_second), DVLA),
    "enquiries.dvla_a_day": Seen("9", of_lanes(lambda lane: lane.quota._a_day), DVLA),
    "enquiries.dvsa_key": Seen('"other"', asked_of, DVSA),
    "enquiries.dvsa_client_id": Seen('"other"', asked_of, DVSA),
    "enquiries.dvsa_client_secret": Seen('"other"', asked_of, DVSA),
    "enquiries.dvsa_token_url": Seen('"https://other/token"', asked_of, DVSA),
    "enquiries.dvsa_scope": Seen('"https://other/.default"', asked_of, DVSA),
    "enquiries.dvsa_url": Seen('"https://proxy/mot"', asked_of, DVSA),
    "enquiries.dvsa_a_second": Seen("3.0", of_lanes(lambda lane: lane.quota._a_second), DVSA),
    "enquiries.dvsa_a_day": Seen("9", of_lanes(lambda lane: lane.quota._a_day), DVSA),
    "enquiries.gateway_url": Seen('"https://other/ask"', asked_of, GATEWAY),
    "enquiries.gateway_key": Seen('"other"', asked_of, GATEWAY),
    "enquiries.gateway_name": Seen('"North"', of_lanes(lambda lane: lane.source.name), GATEWAY),
    "enquiries.gateway_a_second": Seen("3.0", of_lanes(lambda lane: lane.quota._a_second), GATEWAY),
    "enquiries.gateway_a_day": Seen("9", of_lanes(lambda lane: lane.quota._a_day), GATEWAY),
    "enquiries.timeout_s": Seen("9.0", of_lanes(lambda lane: lane.source._web._timeout_s), DVLA),
    "enquiries.fresh_s": Seen("9.0", lambda config, _: open_enquiries(config.enquiries, utc_now)._cache._fresh_s, DVLA),
    "enquiries.give_up_s": Seen("9.0", of_lanes(lambda lane: lane.give_up_s), DVLA),
    "screen.enabled": Seen("false", of_parts(lambda parts: screen_wanted(parts) is None)),
    "screen.port": Seen("0", of_listening("port")),
    "screen.on_network": Seen("true", of_listening("network_host")),
    "screen.network_port": Seen("0", of_listening("network_port")),
    "screen.network_names": Seen('["car-7.local"]', of_listening("network_names")),
    "screen.rules": Seen('"own.toml"', of_rules(lambda rules: rules.texts["acknowledge"])),
    "screen.moving_mph": Seen("10.0", of_rules(lambda rules: rules.driving.speed_mps)),
    "screen.live_s": Seen("30.0", of_rules(lambda rules: rules.live_s)),
    "screen.unlock_s": Seen("60.0", of_rules(lambda rules: rules.passenger_s)),
    "screen.theme": Seen('"night"', of_rules(lambda rules: rules.theme)),
}


def named(key: Any) -> str:
    return ".".join((*key.tables, key.name))


def test_every_key_is_observed() -> None:
    assert set(SEEN) == {named(key) for key in keys_of(PatrolConfig)}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with all that a changed key may name; perception of whole cars is a made road."""
    monkeypatch.setattr(opening, "open_pipeline", lambda _: Pipeline(Road({}), Road({}), clock_ns=lambda: 0))
    easyocr = SimpleNamespace(EasyOcrReader=type("EasyOcrReader", (), {}))
    monkeypatch.setitem(sys.modules, "anpr.perception.easyocr_reader", easyocr)
    return tmp_path


@pytest.fixture
def back_office(place: Path) -> None:
    office = Office(place, utc_now)
    office.publish(["AB51CDE"], cars=("north*",))
    office.publish(["AB51CDF"], "wanted")
    Office(place / "other", utc_now).store.close()
    for name in ("server", "car"):
        Certificate(place, name)


def observed(key: str, place: Path, keys: dict[str, str], run: str) -> Any:
    table = key.rpartition(".")[0]
    header = {"camera": "[[camera]]", "camera.health": "[[camera]]\n[camera.health]"}.get(table, f"[{table}]")
    lines = [header, *(f"{name} = {value}" for name, value in keys.items())]
    (place / f"{run}.toml").write_text("\n".join(lines), encoding="utf-8")
    (place / run).mkdir()
    try:
        config = load_config(place / f"{run}.toml")
    except ConfigError as error:
        return str(error).replace(run, "")
    return SEEN[key].observe(config, place / run)


@pytest.mark.parametrize("key", SEEN)
def test_a_key_changes_what_it_configures(key: str, place: Path, request: pytest.FixtureRequest) -> None:
    (place / "own.toml").write_text('[texts]\nacknowledge = "Got it"\n')
    (place / "frames").mkdir()
    if key.startswith("sync."):
        request.getfixturevalue("back_office")
    both = dict(SEEN[key].beside)
    before = observed(key, place, both, "before")
    assert observed(key, place, both, "again") == before
    after = observed(key, place, {**both, key.rpartition(".")[2]: SEEN[key].value}, "after")
    assert after != before


def test_the_rules_that_are_shown_are_those_of_the_car(place: Path) -> None:
    (place / "car.toml").write_text('[screen]\ntheme = "Night"\nmoving_mph = 7\n')
    config = load_config(place / "car.toml")
    parts = open_parts(config, place)
    assert repr(open_screen(parts)._config) == repr(load_screen_rules(config.screen))
    parts.close()
