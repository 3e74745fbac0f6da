"""Sighting and hits to alerts: the board, its queue, and what a crew may decide."""
