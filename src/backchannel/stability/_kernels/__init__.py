"""Compiled code beside a plain NumPy reference with the same signature."""
