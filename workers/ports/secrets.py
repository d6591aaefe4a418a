"""Secrets and short-lived credentials (HashiCorp Vault or OpenBao in production and on a laptop)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DatabaseCredentials:
    """A database user that lives until `expires_at`; the password never shows in a repr."""

    username: str
    password: str = field(repr=False)
    lease_id: str
    expires_at: datetime


class Secrets(Protocol):
    """What the platform asks of a secret store. Raises `PortError`s."""

    def read(self, path: str) -> dict[str, str]:
        """The newest version of the key-value secret at `path` (mount left out). `NotFound` when absent."""
        ...

    def database(self, role: str) -> DatabaseCredentials:
        """Credentials of the dynamic database `role`: cached while fresh, replaced before they expire."""
        ...

    def forget(self, role: str) -> None:
        """Drops the cached credentials of `role`, which the database has just refused."""
        ...
