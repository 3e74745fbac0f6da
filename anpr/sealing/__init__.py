"""What lies on the disk is locked with one random key a data folder, and that key is sealed to the machine."""
