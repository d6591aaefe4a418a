"""check-delivery-status: whether what was sold is where the work is."""

from __future__ import annotations

from typing import Any

from workers.domain.errors import StatusUnavailable, TenantMismatch
from workers.domain.values import DeliveryStatus
from workers.journey.contract import OrderInput
from workers.journey.going import open_products, told
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskOutput, task


class Output(TaskOutput):
    """The status, and the products that are missing where each was told."""

    delivery_status: DeliveryStatus
    open_products: list[dict[str, Any]]


@task("check-delivery-status", raises=(StatusUnavailable, TenantMismatch))
def check_delivery_status(data: OrderInput, ctx: Context, *, unit: UnitOfWork) -> Output:
    """Reads what intake stored; an order without goods needs no delivery."""
    order = unit.orders.of(data)
    if not order.has_goods:
        return Output(delivery_status=DeliveryStatus.NOT_REQUIRED, open_products=[])
    if order.delivery_status is None:
        raise StatusUnavailable(f"Expected a delivery status of order {order.id}, but nobody told one")
    missing = [dict(item) for item in open_products(told(order, "delivery"))]
    return Output(delivery_status=DeliveryStatus(order.delivery_status), open_products=missing)
