"""What developers run: the check of one room, and the list of what is in the car. Not part of the installed package."""
