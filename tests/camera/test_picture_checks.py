"""A camera's faults from its pictures alone: each is named within 2 s of camera time and clears by itself."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from anpr.faults import FaultKind
from anpr.values import Image
from camera.picture_checks import HealthLimits, PictureChecks
from camera.picture_measures import measure
from tests.camera.parts import noisy, scene
from tests.camera.watched import BLACK, GLARE, PLAIN, SCENES, SMEARED, SMEARED_ACROSS, STILL, Watched


@pytest.mark.parametrize(
    ("name", "picture"),
    [
        ("camera_frozen", lambda _: SCENES[0]),
        ("camera_black", lambda n: BLACK[n % 4]),
        ("camera_black", lambda _: np.zeros((360, 640, 3), np.uint8)),
        ("camera_black", lambda _: PLAIN),
        ("camera_blinded", lambda n: GLARE[n % 4]),
        ("camera_blinded", lambda _: np.full((360, 640, 3), 255, np.uint8)),
        ("camera_smeared", lambda n: SMEARED[n % 12]),
        ("camera_smeared", lambda n: SMEARED_ACROSS[n % 12]),
    ],
)
def test_a_bad_picture_is_named_within_2_s_and_clears(
    watched: Watched, name: str, picture: Callable[[int], Image]
) -> None:
    assert watched.names() == []
    assert watched.seconds_until(name, picture, at_most=1.6) <= 1.6  # the rest of the 2 s is for whoever asks
    assert watched.names() == [name]
    since = watched.health.faults(watched.clock.monotonic_ns())[0].since_utc
    watched.show(3.0, picture)
    [standing] = watched.health.faults(watched.clock.monotonic_ns())
    assert (standing.name, standing.since_utc) == (name, since)
    assert watched.seconds_until_clear() <= 2.0
    watched.drive(5.0)
    assert watched.names() == []


def test_driving_by_day_and_by_night_is_no_fault(watched: Watched) -> None:
    for share in (0.8, 0.5, 0.3, 0.5, 1.0):
        watched.show(3.0, lambda n, share=share: noisy((SCENES[n % 12] * share).astype(np.uint8), n))  # type: ignore[misc]
        assert watched.names() == []


def test_short_spells_are_no_fault(watched: Watched) -> None:
    for bad in (SCENES[3], BLACK[0], GLARE[0], SMEARED[0]):
        watched.show(0.6, lambda _, bad=bad: bad)  # type: ignore[misc]
        assert watched.names() == []
        watched.drive(2.0)


def test_a_plain_wall_in_front_is_not_a_smeared_lens(watched: Watched) -> None:
    wall = np.full((360, 640, 3), 180, np.uint8)
    wall[:, 300:] = 190
    watched.show(5.0, lambda n: noisy(wall, n))
    assert watched.names() == []


def test_a_smear_that_stays_does_not_become_usual(watched: Watched) -> None:
    watched.seconds_until("camera_smeared", lambda n: SMEARED[n % 12])
    watched.show(90.0, lambda n: SMEARED[n % 12])
    assert watched.names() == ["camera_smeared"]


def test_the_usual_sharpness_survives_a_restart() -> None:
    before = Watched()
    checks = PictureChecks(sharpness_baseline=before.health.sharpness_baseline)
    found = [checks.look(SMEARED[n % 12], n * 200_000_000) for n in range(10)]
    assert found[-1] == {FaultKind.CAMERA_SMEARED}
    assert all(f == set() for f in found[:5])


def repeating(n: int) -> Image:
    """A parked car's picture as a codec without noise gives it: the same until each key frame, every 10 checks."""
    picture = np.array(SCENES[0])
    picture[10 + 4 * (n // 10 % 20), 10:200] += 1  # a row that is among those sampled
    return picture


def test_a_parked_cars_codec_may_repeat_a_still_picture() -> None:
    parked = Watched(speed_mps=0.0)
    parked.show(10.0, repeating)  # each run of equal pictures lasts 2 s; after three of them the codec is known
    parked.drive(4.0)
    for _ in range(60):
        parked.show(1.0, repeating)
        assert parked.names() == []


def test_a_camera_that_freezes_now_and_then_in_a_still_scene_is_not_taken_for_such_a_codec(watched: Watched) -> None:
    for n in range(5):
        watched.show(25.0, lambda k: noisy(STILL, k))
        assert watched.seconds_until("camera_frozen", lambda _, n=n: noisy(STILL, n), at_most=1.6) <= 1.6  # type: ignore[misc]
        watched.show(3.0, lambda _, n=n: noisy(STILL, n))  # type: ignore[misc]
        watched.show(1.0, lambda k: np.clip(noisy(STILL, k) // 2 + STILL // 2, 0, 255).astype(np.uint8))


def test_the_same_codec_frozen_while_the_car_moves_or_for_long_is_named() -> None:
    car = Watched(speed_mps=0.0)
    car.show(20.0, repeating)
    car.drive(2.0)
    car.speed_mps = 13.0
    assert car.seconds_until("camera_frozen", lambda _: SCENES[1]) <= 2.0
    car.seconds_until_clear()
    car.speed_mps = 0.0
    assert 5.0 <= car.seconds_until("camera_frozen", lambda _: SCENES[2]) <= 15.0


def test_night_in_an_unlit_street_is_not_frozen_and_with_a_lamp_not_black() -> None:
    lamp = np.zeros((360, 640, 3), np.uint8)
    cv2.circle(lamp, (400, 100), 24, (250, 250, 250), -1)
    night = Watched()
    night.show(10.0, lambda n: noisy(lamp, n))
    assert night.names() == []


def test_an_infra_red_camera_may_be_black_for_longer() -> None:
    watched = Watched(limits=HealthLimits(raise_black_after_s=20.0))
    watched.show(15.0, lambda n: BLACK[n % 4])
    assert watched.names() == []
    watched.show(10.0, lambda n: BLACK[n % 4])
    assert watched.names() == ["camera_black"]


def test_only_five_pictures_a_second_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[int] = []

    def counted(image: Image) -> object:
        measured.append(1)
        return measure(image)

    monkeypatch.setattr("camera.picture_checks.measure", counted)
    checks = PictureChecks()
    for n in range(60 * 4):
        checks.look(SCENES[n % 12], n * 1_000_000_000 // 60)
    assert 18 <= len(measured) <= 21


S = 1_000_000_000
GOOD = [scene(n, shift=9 * n) for n in range(5)]
DARK = [noisy(np.full((360, 640, 3), 3, np.uint8), n) for n in range(5)]


def first_named(checks: PictureChecks, pictures: list[Image], start_s: float, seconds: float) -> float | None:
    """Show pictures every 0.2 s; return after how many seconds the set of faults changed, None when it did not."""
    before = checks.faults
    for n in range(round(seconds * 5) + 1):
        if checks.look(pictures[n % len(pictures)], round((start_s + n / 5) * S)) != before:
            return n / 5
    return None


def test_condition_counts_once_it_has_lasted_and_no_sooner() -> None:
    checks = PictureChecks(HealthLimits(raise_black_after_s=1.0, clear_after_s=0.6))
    assert first_named(checks, DARK, 0.0, 10.0) == 1.0
    assert checks.faults == {FaultKind.CAMERA_BLACK}
    assert first_named(checks, GOOD, 20.0, 10.0) == 0.6
    assert checks.faults == frozenset()
    # a good picture in between begins the count anew
    for n in range(60):
        assert checks.look(GOOD[n % 5] if n % 5 == 0 else DARK[n % 5], 40 * S + n * S // 5) == frozenset()


def test_equal_pictures_are_frozen_after_their_time_and_at_the_fourth_at_the_earliest() -> None:
    checks = PictureChecks(HealthLimits(frozen_after_s=1.2))
    assert first_named(checks, GOOD[:1], 0.0, 10.0) == 1.2
    assert checks.faults == {FaultKind.CAMERA_FROZEN}
    assert checks.look(GOOD[1], 60 * S) == frozenset()
    slow = PictureChecks(HealthLimits(frozen_after_s=1.2))
    assert [bool(slow.look(GOOD[0], n * 5 * S)) for n in range(5)] == [False, False, False, True, True]


def test_a_hardly_changing_picture_is_frozen_only_while_the_car_moves() -> None:
    nearly = [GOOD[0].copy(), GOOD[0].copy()]
    nearly[1][10, :4] += 3
    for speed_mps, frozen in ((None, False), (1.9, False), (2.0, True)):
        checks = PictureChecks()
        for n in range(30):
            checks.look(nearly[n % 2], n * S // 5, speed_mps)
        assert (checks.faults == {FaultKind.CAMERA_FROZEN}) is frozen, speed_mps


def test_a_new_connection_starts_without_the_old_one_s_faults() -> None:
    checks = PictureChecks(sharpness_baseline=0.7)
    first_named(checks, DARK, 0.0, 5.0)
    assert checks.faults == {FaultKind.CAMERA_BLACK}
    checks.restart()
    assert checks.faults == frozenset()
    assert checks.sharpness_baseline == 0.7
    # and the first picture after it is looked at whatever the time
    checks.look(GOOD[0], 0)
    assert checks.sharpness_baseline != 0.7


def test_usual_sharpness_is_known_after_25_pictures() -> None:
    checks = PictureChecks()
    for n in range(24):
        checks.look(GOOD[n % 5], n * S)
    assert checks.sharpness_baseline is None
    checks.look(GOOD[4], 24 * S)
    assert checks.sharpness_baseline == pytest.approx(1.0, abs=0.9)


@pytest.mark.parametrize(("brightest", "black"), [(30, True), (31, False)])
def test_black_is_what_no_pixel_outshines(brightest: int, black: bool) -> None:
    picture = np.zeros((360, 640, 3), np.uint8)
    picture[::9, ::7] = brightest
    checks = PictureChecks()
    for n in range(10):
        checks.look(picture, n * S // 5)
    assert (FaultKind.CAMERA_BLACK in checks.faults) is black


def test_damage_is_counted_over_every_picture_and_hides_what_follows_from_it() -> None:
    checks = PictureChecks()
    for n in range(50):
        checks.look(GOOD[n // 5 % 5], n * S // 25, is_damaged=n % 5 < 2)
    assert checks.faults == {FaultKind.CAMERA_DAMAGED}
    assert checks.damage == "12 of the last 30 pictures damaged"
    checks.restart()  # a new connection does not make the damage forgotten
    assert checks.faults == {FaultKind.CAMERA_DAMAGED}
    for n in range(50, 90):
        checks.look(GOOD[n // 5 % 5], n * S // 25)
    assert checks.faults == frozenset()


def test_a_picture_that_shows_its_damage_counts_until_the_next_one_is_judged() -> None:
    stuck = [picture.copy() for picture in GOOD]
    for picture in stuck:
        picture[200:] = picture[200]
    checks = PictureChecks()
    for n in range(50):
        checks.look(stuck[n // 5 % 5] if n % 5 == 0 else GOOD[n % 5], n * S // 25)
    assert checks.faults == {FaultKind.CAMERA_DAMAGED}


def test_data_that_became_no_picture_counts_as_a_damaged_one() -> None:
    checks = PictureChecks()
    for n in range(40):
        checks.count_lost(n * S // 25)
    assert checks.damage == "30 of the last 30 pictures damaged"
    assert checks.faults == {FaultKind.CAMERA_DAMAGED}
