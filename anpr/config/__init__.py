"""Settings: what a key may be, one reader of files, and the keys of a car."""
