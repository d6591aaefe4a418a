"""Every call of our API leaves an entry in the audit log, written before its answer goes out.

What was allowed and cannot be logged is answered with 503: a repeat of the call does nothing twice, and is logged then. What was
refused stays refused. Of strangers one entry in a second is kept: a flood of them must not fill the log.
"""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from fastapi import Request

from workers.bootstrap import Platform
from workers.domain.audit import AuditEntry
from workers.domain.callers import Caller, Owner
from workers.ports.audit import AuditLog
from workers.ports.clock import Clock
from workers.ports.errors import PortError
from workers.ports.limits import Rate, RateLimits

_LOG = logging.getLogger(__name__)
REFUSED = frozenset({401, 403})
# Nothing of anybody's is told or done there.
SILENT = ("/livez", "/docs", "/openapi.json", "/static")
STRANGERS = Rate.per_minute(60)


def note(platform: Platform, request: Request, status: int) -> None:
    """Logs a call by how it is about to be answered. Raises `Unavailable` when an allowed one cannot be logged."""
    if request.url.path.startswith(SILENT):
        return
    caller: Caller | None = getattr(request.state, "caller", None)
    if status == 401 and caller is None and platform.get(RateLimits).take("audit-of-strangers", STRANGERS) is not None:
        return
    try:
        platform.get(AuditLog).write(_entry(platform, request, status, caller))
    except PortError:
        if platform.settings.postgres is None:
            return  # a platform of a test: nothing is kept anywhere
        if status not in REFUSED:
            raise
        _LOG.exception("a refused call could not be logged")


def _entry(platform: Platform, request: Request, status: int, caller: Caller | None) -> AuditEntry:
    owner: Owner | None = getattr(request.state, "owner", None)
    route: Any = request.scope.get("route")
    path = getattr(route, "path", request.url.path.split("/")[1] if route is None else "")
    about = next(iter(request.scope.get("path_params", {}).values()), None)
    return AuditEntry(
        at=platform.get(Clock).now(),
        who=caller.subject if caller else _door(request),
        roles=" ".join(sorted(caller.roles)) if caller else "",
        what=f"{request.method} {path}",
        about=None if about is None else str(about),
        order_id=_order(owner),
        country_code=owner.country_code if owner else None,
        bu_code=owner.bu_code if owner else None,
        allowed=status not in REFUSED,
        reason=f"answered {status}",
    )


def _door(request: Request) -> str:
    """Who has no token: a sales system, a service that notifies us, a stranger."""
    first, _, rest = request.url.path.strip("/").partition("/")
    return f"{first}:{rest.partition('/')[0]}" if first in ("sales", "webhooks") else "somebody"


def _order(owner: Owner | None) -> UUID | None:
    return owner.order_id if owner else None
