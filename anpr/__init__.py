"""Patrol ANPR: the engine, its alerts, records and screen, and the command line."""
