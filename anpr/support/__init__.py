"""What the people who look after cars need: a log, checks of a machine, versions; and that none of it tells a mark or a password."""
