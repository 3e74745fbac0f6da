"""The cards that ship: examples that a force must approve, one file each. The loader is `anpr.stops.card_set`."""
