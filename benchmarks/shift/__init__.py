"""A scripted shift on a pretend car: what the crew's screen says, second by second, against what was so."""
