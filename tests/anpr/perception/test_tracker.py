from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from anpr.evidence import spell
from anpr.perception.tracker import Tracker, intersection_over_union
from anpr.values import Box, CharacterProbabilities, Detection, Frame, Motion, Read
from tests.builders.evidence import evidence
from tests.builders.read import read_of

PICTURE = np.zeros((720, 1280, 3), np.uint8)
START = datetime(2026, 1, 1, tzinfo=UTC)
NOTHING_READ = np.zeros((0, 37), np.float32)


def frame_at(second: float) -> Frame:
    return Frame("front", round(second * 60), round(second * 1e9), START + timedelta(seconds=second), PICTURE)


def approaching(second: float) -> Box:
    """An oncoming car: 40 m ahead and 3 m aside at the start, closing at 20 m/s, focal length 1000 px."""
    distance = 40 - 20 * second
    width = 520 / distance
    x, y = 640 + 3000 / distance, 360 + 1000 / distance
    return (x, y, x + width, y + width * 0.22)


def run(tracker: Tracker, seconds: list[float], text: str | CharacterProbabilities = "AB12CDE") -> set[int]:
    ids = set()
    for second in seconds:
        frame = frame_at(second)
        ids |= {t.track_id for t in tracker.update(frame, [read_of(text, second, approaching(second))])}
    return ids


@pytest.mark.parametrize("rate", [1, 2, 5, 10, 25, 30, 60])
def test_one_vehicle_is_one_track_at_any_frame_rate(rate: int) -> None:
    assert len(run(Tracker(), [i / rate for i in range(int(1.6 * rate) + 1)])) == 1


@pytest.mark.parametrize("rate", [10, 30, 60])
def test_a_vehicle_that_cannot_be_read_is_followed_by_its_place(rate: int) -> None:
    seconds = [i / rate for i in range(int(1.5 * rate) + 1)]
    assert len(run(Tracker(), seconds, NOTHING_READ)) == 1


def test_a_gap_of_one_second_is_survived() -> None:
    assert len(run(Tracker(), [0, 0.033, 0.066, 0.1, 1.1, 1.133])) == 1


def test_motion_that_a_gap_misjudged_is_learned_again() -> None:
    """Overtaken slowly: it seems to come near, is hidden for a second, and then stands nearly still beside the car."""
    tracker = Tracker()
    coming = [(228 - 5.5 * i, 382 + 0.8 * i, 37 * 1.09**i) for i in range(6)]
    beside = [(153 - 1.7 * i, 387 + 0.6 * i, 57 + 0.5 * i) for i in range(25)]
    seconds = [i / 30 for i in (*range(6), *range(33, 58))]
    for second, (x, y, width) in zip(seconds, coming + beside, strict=True):
        box = (x - width / 2, y - width / 8, x + width / 2, y + width / 8)
        (track,) = tracker.update(frame_at(second), [read_of("2SDA", second, box)])
    assert len(tracker.tracks) == 1
    assert track.motion.state[:2] == pytest.approx((x, y), abs=5)
    assert track.motion.log_odds(box, round(seconds[-1] * 1e9), (1280, 720)) > 5


@pytest.mark.parametrize("mph", [15, 30, 45])
@pytest.mark.parametrize("left", [0.5, 0.6, 0.8])
@pytest.mark.parametrize("side", [-1, 1])
def test_a_plate_that_leaves_at_the_picture_s_edge_is_the_one_that_was_read(mph: int, left: float, side: int) -> None:
    """It is read four times, well before it reaches the edge, and then once, when the edge has left a part of it."""
    tracker, focal, width_m = Tracker(), 2000.0, 0.52
    leaves_at = 1280 - left * focal * width_m / 8.0
    aside_m = (leaves_at - 640) * 8.0 / focal
    for frames in (6, 5, 4, 3, 2, 0):
        distance = 8.0 + frames / 15 * mph * 0.447
        x0, y0, width = 640 + aside_m * focal / distance, 360 + focal / distance, focal * width_m / distance
        x1 = min(x0 + width, 1280.0)
        shown = "AB12CDE"[: round(7 * (x1 - x0) / width)]
        box = (x0, y0, x1, y0 + width * 0.22)
        if side < 0:
            shown, box = "AB12CDE"[-len(shown) :], (1280.0 - x1, box[1], 1280.0 - x0, box[3])
        second = 1.0 - frames / 15
        tracker.update(frame_at(second), [read_of(evidence(shown, {}, certainty=0.5), second, box)])
    assert len(tracker.tracks) == 1


def test_a_plate_that_comes_out_from_behind_something_is_the_one_that_went_in() -> None:
    tracker = Tracker()
    run(tracker, [i / 30 for i in range(10)], "AB12CDE")
    for frame, shown in ((25, "DE"), (26, "CDE"), (27, "2CDE")):
        second = frame / 30
        x0, y0, x1, y1 = approaching(second)
        part = (x1 - (x1 - x0) * len(shown) / 7, y0, x1, y1)
        tracker.update(frame_at(second), [read_of(evidence(shown, {}, certainty=0.95), second, part)])
    assert len(tracker.tracks) == 1


def test_another_vehicle_in_the_same_place_is_another_track() -> None:
    tracker = Tracker()
    box = (600.0, 400.0, 700.0, 425.0)
    first = tracker.update(frame_at(0.0), [read_of("AB12CDE", 0.0, box)])
    second = tracker.update(frame_at(1.0), [read_of("KX63PLR", 1.0, box)])
    assert first[0].track_id != second[0].track_id


def test_vehicles_side_by_side_keep_their_tracks_when_they_are_not_read() -> None:
    tracker = Tracker()
    blank = np.zeros((0, 37), np.float32)
    ids = []
    for i in range(20):
        second = i / 30
        boxes: list[Box] = [(300 + 4 * i, 400, 380 + 4 * i, 420), (700 - 4 * i, 405, 790 - 4 * i, 425)]
        reads = [read_of(blank, second, b) for b in (boxes if i % 2 else boxes[::-1])]
        found = tracker.update(frame_at(second), reads)
        ids.append(tuple(t.track_id for t in (found if i % 2 else found[::-1])))
    assert len(set(ids)) == 1


def test_a_vehicle_that_was_hidden_is_found_again_by_its_characters() -> None:
    tracker = Tracker()
    first = tracker.update(frame_at(0), [read_of("AB12CDE", 0, (200, 400, 300, 425))])
    again = tracker.update(frame_at(3), [read_of("AB12CDE", 3, (900, 300, 1000, 325))])
    assert first[0].track_id == again[0].track_id


def test_tracks_end_after_their_lifetime_in_seconds() -> None:
    tracker = Tracker()
    run(tracker, [0.0, 0.1])
    assert tracker.expire(frame_at(4.9).captured_ns) == []
    assert [t.track_id for t in tracker.expire(frame_at(5.2).captured_ns)] == [1]
    assert tracker.tracks == ()


def test_the_rest_is_given_at_the_end() -> None:
    tracker = Tracker()
    run(tracker, [0.0, 0.1])
    assert len(tracker.expire(None)) == 1


def test_direction_of_motion() -> None:
    tracker = Tracker()
    for i in range(12):
        tracker.update(frame_at(i / 10), [read_of("AB12CDE", i / 10, approaching(i / 10))])
    assert tracker.tracks[0].direction() is Motion.TOWARDS
    receding = Tracker()
    for i in range(12):
        receding.update(frame_at(i / 10), [read_of("AB12CDE", i / 10, approaching(1.2 - i / 10))])
    assert receding.tracks[0].direction() is Motion.AWAY


def test_expected_finds_the_track_of_a_detection() -> None:
    tracker = Tracker()
    run(tracker, [i / 30 for i in range(6)])
    assert tracker.expected(approaching(6 / 30), frame_at(6 / 30)) is tracker.tracks[0]
    assert tracker.expected((10, 10, 60, 22), frame_at(6 / 30)) is None


def test_following_without_reading_keeps_the_place() -> None:
    tracker = Tracker()
    run(tracker, [0.0, 1 / 30])
    for i in range(2, 40):
        found = tracker.expected(approaching(i / 30), frame_at(i / 30))
        assert found is not None
        tracker.follow(found, frame_at(i / 30), approaching(i / 30))
    assert tracker.tracks[0].detections == 40


def test_two_plates_of_one_frame_never_join_one_track() -> None:
    tracker = Tracker()
    reads = [Read(Detection((100, 100, 200, 125), 0.9), "AB12CDE", 0.9, spell("AB12CDE", 0.98)) for _ in range(2)]
    assert len({t.track_id for t in tracker.update(frame_at(0), reads)}) == 2


def test_intersection_over_union() -> None:
    assert intersection_over_union((0, 0, 2, 2), (0, 0, 2, 2)) == pytest.approx(1)
    assert intersection_over_union((0, 0, 2, 2), (1, 0, 3, 2)) == pytest.approx(1 / 3)
    assert intersection_over_union((0, 0, 1, 1), (1, 1, 2, 2)) == 0


def test_tracks_that_turn_out_to_be_of_one_vehicle_are_joined() -> None:
    tracker = Tracker()
    blurred = spell("AB12CDE", 0.08)
    tracker.update(frame_at(0.0), [read_of(blurred, 0.0, (200, 400, 300, 425))])
    tracker.update(frame_at(0.1), [read_of("AB12CDE", 0.1, (900, 300, 960, 315))])
    assert len(tracker.tracks) == 2
    tracker.tracks[0].fuser.add(read_of("AB12CDE", 0.05, (200, 400, 300, 425)))
    ((gone, kept),) = tracker.absorb_doubles(tracker.tracks)
    assert (gone.track_id, kept.track_id) == (2, 1)
    assert [t.track_id for t in tracker.tracks] == [1]
    assert len(kept.reads) == 2
    assert kept.last_ns == frame_at(0.1).captured_ns


def test_two_vehicles_with_one_mark_in_the_same_frame_are_two() -> None:
    tracker = Tracker()
    boxes: list[Box] = [(200, 400, 300, 425), (900, 300, 1000, 325)]
    tracks = tracker.update(frame_at(0.0), [read_of("AB12CDE", 0.0, box) for box in boxes])
    assert tracker.absorb_doubles(tracks) == []


def test_something_unreadable_beside_a_plate_does_not_pull_its_track_away() -> None:
    tracker = Tracker()
    for i in range(4):
        tracker.update(frame_at(i / 30), [read_of("AB12CDE", i / 30, (600, 400, 660, 415))])
    grille = read_of(np.zeros((0, 37), np.float32), 0.3, (530, 395, 600, 415))
    assert tracker.update(frame_at(0.3), [grille])[0].track_id == 2
    assert tracker.update(frame_at(0.33), [read_of("AB12CDE", 0.33, (600, 400, 660, 415))])[0].track_id == 1


def test_a_plate_that_was_half_hidden_a_moment_ago_is_found_again_by_its_characters() -> None:
    tracker = Tracker()
    for i in range(4):  # it comes out from behind a van: the box grows as fast as it is uncovered
        tracker.update(frame_at(i / 30), [read_of("12CDE", i / 30, (680 - 12 * i, 400, 700, 425))])
    (uncovered,) = tracker.update(frame_at(5 / 30), [read_of("AB12CDE", 5 / 30, (520, 390, 720, 440))])
    assert [t.track_id for t in tracker.tracks] == [uncovered.track_id]
    tracker.update(frame_at(6 / 30), [read_of("KX63PLR", 6 / 30, (900, 390, 960, 405))])
    assert len(tracker.tracks) == 2


def test_junk_read_from_a_far_plate_does_not_leave_its_reads_to_the_next_plate() -> None:
    tracker = Tracker()
    mine, beside = (738.0, 380.0, 768.0, 388.0), (736.0, 383.0, 762.0, 390.0)
    for frame in range(8):
        second = frame / 30
        junk = spell("8711", 0.5) if frame == 0 else NOTHING_READ
        first, other = tracker.update(
            frame_at(second), [read_of(junk, second, mine), read_of(NOTHING_READ, second, beside)]
        )
    assert first is not other
    (track,) = tracker.update(frame_at(8 / 30), [read_of(spell("DE54YTL", 0.9), 8 / 30, mine)])
    assert track is first


def test_a_vehicle_of_which_nothing_was_read_is_not_waited_for() -> None:
    for gap_s, tracks in ((0.3, 1), (0.6, 2)):
        tracker = Tracker()
        ids = run(tracker, [0, 0.033, 0.066, 0.1], NOTHING_READ)
        ids |= run(tracker, [0.1 + gap_s], "AB12CDE")
        assert len(ids) == tracks
