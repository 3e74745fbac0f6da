"""How the shipped models are made: rendered plates, networks, training, export and evaluation (needs torch)."""
