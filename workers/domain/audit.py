"""Who did what, when, on whose data, allowed or refused: an entry of the audit log. It holds ids and roles, no personal data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

LONGEST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """`who`: a caller's subject, a sales system, a task type. `what`: a route, a task, a decision. `about`: the id it named."""

    at: datetime
    who: str
    what: str
    allowed: bool
    roles: str = ""
    about: str | None = None
    order_id: UUID | None = None
    country_code: str | None = None
    bu_code: str | None = None
    reason: str | None = None

    @property
    def short(self) -> AuditEntry:
        """With texts from outside cut and made of one line."""
        return AuditEntry(
            at=self.at,
            who=_cut(self.who) or "",
            what=_cut(self.what) or "",
            allowed=self.allowed,
            roles=_cut(self.roles) or "",
            about=_cut(self.about),
            order_id=self.order_id,
            country_code=self.country_code,
            bu_code=self.bu_code,
            reason=_cut(self.reason),
        )


def _cut(told: str | None) -> str | None:
    """Lone surrogates, control characters and lengths of an attacker do not reach the table."""
    if told is None:
        return None
    plain = "".join(sign if sign.isprintable() else " " for sign in told[: 2 * LONGEST])
    return plain.encode("utf-8", "replace").decode()[:LONGEST]
