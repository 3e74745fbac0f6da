"""Stops: cards that say what to do and ask, their answers, the radio line, the receipt. Pure: no clock, no screen, no records."""
