"""Evidence that leaves the car: signed packages of alerts, and their verification anywhere."""
