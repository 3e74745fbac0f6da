import numpy as np

from models.train.scenes.drives import made_drive_frames
from models.train.scenes.scene_maker import SceneMaker


def test_frames_of_made_drives_have_plates_at_their_corners() -> None:
    frames = list(made_drive_frames(3, seed=0, each=3))
    assert [frame.image.shape for frame in frames] == [(720, 1280, 3)] * 3
    contrasts = []
    for frame in frames:
        for quad, legible in zip(frame.quads, frame.legible, strict=True):
            if legible and np.ptp(quad[:, 0]) > 60:
                x0, y0, x1, y1 = (int(v) for v in (*quad.min(axis=0), *quad.max(axis=0)))
                contrasts.append(np.ptp(frame.image[max(0, y0) : y1, max(0, x0) : x1].astype(int).mean(axis=2)))
    assert contrasts
    assert min(contrasts) > 60
    maker = SceneMaker(np.random.default_rng(1), [], size=(320, 192), bank=6, drives=frames)
    scenes = [maker.scene() for _ in range(40)]
    assert any(scene.real and scene.exact.any() for scene in scenes)
