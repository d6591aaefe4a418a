"""Our own HTTP API: webhooks of Acrobat Sign, answers of providers and teams, scans of paper forms, health.

Handlers are plain functions: they store first, then tell Camunda. Both may be repeated; the ledger remembers the first answer
and Camunda the message, so a caller that got no answer simply calls again.
"""

from __future__ import annotations

import hmac
import math
from collections.abc import Callable
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse

from workers.api import invoices, providers, sales, scans, webhooks
from workers.api.sales.problems import SalesProblem
from workers.bootstrap import Platform
from workers.domain.errors import DateNotAllowed, DomainError, NotKnown, ScanNotUsable
from workers.ports.errors import Misconfigured, NotFound, PortError, Refused, Unavailable


class UnauthorizedError(Exception):
    """Expected a valid bearer token."""


# Kind of error -> status; the first row that fits counts.
STATUS: tuple[tuple[type[Exception], int], ...] = (
    (UnauthorizedError, 401),
    (sales.UnknownCallerError, 401),
    (NotKnown, 404),
    (ScanNotUsable, 422),
    (DateNotAllowed, 422),
    (DomainError, 409),
    (NotFound, 404),
    (Refused, 409),
    (Unavailable, 503),
    (Misconfigured, 500),
    (PortError, 502),
)
MAX_BODY = 10 * 1024 * 1024


def make_app(platform: Platform) -> FastAPI:
    """The application over a platform; nothing is opened before the first request needs it."""
    app = FastAPI(title="Field-service orders", version="1", docs_url="/docs", openapi_url="/openapi.json")
    app.state.platform = platform
    app.include_router(webhooks.router)
    app.include_router(sales.router)
    sales.prepare(app, platform)
    for router in (providers.router, invoices.router, scans.router):
        app.include_router(router, dependencies=[Depends(_bearer(platform.settings.api.token))])
    app.add_api_route("/livez", lambda: {"status": "ok"}, methods=["GET"])
    for kind, status in STATUS:
        app.add_exception_handler(kind, _problem(status))
    app.add_exception_handler(SalesProblem, _sales_problem)
    app.middleware("http")(_bounded)
    return app


def _bearer(token: str) -> Callable[[Request], None]:
    """Refuses callers without the token; without a configured token nobody gets in."""

    def check(request: Request) -> None:
        scheme, _, shown = request.headers.get("authorization", "").partition(" ")
        if not token or scheme.lower() != "bearer" or not hmac.compare_digest(shown.encode(), token.encode()):
            raise UnauthorizedError

    return check


def _problem(status: int) -> Callable[[Request, Exception], JSONResponse]:
    """An answer as RFC 9457 problem details; the text is ours and holds no personal data."""

    def handler(request: Request, error: Exception) -> JSONResponse:
        problem: dict[str, Any] = {
            "type": "about:blank",
            "title": getattr(error, "code", type(error).__name__),
            "status": status,
            "detail": str(error) or (type(error).__doc__ or ""),
            "instance": request.url.path,
        }
        headers = {"Retry-After": "5"} if status == 503 else {}
        return JSONResponse(problem, status_code=status, headers=headers, media_type="application/problem+json")

    return handler


def _sales_problem(request: Request, error: Exception) -> JSONResponse:
    """In the sales side's word, with everything that is wrong and when to ask again."""
    assert isinstance(error, SalesProblem)
    wait = {} if error.retry_after is None else {"Retry-After": str(math.ceil(error.retry_after.total_seconds()))}
    problem = {"type": "about:blank", "title": error.code, "status": error.status, "detail": str(error), **error.extra}
    return JSONResponse(problem, status_code=error.status, headers=wait, media_type="application/problem+json")


async def _bounded(request: Request, call_next: Any) -> Any:
    """A body that says it is too large is not read."""
    told = request.headers.get("content-length", "0")
    if not told.isdigit() or int(told) > MAX_BODY:
        return _problem(413)(request, ValueError(f"Expected at most {MAX_BODY} bytes"))
    return await call_next(request)
