"""Street scenes with plates and decoys, for the detector."""
