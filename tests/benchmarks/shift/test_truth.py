"""What was so: who was in view when, whose a track is, what may be away."""

from benchmarks.shift.pictures import Clip, PlateSeen
from benchmarks.shift.script import Event
from benchmarks.shift.truth import Outage, Truth, overlap
from tests.benchmarks.shift import made

BOX, FAR = (100.0, 100.0, 200.0, 120.0), (400.0, 100.0, 500.0, 120.0)


def two_plates() -> Truth:
    """A truth whose first clip shows the listed vehicle and its look-alike side by side."""
    plates = (PlateSeen(made.LISTED.vrm, BOX, legible=True), PlateSeen(made.ALIKE.vrm, FAR, legible=True))
    truth = Truth(made.script(), {0: Clip(0, (b"", b""), (plates, plates))}, 0, made.ZERO)
    truth.started.append(0.0)
    return truth


def step(
    track: int, box: tuple[float, ...], vrm: str, probability: float = 0.9, *, covert: bool = False
) -> dict[str, object]:
    hit = {"vrm": vrm, "list": "Stop", "probability": probability, "threshold": 0.8, "covert": covert}
    seen = {
        "track": track,
        "text": vrm,
        "confidence": 0.9,
        "final": False,
        "boxes": [box],
        "pictures": [["h1", []], ["", []]],
        "hits": [hit],
    }
    return {"k": "step", "captured": 11_000_000_000, "place": [0, 0], "sightings": [seen]}


def test_frames_that_were_sent_say_who_was_in_view() -> None:
    truth = two_plates()
    truth.played(0, 0, 10.0)
    truth.played(0, 1, 12.0)
    assert [(w.vrm, w.from_s, w.to_s) for w in truth.windows] == [
        (made.LISTED.vrm, 10.0, 12.0),
        (made.ALIKE.vrm, 10.0, 12.0),
    ]
    assert truth.in_view(made.LISTED.vrm, 12.9)
    assert not truth.in_view(made.LISTED.vrm, 13.2)
    assert not truth.in_view(made.COVERT.vrm, 11.0)


def test_a_hit_counts_when_the_plate_in_that_place_was_the_listed_vehicles() -> None:
    truth = two_plates()
    made.hear(truth, 11.0, step(1, FAR, made.LISTED.vrm))  # the look-alike, misread
    assert truth.hits == {}
    made.hear(truth, 11.0, step(2, BOX, made.LISTED.vrm, 0.5))  # below the threshold
    assert truth.hits == {}
    made.hear(truth, 11.0, step(2, BOX, made.LISTED.vrm))
    assert list(truth.hits) == [(0, made.LISTED.vrm)]
    assert truth.pictures.owners["h1"] == made.LISTED.vrm
    made.hear(truth, 11.5, made.alert_line(3, 11.0, track=1))
    assert truth.alerts[3].owner == made.ALIKE.vrm


def test_a_covert_hit_is_counted_and_no_hit_to_be_shown() -> None:
    truth = two_plates()
    made.hear(truth, 11.0, step(2, BOX, made.LISTED.vrm, covert=True))
    assert (truth.covert_hits, truth.hits) == (1, {})


def test_a_device_may_be_away_from_its_loss_and_must_be_after_a_while() -> None:
    truth = made.truth()
    truth.outages.append(Outage(Event.GPS_LOST, 10.0, 30.0))
    assert truth.may_be(Event.GPS_LOST, 9.0) == (True, False)
    assert truth.may_be(Event.GPS_LOST, 14.0) == (True, True)
    assert truth.may_be(Event.GPS_LOST, 20.0) == (False, True)
    assert truth.may_be(Event.GPS_LOST, 33.0) == (True, True)
    assert truth.may_be(Event.GPS_LOST, 50.0) == (True, False)
    assert truth.may_be(Event.CAMERA_LOST, 20.0) == (True, False)


def test_a_mark_is_listed_by_hand_from_when_it_was_typed() -> None:
    truth = made.truth()
    truth.typed_s["PF96LSU"] = 100.0
    assert truth.lists_of("PF96LSU", 50.0) == ()
    assert truth.lists_of("PF96LSU", 120.0) == ("typed",)
    assert truth.lists_of(made.LISTED.vrm, 0.0) == ("Stop",)
    assert truth.lists_of(made.COVERT.vrm, 0.0) == ()


def test_boxes_overlap_by_their_shares() -> None:
    assert overlap(BOX, BOX) == 1.0
    assert overlap(BOX, FAR) == 0.0
