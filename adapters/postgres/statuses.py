"""What was told about payment and delivery, kept with the order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from adapters.postgres.repositories.orders import OrderRepository
from workers.domain.orders import ServiceOrder
from workers.domain.values import PaymentStatus
from workers.ports.statuses import StatusChange


def apply(orders: OrderRepository, order: ServiceOrder, change: StatusChange) -> ServiceOrder:
    """The order with the news; the same order when it knew newer ones."""
    known = order.status_details.get(change.subject) or {}
    if change.told_at and known.get("at") and datetime.fromisoformat(known["at"]) > change.told_at:
        orders.note(order, f"{change.subject} news came late", status=change.status)
        return order
    at = change.told_at.isoformat() if change.told_at else known.get("at")
    details = {**change.details, "status": change.status, "at": at}
    fresh: dict[str, Any] = {"status_details": {**order.status_details, change.subject: details}}
    if change.subject == "payment":
        fresh["payment_status"] = PaymentStatus(change.status)
    else:
        fresh["delivery_status"] = change.status
        fresh["delivery_date"] = change.delivery_date or order.delivery_date
    changed = orders.save(replace(order, **fresh))
    orders.note(changed, f"{change.subject} status told", status=change.status)
    return changed
