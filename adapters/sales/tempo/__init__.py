"""Tempo, the regional sales system that sells maintenance and repair."""
