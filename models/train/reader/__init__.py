"""The readers: networks, samples, training, calibration, export."""
