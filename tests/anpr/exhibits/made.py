"""A car's records with everything of two alerts, and packages of them."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from anpr.alerting.disclosure import Audience, ListNames
from anpr.exhibits.gathering import Exhibit, ExhibitId, gather
from anpr.exhibits.package import Circumstances, pack
from anpr.records.store import RecordStore
from anpr.trust.audit import AuditLog
from anpr.trust.tablet_key import TabletKey
from anpr.values import Sighting
from tests.anpr.records.test_store import NOW, made_sighting
from tests.builders.alert import alert
from tests.builders.hit import hit

CREW = ListNames(Audience.CREW, frozenset({"stolen"}), frozenset({"secret"}))
ALL = ListNames(Audience.SUPERVISOR, frozenset({"stolen", "secret"}), frozenset())


def seen(track: int, text: str) -> Sighting:
    return replace(made_sighting(track, text=text, final=True), pictures_id=f"pair-{track}", pictured_utc=NOW)


def make_records(folder: Path) -> Path:
    """Alert 1 on AB12CDE, decided and stopped, which a covert list has too; alert 2 on another vehicle."""
    path = folder / "records.db"
    with closing(RecordStore(path, "run")) as store, closing(AuditLog(path)) as audit:
        audit.record("1234 A. Constable", "logged in", {"device": "tablet"})
        for number, text in ((1, "AB12CDE"), (2, "ZZ99ZZZ")):
            one = seen(number, text)
            open_hit = hit(0.95, text, of=one)
            covert = (hit(0.9, text, "secret", of=one, covert=True),) if number == 1 else ()
            sighting_id = store.record_sighting(one)
            store.record_hits(sighting_id, (open_hit, *covert), all_there_are=True)
            store.keep_pictures(one)
            store.record_alert(alert(open_hit, alert_id=number), sighting_id)
            store.seal_sighting(sighting_id)
        audit.record("1234 A. Constable", "decision", {"alert": "1", "decision": "confirmed"})
        decided = {"camera_id": "front", "decision": "confirmed", "actor": "1234 A. Constable", "at_utc": NOW}
        store.record_decision(1, **decided, note="<b>two in the car</b>")  # type: ignore[arg-type]
        store.record_decision(1, **decided, stop_record={"outcome": "arrest"})  # type: ignore[arg-type]
        audit.record("1234 A. Constable", "search", {"vrm": "QQ11QQQ"})
    return path


def exhibit(records: Path, text: str = "1", names: ListNames = CREW) -> Exhibit:
    return gather(records, ExhibitId.parse(text), names)


def packed(records: Path, *exhibits: Exhibit, key: TabletKey | None = None, names: ListNames = CREW) -> bytes:
    signer = key or TabletKey.open(records.with_name("key.pem"))
    about = Circumstances(datetime(2026, 1, 2, tzinfo=UTC), "1234 A. Constable", "case 7", "Car 7")
    with closing(AuditLog(records)) as log:
        return pack(exhibits, log.entries, log.head(), about, signer, lambda entry: names.may_show_audit(entry.detail))
