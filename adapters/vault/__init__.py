"""Secrets and database users from HashiCorp Vault or OpenBao."""
