"""Hotlists at national scale: import, look-up, swap, delta, kills, and what is found and falsely found."""
