"""What air, light, lens and sensor make of a plate."""
