"""The tables of the records file, made step by step; each step runs once, in a transaction."""

from typing import Final

from anpr.sqlite import Database, Migrations

PURGED_KINDS: Final = (
    "pictures", "moment_pictures", "moments", "decisions", "drafts", "alerts", "hits", "sightings", "latencies", "pictures_for_room",
    "stop_texts", "stop_additions", "stops",
)  # fmt: skip
"""What is counted as it is purged: the tables, and pictures that gave way on a full disk."""

migrations = Migrations("records")


@migrations()
def capture_records(db: Database) -> None:
    """Sightings with their pictures apart, so that pictures can be shed without touching rows."""
    db.table("sightings").create(
        {
            "id": int,
            "run": str,
            "track_id": int,
            "camera_id": str,
            "feed_id": int,
            "source_id": int,
            "camera_number": int,
            "vrm": str,
            "confidence": float,
            "alternatives": str,
            "evidence": bytes,
            "first_utc": str,
            "last_utc": str,
            "latitude_deg": float,
            "longitude_deg": float,
            "heading_deg": float,
            "speed_mps": float,
            "position_stale": int,
            "motion": str,
            "reads": int,
            "final": int,
        },
        pk="id",
        not_null={"run", "track_id", "camera_id", "vrm", "confidence", "first_utc", "last_utc", "final"},
    )
    db.table("sightings").create_index(["run", "track_id"], unique=True)
    db.table("sightings").create_index(["last_utc"])
    db.table("sightings").create_index(["vrm"])
    db.table("pictures").create({"sighting_id": int, "kind": str, "jpeg": bytes}, pk=("sighting_id", "kind"))


@migrations()
def hits_alerts_decisions_faults(db: Database) -> None:
    """What followed from the sightings, and what the crew made of it."""
    db.table("hits").create(
        {
            "id": int,
            "sighting_id": int,
            "list_name": str,
            "list_revision": int,
            "entry_vrm": str,
            "entry": str,
            "probability": float,
            "exact": int,
            "reading": str,
            "list_age_s": float,
        },
        pk="id",
    )
    db.table("hits").create_index(["sighting_id", "list_name", "entry_vrm"], unique=True)
    db.table("alerts").create(
        {
            "id": int,
            "sighting_id": int,
            "kind": str,
            "state": str,
            "priority": int,
            "raised_utc": str,
            "frame_age_ms": float,
            "probability": float,
            "repeats": int,
            "past": int,
            "steps": str,
            "fault_name": str,
            "fault_subject": str,
            "fault_text": str,
        },
        pk="id",
    )
    db.table("alerts").create_index(["raised_utc"])
    db.table("decisions").create(
        {
            "id": int,
            "alert_id": int,
            "camera_id": str,
            "decision": str,
            "note": str,
            "typed_vrm": str,
            "actor": str,
            "at_utc": str,
            "stop_record": str,
        },
        pk="id",
    )
    db.table("decisions").create_index(["alert_id"])
    db.table("latencies").create(
        {"at_utc": str, "stage": str, "p50_ms": float, "p95_ms": float, "p99_ms": float, "count": int}
    )


@migrations()
def met_before(db: Database) -> None:
    """How often and when the vehicle of an alert was met before it."""
    db.table("alerts").add_column("met_times", int, not_null_default=0)
    db.table("alerts").add_column("met_last_utc", str, not_null_default="")


@migrations()
def moments(db: Database) -> None:
    """The one moment that each alert shows, with its hits and under their own names the pictures that belong to it."""
    db.table("sightings").add_column("pictured_utc", str, not_null_default="")
    db.table("moments").create(
        {
            "alert_id": int,
            "pictures_id": str,
            "hits": str,
            "track_id": int,
            "camera_id": str,
            "vrm": str,
            "confidence": float,
            "alternatives": str,
            "evidence": bytes,
            "first_utc": str,
            "last_utc": str,
            "latitude_deg": float,
            "longitude_deg": float,
            "heading_deg": float,
            "speed_mps": float,
            "position_stale": int,
            "motion": str,
            "pictured_utc": str,
        },
        pk="alert_id",
    )
    db.table("moments").create_index(["last_utc"])
    db.table("moment_pictures").create(
        {"pictures_id": str, "kind": str, "at_utc": str, "jpeg": bytes}, pk=("pictures_id", "kind")
    )
    db.table("moment_pictures").create_index(["at_utc"])


@migrations()
def made_by_hand(db: Database) -> None:
    """Who typed the mark of a sighting and what the engine had read, and what crews have typed and not yet sent."""
    for table in ("sightings", "moments"):
        for column in ("typed_by", "engine_read"):
            db.table(table).add_column(column, str, not_null_default="")
    db.table("sightings").create_index(["engine_read"])
    db.table("drafts").create(
        {"alert_id": int, "actor": str, "field": str, "text": str, "at_utc": str}, pk=("alert_id", "actor", "field")
    )


@migrations()
def hidden_characters(db: Database) -> None:
    """Where a character of a sighting may be hidden, and which hits are only possible because of it."""
    for table in ("sightings", "moments"):
        db.table(table).add_column("hidden", str, not_null_default="")
    db.table("hits").add_column("possible", int, not_null_default=0)
    db.table("hits").add_column("offer", float, not_null_default=0.0)


@migrations()
def recorded_until(db: Database) -> None:
    """Up to which row each table had come at times that were trusted: rows are not older than that, whatever their date says."""
    db.table("recorded_until").create({"at_utc": str, "name": str, "last": int}, pk=("name", "at_utc"))


@migrations()
def holds_and_what_was_purged(db: Database) -> None:
    """Which alerts are kept for a case whatever their age, and what was purged and is not entered in the audit yet."""
    db.table("holds").create(
        {"alert_id": int, "at_s": int, "reason": str, "by_whom": str},
        pk="alert_id",
        not_null={"at_s", "reason", "by_whom"},
    )
    db.table("purged").create({"kind": str, "rows": int}, pk="kind", not_null={"rows"})
    db.table("purged").insert_all({"kind": kind, "rows": 0} for kind in PURGED_KINDS if not kind.startswith("stop"))


@migrations()
def stops(db: Database) -> None:
    """Stops: open ones field by field as they are typed, finished ones as a signed record with what was added since."""
    db.execute(
        "CREATE TABLE stops (id INTEGER PRIMARY KEY AUTOINCREMENT, card TEXT NOT NULL, begun_utc TEXT NOT NULL, begun_by TEXT NOT NULL,"
        " alert_id INTEGER, pictures_id TEXT NOT NULL DEFAULT '', origin TEXT NOT NULL, place TEXT NOT NULL, revision INTEGER NOT NULL,"
        " finished_utc TEXT NOT NULL DEFAULT '', finished_by TEXT NOT NULL DEFAULT '', record TEXT NOT NULL DEFAULT '',"
        " signature TEXT NOT NULL DEFAULT '')"
    )
    db.table("stops").create_index(["alert_id"])
    db.table("stops").create_index(["begun_utc"])
    db.table("stop_texts").create(
        {
            "stop_id": int, "field": str, "number": int, "writer": str, "actor": str, "answer": str, "sent": int, "aside": int,
            "at_utc": str,
        },
        pk=("stop_id", "field", "number"),
        not_null={"stop_id", "field", "number", "writer", "actor", "answer", "sent", "aside", "at_utc"},
    )  # fmt: skip
    db.table("stop_additions").create(
        {"id": int, "stop_id": int, "text": str, "actor": str, "at_utc": str, "signature": str},
        pk="id",
        not_null={"stop_id", "text", "actor", "at_utc", "signature"},
    )
    db.table("stop_additions").create_index(["stop_id"])
    db.table("purged").insert_all({"kind": kind, "rows": 0} for kind in PURGED_KINDS if kind.startswith("stop"))
