"""Publishing, fetching and trusting revisions."""
