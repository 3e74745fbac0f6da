"""The detector: network, samples, training, judging, export."""
