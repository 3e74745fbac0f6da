"""Readings of a sighting against the lists in force, by probability."""
