"""Sampled paths of the escalation model: tables, chunks, checkpoints, answers."""
