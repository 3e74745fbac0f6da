"""Patrol ANPR: the engine, its alerts, records and screen, and the command line."""

__version__ = "0.1.0"
