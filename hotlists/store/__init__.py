"""The hotlists file: lists, revisions, and changing what is in force in one step."""
