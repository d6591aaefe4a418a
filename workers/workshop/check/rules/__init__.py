"""The rules of the gate, a page for each part of a project."""
