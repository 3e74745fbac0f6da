"""The pretend car's configuration."""

from benchmarks.shift.engine import CAMERA, car_config


def test_the_car_has_one_network_camera_and_its_gps() -> None:
    config = car_config("http://127.0.0.1:1/stream", "/dev/pts/9", 8080)
    assert [(camera.id, camera.source.to_open()) for camera in config.camera] == [(CAMERA, "http://127.0.0.1:1/stream")]
    assert (config.gps.port, config.gps.baud, config.screen.port) == ("/dev/pts/9", 9600, 8080)
    assert not config.screen.on_network
