"""Our own HTTP API: webhooks of Acrobat Sign, answers of providers and teams, scans of paper forms, health.

Handlers are plain functions: they store first, then tell Camunda. Both may be repeated; the ledger remembers the first answer
and Camunda the message, so a caller that got no answer simply calls again.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles

from workers.api import invoices, onboarding, orders, providers, receipts, sales, scans, tasks, webhooks
from workers.api.access import admitted, known, sight
from workers.api.audit import note
from workers.api.desk import pages, session
from workers.api.desk.render import refusal
from workers.api.edge import AddressUnfit, BodyTooLarge, BodyTooSlow, Edge, TooManyRequests
from workers.api.pages import customer, provider, show
from workers.api.sales.problems import SalesProblem
from workers.bootstrap import Platform
from workers.domain.callers import Forbidden
from workers.domain.errors import (
    ChecklistIncomplete,
    DateNotAllowed,
    DomainError,
    NotKnown,
    RegistrationInvalid,
    ScanNotUsable,
)
from workers.domain.passes import PassRefused
from workers.ports.errors import Misconfigured, NotFound, PortError, Refused, Unavailable
from workers.ports.identity import InvalidTokenError

# Kind of error -> status; the first row that fits counts.
STATUS: tuple[tuple[type[Exception], int], ...] = (
    (InvalidTokenError, 401),
    (Forbidden, 403),
    (sales.UnknownCallerError, 401),
    (BodyTooLarge, 413),
    (BodyTooSlow, 408),
    (AddressUnfit, 422),
    (TooManyRequests, 429),
    (NotKnown, 404),
    (PassRefused, 404),
    (ScanNotUsable, 422),
    (DateNotAllowed, 422),
    (ChecklistIncomplete, 422),
    (RegistrationInvalid, 422),
    (DomainError, 409),
    (NotFound, 404),
    (Refused, 409),
    (Unavailable, 503),
    (Misconfigured, 500),
    (PortError, 502),
)
HEADERS = {503: {"Retry-After": "5"}, 429: {"Retry-After": "10"}, 401: {"WWW-Authenticate": "Bearer"}}


def make_app(platform: Platform) -> FastAPI:
    """The application over a platform; nothing is opened before the first request needs it."""
    app = FastAPI(title="Field-service orders", version="1", **_described(platform))
    app.state.platform = platform
    app.include_router(webhooks.router)
    app.include_router(receipts.router)
    app.include_router(sales.router)
    sales.prepare(app, platform)
    for router in (orders.router, providers.router, onboarding.router, invoices.router, scans.router, tasks.router):
        app.include_router(router, dependencies=[Depends(admitted)])
    app.include_router(pages.guarded)
    app.include_router(pages.doors)
    for path, folder in ((f"{session.ROOT}/static", "desk"), ("/c/static", "pages")):
        app.mount(path, StaticFiles(directory=Path(__file__).parent / folder / "static"))
    for visited in (customer.router, provider.router):
        app.include_router(visited)
    app.add_api_route("/livez", lambda: {"status": "ok"}, methods=["GET"])
    for kind, status in STATUS:
        app.add_exception_handler(kind, _problem(status))
    app.add_exception_handler(SalesProblem, _sales_problem)
    app.add_exception_handler(RequestValidationError, _unfit)
    app.add_middleware(
        Edge, admit=partial(known, platform), refuse=_refused, within=sight, note=partial(note, platform)
    )
    return app


def _described(platform: Platform) -> dict[str, Any]:
    """Where the API describes itself: nowhere unless the settings say so."""
    shown = platform.settings.api.docs
    return {
        "docs_url": "/docs" if shown else None,
        "openapi_url": "/openapi.json" if shown else None,
        "redoc_url": None,
    }


def _unfit(request: Request, error: Exception) -> Response:
    """422 that names the fields and what was expected there; what came is not sent back."""
    assert isinstance(error, RequestValidationError)
    faults = [{"loc": [str(part) for part in fault["loc"]], "msg": str(fault["msg"])} for fault in error.errors()]
    problem = {"type": "about:blank", "title": "INVALID_INPUT", "status": 422, "detail": faults}
    return _Ascii(problem, status_code=422, media_type="application/problem+json")


class _Ascii(JSONResponse):
    """JSON of ASCII alone: a name of a field may be half a character."""

    def render(self, content: Any) -> bytes:
        """As bytes."""
        return json.dumps(content).encode()


def _problem(status: int) -> Callable[[Request, Exception], Response]:
    """An answer as RFC 9457 problem details, or a page to who reads pages; the text is ours and holds no personal data."""

    def handler(request: Request, error: Exception) -> Response:
        if show.is_page(request.url.path):
            return show.refusal(request, status)
        if session.is_page(request.url.path):
            return refusal(request, status, str(error) or (type(error).__doc__ or ""))
        problem: dict[str, Any] = {
            "type": "about:blank",
            "title": getattr(error, "code", type(error).__name__),
            "status": status,
            "detail": str(error) or (type(error).__doc__ or ""),
            "instance": request.url.path,
        }
        headers = HEADERS.get(status, {})
        return JSONResponse(problem, status_code=status, headers=headers, media_type="application/problem+json")

    return handler


def _sales_problem(request: Request, error: Exception) -> JSONResponse:
    """In the sales side's word, with everything that is wrong and when to ask again."""
    assert isinstance(error, SalesProblem)
    wait = {} if error.retry_after is None else {"Retry-After": str(math.ceil(error.retry_after.total_seconds()))}
    problem = {"type": "about:blank", "title": error.code, "status": error.status, "detail": str(error), **error.extra}
    return JSONResponse(problem, status_code=error.status, headers=wait, media_type="application/problem+json")


def _refused(request: Request, error: Exception) -> Response:
    """The answer to a request that does not get in; a bug stays one."""
    status = next((status for kind, status in STATUS if isinstance(error, kind)), None)
    if status is None:
        raise error
    return _problem(status)(request, error)
