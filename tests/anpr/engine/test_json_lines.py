"""The JSON lines' contract."""

import json
from dataclasses import replace

from anpr.engine.json_lines import alert_json, hit_json, line, percentiles_json, picture_json, sighting_json
from anpr.engine.latency import Percentiles
from anpr.values import AlertState, Hidden, Motion
from tests.anpr.engine.driven import OneEntry, drive
from tests.anpr.perception.road import Road, passing
from tests.builders.alert import alert, fault_alert
from tests.builders.hit import hit
from tests.builders.read import read_of
from tests.builders.sighting import sighting


def test_json_lines_follow_the_contract() -> None:
    _, steps = drive(OneEntry("AB12CDE"), Road(passing("AB12CDE", 0, 5)), 5)
    final = steps[-1].sightings[0]
    content = json.loads(line(sighting_json(final.sighting)))
    assert content["type"] == "sighting"
    assert content["text"] == "AB12CDE"
    assert content["frames"] == [0, 1, 2, 3, 4]
    assert content["reads"][0]["box"] == [300.0, 400.0, 400.0, 425.0]
    assert (content["first_s"], content["last_s"]) == (0.0, 0.133)
    assert json.loads(line(hit_json(final.sighting, final.hits[0])))["vrm"] == "AB12CDE"


def test_every_field_of_a_sighting_is_named_and_rounded() -> None:
    seen = sighting(track_id=4, reads=2, first_s=10.0, last_s=10.51234, confidence=0.987654, motion=Motion.TOWARDS)
    many = replace(seen, alternatives=tuple((f"AB{n}", 0.123456) for n in range(9)), hidden=(Hidden(0, 0.912345),))
    told = sighting_json(many, origin_ns=8_000_000_000)
    assert list(told) == [
        "type", "text", "confidence", "first_s", "last_s", "frames", "reads", "alternatives", "hidden", "motion", "camera",
        "track",
    ]  # fmt: skip
    assert (told["confidence"], told["first_s"], told["last_s"]) == (0.9877, 2.0, 2.512)
    assert (told["motion"], told["camera"], told["track"], told["frames"]) == ("towards", "front", 4, [300, 301])
    assert told["alternatives"] == [[f"AB{n}", 0.1235] for n in range(5)]
    assert told["hidden"] == [{"position": 0, "probability": 0.9123}]
    assert list(told["reads"][0]) == ["frame", "box", "text", "confidence", "hidden"]


def test_places_where_a_character_may_be_hidden_are_told() -> None:
    seen = sighting()
    read = replace(seen.reads[0], hidden=(Hidden(7, 0.25),))
    told = sighting_json(replace(seen, hidden=(Hidden(0, 0.91234),), reads=(read,)))
    assert told["hidden"] == [{"position": 0, "probability": 0.9123}]
    assert told["reads"][0]["hidden"] == [{"position": 7, "probability": 0.25}]
    assert sighting_json(seen)["hidden"] == []
    possible = replace(hit(0.3), exact=False, possible=True, offer=2.0)
    assert hit_json(seen, possible)["possible"]
    assert alert_json(alert(possible), 0.0)["possible"]
    assert picture_json("a.png", [(read, ())], 1.0)["plates"][0]["hidden"] == [{"position": 7, "probability": 0.25}]


def test_frames_of_a_folder_keep_their_names() -> None:
    seen = sighting()
    named = replace(seen, reads=(replace(seen.reads[0], frame_name="frame_0007.png"),))
    assert sighting_json(named)["frames"] == ["frame_0007.png"]


def test_every_field_of_a_hit() -> None:
    seen = sighting(track_id=4, first_s=1.0, last_s=2.0)
    assert hit_json(seen, hit(0.912345, "AB12CDF", of=seen, action="STOP"), 500_000_000) == {
        "type": "hit", "text": "AB12CDE", "vrm": "AB12CDF", "list": "stolen", "list_revision": 1, "own": False, "probability": 0.9123,
        "exact": False, "possible": False, "reading": "AB12CDE", "action": "STOP", "track": 4, "first_s": 0.5, "last_s": 1.5,
    }  # fmt: skip


def test_an_alert_names_its_first_hit_or_its_fault() -> None:
    told = alert_json(alert(hit(0.87654), hit(0.9, list_name="no tax", priority=90), alert_id=3, repeats=2), 1.23456)
    assert told == {
        "type": "alert", "id": 3, "kind": "hit", "state": "raised", "vrm": "AB12CDE", "list": "stolen", "fault": None,
        "probability": 0.8765, "possible": False, "priority": 90, "repeats": 2, "at_s": 1.235,
    }  # fmt: skip
    fault = alert_json(fault_alert(state=AlertState.CLEARED), 0.0)
    assert (fault["kind"], fault["state"], fault["fault"], fault["vrm"], fault["list"]) == (
        "fault", "cleared", "camera_frozen", None, None,
    )  # fmt: skip


def test_latencies_pictures_and_lines() -> None:
    assert percentiles_json({"read": Percentiles(1.234, 5.678, 9.999, 7)}) == {
        "read": {"p50": 1.23, "p95": 5.68, "p99": 10.0}
    }
    read = replace(read_of("AB12CDE", box=(1.26, 2, 3, 4)), hidden=(Hidden(7, 0.25),))
    told = picture_json("a.png", [(read, (("AB12CDE", 0.5),))], 12.3461)
    assert told["plates"][0]["hidden"] == [{"position": 7, "probability": 0.25}]
    assert (told["file"], told["ms"]) == ("a.png", 12.35)
    assert told["plates"][0]["box"] == [1.3, 2.0, 3.0, 4.0]
    assert told["plates"][0]["alternatives"] == [["AB12CDE", 0.5]]
    assert line({"a": "é\n", "b": [1]}) == '{"a": "é\\n", "b": [1]}'
