"""Loops over the flat arrays of a game, compiled, each beside its plain reference."""
