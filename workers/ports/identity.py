"""Who somebody is: a bearer token becomes a caller; and whose something is."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from workers.domain.callers import Caller, Kind, Owner


class InvalidTokenError(Exception):
    """Expected a valid bearer token. The text says what is wrong with it and never shows it."""


class Identity(Protocol):
    """The identity provider, as far as our API needs it."""

    def caller(self, token: str) -> Caller:
        """Who shows this token. `InvalidTokenError` for one that is not valid here, `Unavailable` when that cannot be told."""
        ...


class Owners(Protocol):
    """Follows the chain child -> order -> tenant."""

    def owner(self, kind: Kind, key: UUID | str) -> Owner | None:
        """Whose this is; None when there is no such thing."""
        ...
