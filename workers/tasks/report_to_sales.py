"""report-to-sales: tells the system that sold the order how it stands, in that system's own words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from workers.domain.errors import TenantMismatch
from workers.domain.orders import ServiceOrder
from workers.domain.states import OrderState
from workers.journey import notify
from workers.journey.cancelling import Fee
from workers.journey.contract import OrderInput
from workers.journey.report import outcome_of, reference_of, system_of
from workers.ports.outcomes import OutcomeWebhooks
from workers.ports.repositories import UnitOfWork
from workers.ports.sales import ReportedStatus, SalesSystem, StatusReport
from workers.runtime import Context, task

# An order that was accepted and then not approved is told as rejected; its own state machine calls that cancelled.
REJECTED = {OrderState.RECEIVED: OrderState.REJECTED, OrderState.CREATED: OrderState.CANCELLED}


class Input(OrderInput):
    """What to report."""

    status: ReportedStatus
    reason: str | None = None
    fee: Fee | None = None


# A call of the sales side may take half a minute, three times.
@task("report-to-sales", raises=(TenantMismatch,), timeout=timedelta(minutes=3), system="kafka")
def report_to_sales(
    data: Input, ctx: Context, *, unit: UnitOfWork, sales: Mapping[str, SalesSystem], webhooks: OutcomeWebhooks
) -> None:
    """Records the report as an event, and calls a system that wants to be called when an order ends.

    An operator's refusal also rejects the order.
    """
    order = unit.orders.of(data)
    rejected = REJECTED.get(order.state) if data.status is ReportedStatus.REJECTED and not order.frozen else None
    if rejected is not None:
        order = unit.orders.move(order, rejected, reason=data.reason)
    details = DETAILS.get(data.status, _nothing)(unit, order)
    if data.status is ReportedStatus.CANCELLED and data.fee:
        details["feeProposal"] = data.fee.proposed(order)
    report = StatusReport(reference_of(order), data.status, unit.now, ctx.key, data.reason, details)
    system = system_of(sales, order)
    event = system.status_event(report) if system else None
    if event:
        unit.emit(event)
    outcome = outcome_of(unit, order, data.status, ctx.key)
    called = {"called": True} if outcome and webhooks.deliver(outcome) else {}
    unit.orders.note(order, "reported to sales", status=data.status.value, told=event is not None, **called)


def _nothing(unit: UnitOfWork, order: ServiceOrder) -> dict[str, Any]:
    del unit, order
    return {}


def _issues(unit: UnitOfWork, order: ServiceOrder) -> dict[str, Any]:
    del unit
    return {"errors": [{"code": issue.code, "field": issue.field} for issue in order.issues]}


def _appointment(unit: UnitOfWork, order: ServiceOrder) -> dict[str, Any]:
    planned = [visit for visit in unit.visits.of_order(order.id) if visit.planned_start and order.driven_by(visit.kind)]
    return dict(notify.appointment(order, planned[-1])) if planned else {}


def _provider(unit: UnitOfWork, order: ServiceOrder) -> dict[str, Any]:
    provider = notify.provider_of(unit, order, None)
    return _appointment(unit, order) | ({"providerName": provider.name} if provider else {})


def _result(unit: UnitOfWork, order: ServiceOrder) -> dict[str, Any]:
    forms = unit.wcfs.of_order(order.id)
    runs = [unit.executions.latest(visit.id) for visit in unit.visits.of_order(order.id) if order.driven_by(visit.kind)]
    minutes = sum(run.minutes or 0 for run in runs if run)
    return {"actualMinutes": minutes, "rating": forms[-1].rating if forms else None}


def _fee(unit: UnitOfWork, order: ServiceOrder) -> dict[str, Any]:
    del unit
    return {"feeProposal": (order.cancellation or {}).get("fee")}


DETAILS: Mapping[ReportedStatus, Callable[[UnitOfWork, ServiceOrder], dict[str, Any]]] = {
    ReportedStatus.REJECTED: _issues,
    ReportedStatus.SCHEDULED: _appointment,
    ReportedStatus.ASSIGNED: _provider,
    ReportedStatus.COMPLETED: _result,
    ReportedStatus.CANCELLED: _fee,
}
