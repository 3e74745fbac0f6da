"""A day in the life: 24 hours in time-lapse, in which clocks, cameras, files, pipes and the engine itself go wrong by a script."""
