"""The JSON lines' contract."""

import json

from anpr.engine.json_lines import hit_json, line, sighting_json
from tests.anpr.engine.driven import OneEntry, drive
from tests.anpr.perception.road import Road, passing


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
