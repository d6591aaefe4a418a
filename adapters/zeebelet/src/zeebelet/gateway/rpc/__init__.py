"""Zeebe's gRPC gateway protocol."""
