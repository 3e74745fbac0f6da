"""Enquiries: what DVLA, DVSA and the force's own gateway say of a vehicle, before it is stopped."""
