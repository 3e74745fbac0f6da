"""How fast and how long: latency, endurance, failing cameras, the screen, kills of the writer."""
