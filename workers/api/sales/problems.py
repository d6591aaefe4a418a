"""What a sales system is told when something is wrong: one word it knows, and whether asking again helps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from workers.domain.orders import Issue

# The sales side's word -> our status. The first rows are final, the last two are worth another try.
STATUS: Mapping[str, int] = {
    "INVALID_ORDER": 422,
    "INVALID_ADDRESS": 422,
    "DUPLICATE_ORDER": 409,
    "NO_SLOTS_AVAILABLE": 409,
    "SKILLS_NOT_AVAILABLE": 409,
    "NOT_FOUND": 404,
    "RATE_LIMIT_EXCEEDED": 429,
    "SERVICE_UNAVAILABLE": 503,
}


class SalesProblem(Exception):
    """The request cannot be served; `code` is the sales side's word for why."""

    def __init__(
        self, code: str, detail: str, *, retry_after: timedelta | None = None, extra: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(detail)
        self.code, self.status = code, STATUS[code]
        self.retry_after, self.extra = retry_after, dict(extra or {})


def invalid(issues: Sequence[Issue], code: str = "INVALID_ORDER") -> SalesProblem:
    """Everything that is wrong with a document, by code and path; never a value."""
    told = [{"code": issue.code, "field": issue.field} for issue in issues]
    return SalesProblem(code, "; ".join(f"{e['field']}: {e['code']}" for e in told), extra={"errors": told})
