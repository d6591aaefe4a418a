"""Reports to the system that sold an order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from workers.domain import facts
from workers.domain.orders import ServiceOrder
from workers.domain.visits import TvOutcome
from workers.ports.sales import OrderReference, OutcomeReport, SalesSystem


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
