"""Reads the files of a deployment, one module a kind, into a draft of what would be deployed."""
