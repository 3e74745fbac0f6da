"""Frame to sighting: detect, read, track, fuse. Synchronous, no threads, no clock of its own."""
