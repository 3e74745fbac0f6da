"""Frame sources, capture threads, camera health and position: everything that enters from outside the car."""
