"""After the game: what happened, what it was worth, and what was missed."""
