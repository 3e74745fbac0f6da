"""What a thief reads of the tablet's disk, at any moment of a patrol; and what locking costs."""
