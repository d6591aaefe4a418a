"""report-tv-modifications: asks the system that sold the order to reprice what the technical visit changed."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from workers.domain.errors import TenantMismatch
from workers.journey.contract import OrderInput
from workers.journey.report import outcome_report, system_of
from workers.ports.repositories import UnitOfWork
from workers.ports.sales import SalesSystem
from workers.runtime import Context, TaskOutput, task


class Input(OrderInput):
    """The outcome."""

    tv_outcome_id: UUID


class Output(TaskOutput):
    """The outcome the answer has to name."""

    tv_outcome_number: str


@task("report-tv-modifications", raises=(TenantMismatch,), system="kafka")
def report_tv_modifications(data: Input, ctx: Context, *, unit: UnitOfWork, sales: Mapping[str, SalesSystem]) -> Output:
    """Records the request as an event; the answer comes as an updated order."""
    order = unit.orders.of(data)
    report = outcome_report(order, unit.tv_outcomes.get(data.tv_outcome_id), at=unit.now, report_id=ctx.key)
    system = system_of(sales, order)
    event = system.modifications_event(report) if system else None
    if event:
        unit.emit(event)
    unit.orders.note(order, "repricing asked of sales", outcome=report.outcome_number, told=event is not None)
    return Output(tv_outcome_number=report.outcome_number)
