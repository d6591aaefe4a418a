"""report-tv-outcome: tells the system that sold the order what the technical visit found."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from workers.domain.errors import TenantMismatch
from workers.journey.contract import OrderInput
from workers.journey.report import outcome_report, system_of
from workers.ports.repositories import UnitOfWork
from workers.ports.sales import SalesSystem
from workers.runtime import Context, task


class Input(OrderInput):
    """The outcome."""

    tv_outcome_id: UUID


@task("report-tv-outcome", raises=(TenantMismatch,), system="kafka")
def report_tv_outcome(data: Input, ctx: Context, *, unit: UnitOfWork, sales: Mapping[str, SalesSystem]) -> None:
    """Records the report as an event; a system without technical visits is not told."""
    order = unit.orders.of(data)
    report = outcome_report(order, unit.tv_outcomes.get(data.tv_outcome_id), at=unit.now, report_id=ctx.key)
    system = system_of(sales, order)
    event = system.outcome_event(report) if system else None
    if event:
        unit.emit(event)
    unit.orders.note(order, "survey reported to sales", outcome=report.outcome, told=event is not None)
