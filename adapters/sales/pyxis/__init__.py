"""Pyxis, the sales system that sells installations."""
