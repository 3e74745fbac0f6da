"""Trains the network that knows hidden characters."""
