"""Lists of vehicles of interest: import, storage, synchronisation and matching by probability (see README.md)."""
