"""Orders for people of the back office: found by words and numbers, within the countries and units they work for."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.exceptions import RequestValidationError

from workers.bootstrap import OrderSearch, Platform, Within
from workers.domain.callers import Caller, Role

router = APIRouter(tags=["orders"])
SEARCHERS = (Role.OPS, Role.SUPERVISOR, Role.FINANCE, Role.QUALITY, Role.CAPACITY, Role.SUPPORT)


@router.get("/orders")
def search(
    request: Request,
    text: Annotated[str, Query(alias="q", min_length=1, max_length=200)],
    after: Annotated[str | None, Query(max_length=300)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """Orders that have every word of `q`, the newest first; `after` of the answer asks for the next page."""
    platform: Platform = request.app.state.platform
    try:
        page = platform.get(OrderSearch).find(text, within=within(request.state.caller), after=after, limit=limit)
    except ValueError as error:
        raise RequestValidationError([{"loc": ("query", "after"), "msg": str(error), "type": "value_error"}]) from error
    return {"orders": [asdict(line) for line in page.lines], "after": page.following}


def within(caller: Caller) -> Within:
    """Whose orders a caller may find: of the countries of the roles that may search, or of its own."""
    if Role.EVERYTHING in caller.roles:
        return Within()
    groups = {country for role, country in caller.groups if role in SEARCHERS}
    return Within(groups or caller.countries, caller.bu_codes, caller.store_codes)
