"""Where a plate is in a frame, and whether a person could read it there."""

from anpr.values import Image
from benchmarks.drives.plan import Drive, Mover
from benchmarks.drives.plate_in_frame import LEGIBLE_PX
from benchmarks.drives.scene import Scene


def test_legible_means_large_sharp_whole_and_facing(close: tuple[Scene, list[Image]]) -> None:
    rows = [row for actor in close[0].actors for row in actor.truth.frames]
    assert any(row.legible for row in rows)
    for row in rows:
        if row.legible:
            assert row.character_px >= LEGIBLE_PX
            assert row.blur_px < row.character_px * 14 / 79
            assert row.visible > 0.99
            assert row.box[0] >= 0
            assert row.box[2] <= 1279


def test_a_long_exposure_makes_the_same_drive_illegible() -> None:
    mover = Mover("AB46 CDE", "current", "oncoming", 60, 0.1, 12.0)
    sharp = Scene(Drive("sharp", 1, (mover,), own_mph=20, seconds=0.1, exposure_s=1 / 2000))
    smeared = Scene(Drive("smeared", 1, (mover,), own_mph=20, seconds=0.1, exposure_s=1 / 30))
    for scene in (sharp, smeared):
        list(scene.frames())
    blur = [max(row.blur_px for row in scene.actors[0].truth.frames) for scene in (sharp, smeared)]
    assert blur[1] > 20 * blur[0]
    assert sharp.actors[0].truth.legible_frames()
    assert not smeared.actors[0].truth.legible_frames()


def test_a_car_behind_another_is_not_legible() -> None:
    hidden = Mover("AB46 CDE", "current", "following", 0, 0.0, 17.0)
    hiding = Mover("KX95 LMN", "current", "following", 0, 0.0, 8.0, body="van")
    scene = Scene(Drive("hidden", 1, (hidden, hiding), own_mph=10, seconds=0.1))
    list(scene.frames())
    assert all(row.visible < 0.5 and not row.legible for row in scene.actors[0].truth.frames)
    assert all(row.visible == 1.0 for row in scene.actors[1].truth.frames)
