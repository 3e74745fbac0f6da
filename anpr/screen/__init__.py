"""The crew's screen: pages, the server that gives them, and `port.CrewDesk`, all that it needs of the engine."""
