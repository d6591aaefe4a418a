"""The routes under `/sales/<system>`. A system sees its own orders and business units alone, by the key it calls with."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from starlette.concurrency import run_in_threadpool

from workers.api.sales import slots as slot_search
from workers.api.sales.access import ORDERS, SalesKeys, limited
from workers.api.sales.problems import SalesProblem, invalid
from workers.bootstrap import INTAKES, Platform, SalesReads, SalesSystems
from workers.domain.ids import order_key
from workers.intake.desk import Desk, keep
from workers.intake.kinds import Arrival, Understood, understood
from workers.ports.clock import Clock
from workers.ports.errors import Unavailable
from workers.ports.events import EventBus
from workers.ports.inbox import Inbox, Reception
from workers.ports.limits import RateLimits
from workers.ports.processes import Processes
from workers.ports.sales import Unreadable
from workers.ports.secrets import Secrets
from workers.ports.streams import Record

Kind = Literal["orders", "updates", "cancellations"]
# Route -> the place of its topic among a system's three, and thereby the kind of document.
KINDS: Mapping[Kind, int] = {"orders": 0, "updates": 1, "cancellations": 2}
LONGEST_ID = 255


class UnknownCallerError(Exception):
    """Expected the key of this sales system as a bearer token."""


def caller(system: str, request: Request) -> str:
    """The system whose key the caller shows. An unknown system is refused as a wrong key: nobody learns which exist."""
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    if system not in INTAKES or scheme.lower() != "bearer" or not _keys(request).fits(system, shown):
        raise UnknownCallerError
    return system


def _keys(request: Request) -> SalesKeys:
    keys: SalesKeys = request.app.state.sales_keys
    return keys


def prepare(app: FastAPI, platform: Platform) -> None:
    """What the routes share: the keys they know."""
    app.state.sales_keys = SalesKeys(lambda: platform.get(Secrets))


System = Annotated[str, Depends(caller)]
router = APIRouter(prefix="/sales/{system}", tags=["sales"])


class Taken(BaseModel):
    """What became of a document."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)
    order_key: str
    reception: Reception
    # What an operator of ours has to correct before the order goes on.
    issues: list[dict[str, str]] = Field(default_factory=list)


@router.post("/{kind}", status_code=202, response_model=Taken)
async def take_in(system: System, kind: Kind, request: Request) -> Taken:
    """Takes a document in as if it had come by Kafka; the header `event-id` makes both one message.

    422 with everything that is wrong, 409 when another message told the same order before.
    """
    body = await request.body()
    headers = {name: request.headers[name] for name in ("event-id", "correlation-id") if name in request.headers}
    return await run_in_threadpool(_take_in, request.app.state.platform, system, kind, body, headers)


def _take_in(platform: Platform, system: str, kind: Kind, body: bytes, headers: Mapping[str, str]) -> Taken:
    group, topics = INTAKES[system]
    named = {"event-id": hashlib.sha256(body).hexdigest(), **headers}
    record = Record(topics[KINDS[kind]], partition=-1, offset=-1, key="", value=body, headers=named)
    desk = _desk(platform, system, group)
    arrival = Arrival(record, group)
    try:
        told = understood(desk.sales, record)
        limited(platform.get(RateLimits), f"sales-orders:{system}:{_tenant(told)}", ORDERS)
        received = keep(desk, arrival, told)
    except Unreadable as failure:
        raise invalid(failure.issues) from failure
    except Unavailable as error:
        raise SalesProblem("SERVICE_UNAVAILABLE", str(error), retry_after=error.retry_after) from error
    if received.reception is Reception.TWIN:
        raise SalesProblem("DUPLICATE_ORDER", f"Expected a new order, but {told.external_order_id} is known")
    issues = [{"code": issue.code, "field": issue.field} for issue in told.order.issues] if told.order else []
    return Taken(order_key=order_key(system, told.external_order_id), reception=received.reception, issues=issues)


def _tenant(told: Understood) -> str:
    return f"{told.order.country_code}/{told.order.bu_code}" if told.order else "all"


def _desk(platform: Platform, system: str, group: str) -> Desk:
    return Desk(
        consumer=group,
        sales=platform.get(SalesSystems)[system],
        inbox=platform.get(Inbox),
        processes=platform.get(Processes),
        bus=platform.get(EventBus),
        clock=platform.get(Clock),
    )


class Wanted(BaseModel):
    """A slot query: what, where, when. `businessUnitId` and `sku` are the caller's own ids."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)
    business_unit_id: str = Field(min_length=1, max_length=50)
    sku: str = Field(min_length=1, max_length=50)
    postal_code: str = Field(min_length=1, max_length=20)
    duration_min: int | None = Field(default=None, ge=15, le=960)
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    skills: tuple[Annotated[str, Field(max_length=50)], ...] = Field(default=(), max_length=20)
    shift: Literal["AM", "PM"] | None = None
    delivery_date: date | None = None


@router.post("/slots/query")
def slots(system: System, wanted: Wanted, request: Request) -> dict[str, Any]:
    """When somebody could come; a day that is closed says why. The answer may be five minutes old."""
    return slot_search.answer(request.app.state.platform, system, wanted.model_dump())


@router.get("/orders/{external_id}")
def look_up(
    system: System,
    external_id: str,
    request: Request,
    kind: Annotated[Literal["SALES_ORDER", "PROJECT", "LEAD"], Query(alias="type")] = "SALES_ORDER",
) -> dict[str, Any]:
    """How one of the caller's orders stands: state, date, provider. A service order is known by its sales order alone."""
    platform: Platform = request.app.state.platform
    found = platform.get(SalesReads).sale(system, external_id) if kind == "SALES_ORDER" else None
    if found is None:
        raise SalesProblem("NOT_FOUND", f"Expected a {kind} {external_id[:LONGEST_ID]}, but there is none")
    return dict(found)
