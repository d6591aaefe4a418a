"""validate-order: is the order complete enough to be carried out? An operator's correction is applied first."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from workers.domain import facts, validation
from workers.domain.errors import DuplicateOrder, OrderInvalid, TenantMismatch
from workers.domain.orders import ServiceOrder
from workers.domain.states import OrderState
from workers.domain.validation import Correction
from workers.domain.values import TvResult
from workers.journey.contract import Blank, OrderInput
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskInput, TaskOutput, task

TV_VALID_FOR = timedelta(days=90)


def _by_line(value: Any) -> Any:
    """The form gives a list of rows; both ways of writing it are understood."""
    return {row["lineId"]: row["quantity"] for row in value} if isinstance(value, list) else value


class CorrectionForm(TaskInput):
    """What an operator typed into the form `correct-order`; empty fields change nothing."""

    decision: str = "RETRY"
    email: Blank[str] = Field(default=None, repr=False)
    phone: Blank[str] = Field(default=None, repr=False)
    street: Blank[str] = Field(default=None, repr=False)
    postal_code: Blank[str] = None
    city: Blank[str] = None
    quantities: Annotated[dict[str, Decimal] | None, BeforeValidator(_by_line)] = None


class Input(OrderInput):
    """The order, and a correction when this is another try."""

    correction: CorrectionForm | None = None


class Facts(TaskOutput):
    """What decisions need to know about the order."""

    source_system: str
    service_code: str
    category: str
    total: float
    tv_mandatory: bool | None
    confidence: str | None
    valid_tv: bool
    urgency: str
    created_at: datetime
    sales_channel: str | None
    provider_share: float | None
    notice_days: int | None


class Output(TaskOutput):
    """The number people use, and the facts."""

    order_number: str
    facts: Facts


@task("validate-order", raises=(OrderInvalid, DuplicateOrder, TenantMismatch))
def validate_order(data: Input, ctx: Context, *, unit: UnitOfWork) -> Output:
    """Checks the order and accepts it (RECEIVED to CREATED), or names everything that is wrong at once."""
    order = unit.orders.of(data)
    if order.state is not OrderState.RECEIVED:
        raise DuplicateOrder(f"Expected order {order.id} to be RECEIVED, but it is {order.state} already")
    if data.correction and data.correction.decision == "RETRY":
        order = _corrected(unit, order, data.correction)
    issues = validation.issues(order)
    if issues:
        unit.orders.save(replace(order, issues=issues))
        unit.keep()
        raise OrderInvalid(validationErrors=[asdict(issue) for issue in issues])
    order = unit.orders.move(replace(order, issues=()), OrderState.CREATED)
    unit.announce(facts.of_order(order, facts.ORDER_CREATED, serviceType=order.service_type))
    return Output(order_number=order.order_number, facts=_facts(unit, order))


def _corrected(unit: UnitOfWork, order: ServiceOrder, form: CorrectionForm) -> ServiceOrder:
    fields = form.model_dump(include={"email", "phone", "street", "postal_code", "city"})
    change = Correction(**fields, quantities=form.quantities or {})
    unit.orders.note(order, "corrected by an operator", fields=list(change.fields))
    return validation.corrected(order, change)


def _facts(unit: UnitOfWork, order: ServiceOrder) -> Facts:
    seen = unit.tv_outcomes.latest(order.id)
    fresh = seen is not None and seen.outcome is TvResult.YES and unit.now - seen.recorded_at < TV_VALID_FOR
    told = order.system_metadata
    wished = told.get("tvMandatory")
    return Facts(
        source_system=order.source_system,
        service_code=order.service_code,
        category=order.category,
        total=float(order.total),
        tv_mandatory=unit.references.requires_tv(order) if wished is None else wished,
        confidence=told.get("preEstimationConfidence") or unit.references.confidence(order),
        valid_tv=fresh,
        urgency=order.urgency,
        created_at=order.created_at,
        sales_channel=order.sales_channel,
        provider_share=_share(order),
        notice_days=(order.requested_date - order.country.day(unit.now)).days if order.requested_date else None,
    )


def _share(order: ServiceOrder) -> float | None:
    """What the provider gets of the price of the services; unknown without both."""
    if order.provider_total is None or order.service_price == 0:
        return None
    return round(float(order.provider_total / order.service_price), 4)
