"""Number plates rendered from layouts, fonts and fittings, without torch."""
