"""Reports to the system that sold an order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from workers.domain import facts, ids
from workers.domain.orders import ServiceOrder
from workers.domain.visits import Execution, TvOutcome
from workers.ports.outcomes import Outcome, VisitOutcome
from workers.ports.repositories import UnitOfWork
from workers.ports.sales import OrderReference, OutcomeReport, ReportedStatus, SalesSystem


def reference_of(order: ServiceOrder) -> OrderReference:
    """Which sale a report is about."""
    return OrderReference(order.id, order.source_system, order.external_order_id, order.country_code, order.bu_code)


def system_of(sales: Mapping[str, SalesSystem], order: ServiceOrder) -> SalesSystem | None:
    """The system to tell; orders of our own were sold by nobody who wants to hear of them."""
    return sales.get(order.source_system)


def outcome_report(order: ServiceOrder, found: TvOutcome, *, at: datetime, report_id: str) -> OutcomeReport:
    """What a technical visit found, for the sales side."""
    return OutcomeReport(
        order=reference_of(order),
        outcome_number=found.number,
        visit_id=found.visit_id,
        outcome=found.outcome.value,
        at=at,
        report_id=report_id,
        reason=found.reason,
        modifications=facts.modifications(found),
    )


# What the team's word means for the sales side, and for each line it sold; other words mean that nothing was done.
ENDS: Mapping[str | None, tuple[VisitOutcome, str]] = {
    "COMPLETED": (VisitOutcome.COMPLETED, "INSTALLED"),
    "PARTIALLY_COMPLETED": (VisitOutcome.PARTIALLY_COMPLETED, "PARTIALLY"),
    "REQUIRES_FOLLOWUP": (VisitOutcome.PARTIALLY_COMPLETED, "PARTIALLY"),
}
FAILED = (VisitOutcome.FAILED, "NOT")


def outcome_of(unit: UnitOfWork, order: ServiceOrder, status: ReportedStatus, report_id: str) -> Outcome | None:
    """The outcome the sales side is called with when an order ends; None for a status that is no end. Nobody is named."""
    if status is ReportedStatus.CANCELLED:
        return _outcome(order, (VisitOutcome.CANCELLED, "NOT"), at=unit.now, report_id=report_id)
    if status is not ReportedStatus.COMPLETED:
        return None
    runs = [unit.executions.latest(visit.id) for visit in unit.visits.of_order(order.id) if order.driven_by(visit.kind)]
    done = [run for run in runs if run is not None]
    last = done[-1] if done else None
    end = ENDS.get(last.completion_status if last else None, FAILED)
    return _outcome(order, end, at=unit.now, report_id=report_id, **_work(unit, order, done))


def _work(unit: UnitOfWork, order: ServiceOrder, done: list[Execution]) -> dict[str, Any]:
    """What was done, of all visits together."""
    if not done:
        return {}
    forms = unit.wcfs.of_order(order.id)
    faults = [reservation.severity.value for form in forms[-1:] for reservation in form.reservations]
    team_id = done[-1].team_id
    return {
        "visit_id": done[-1].visit_id,
        "actual_minutes": sum(run.minutes or 0 for run in done),
        "team_name": unit.providers.team(team_id).name if team_id else None,
        "satisfaction": forms[-1].rating if forms else None,
        "issues": faults,
        "follow_up_reason": "RESERVATIONS" if faults else None,
    }


def _outcome(
    order: ServiceOrder, end: tuple[VisitOutcome, str], *, at: datetime, report_id: str, **work: Any
) -> Outcome:
    outcome, line = end
    return Outcome(
        event_id=ids.derived_id("outcome", order.id, report_id),
        order=reference_of(order),
        outcome=outcome,
        completed_at=at,
        items=[{"lineId": product.line_id, "status": line} for product in order.products],
        **work,
    )
