"""What the screen asks of the engine, answered from the board, the lists and the records."""
