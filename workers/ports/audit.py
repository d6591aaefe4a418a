"""The audit log: added to and read, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from workers.domain.audit import AuditEntry
from workers.domain.orders import ServiceOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """Which entries; what is None does not count."""

    who: str | None = None
    order_id: UUID | None = None
    country_code: str | None = None
    allowed: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 100


class AuditLog(Protocol):
    """Entries in transactions of their own, so that a refusal stays although everything else is undone."""

    def write(self, entry: AuditEntry) -> None:
        """Keeps an entry. `Unavailable` when that cannot be done now."""
        ...

    def find(self, query: AuditQuery) -> Sequence[AuditEntry]:
        """The newest entries first."""
        ...


class Trail(Protocol):
    """What people decided in the work at hand."""

    def decision(self, order: ServiceOrder, what: str, *, who: str, refused: str | None = None) -> None:
        """Kept with the effect; a refused one at once, since the effect is undone."""
        ...
