"""How much of what passed was captured and read right: clips, stills, peers."""
