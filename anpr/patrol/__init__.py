"""A car on patrol: everything opened, wired, threaded, watched and stopped."""
