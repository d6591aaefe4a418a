"""Rework: an order of our own that mends another one's work, free for the customer and urgent (domain brief C1)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from workers.domain import ids
from workers.domain.orders import Product, ServiceOrder
from workers.domain.states import ORDER, WCF, OrderState, WcfState
from workers.domain.values import DeliveryStatus, PaymentStatus, SourceSystem, Urgency
from workers.ports.processes import Processes, ProcessMessage
from workers.ports.repositories import UnitOfWork

SKU, SERVICE_CODE, SERVICE_TYPE = "70090000", "REWORK_GENERIC", "REWORK"
SETTLED = "rework-settled"
EXCLUDED = "excludedProviderId"


def rework_of(unit: UnitOfWork, parent: ServiceOrder) -> ServiceOrder | None:
    """The rework of an order that is still going on; a later complaint adds to it."""
    number = 1
    while found := unit.orders.find(ids.order_id(SourceSystem.CUSTOM, external_id(parent, number))):
        if not ORDER.terminal(found.state):
            return found
        number += 1
    return None


def external_id(parent: ServiceOrder, number: int) -> str:
    """The id of an order's n-th rework: `RW-SO-2027-7KQ2M4XA-1`."""
    return f"RW-{parent.order_number}-{number}"


def new_rework(
    unit: UnitOfWork, parent: ServiceOrder, issues: Sequence[str], *, excluded_provider: UUID | None
) -> ServiceOrder:
    """The next rework of an order, kept as RECEIVED: same customer and address, no price, nothing to be delivered."""
    number = 1
    while unit.orders.find(ids.order_id(SourceSystem.CUSTOM, external_id(parent, number))):
        number += 1
    told: dict[str, Any] = {"issues": list(issues), "reworkOf": parent.order_number, "tvMandatory": False}
    if excluded_provider:
        told[EXCLUDED] = str(excluded_provider)
    service = Product(
        line_id="1",
        sku=SKU,
        name="Rework",
        quantity=Decimal(1),
        unit_price=Decimal(0),
        currency=parent.country.currency,
        kind="SERVICE",
    )
    order = ServiceOrder.received(
        source_system=SourceSystem.CUSTOM,
        external_order_id=external_id(parent, number),
        sales_channel=parent.sales_channel,
        country_code=parent.country_code,
        bu_code=parent.bu_code,
        store_code=parent.store_code,
        customer=parent.customer,
        address=parent.address,
        products=(service,),
        service_type=SERVICE_TYPE,
        service_code=SERVICE_CODE,
        category=parent.category,
        urgency=Urgency.URGENT,
        delivery_status=DeliveryStatus.NOT_REQUIRED,
        payment_status=PaymentStatus.FULLY_PAID,
        created_at=unit.now,
        updated_at=unit.now,
        raw_payload={"reworkOf": parent.order_number, "issues": list(issues)},
        system_metadata=told,
        parent_order_id=parent.id,
    )
    return unit.orders.add(order)


def started(order: ServiceOrder) -> ProcessMessage:
    """The message that starts the rework's own journey."""
    variables = {
        "serviceOrderId": str(order.id),
        "orderKey": order.order_key,
        "countryCode": order.country_code,
        "buCode": order.bu_code,
        "storeCode": order.store_code,
        "urgency": order.urgency.value,
        "sourceSystem": order.source_system.value,
    }
    return ProcessMessage("order-created", order.order_key, f"order-created:{order.id}", variables=variables)


def settle_parent(unit: UnitOfWork, processes: Processes, order: ServiceOrder) -> None:
    """A rework ended: accepted, it settles what the customer noted on the first form; the first order's journey hears of it."""
    if order.parent_order_id is None:
        return
    accepted = order.state is OrderState.CLOSED
    if accepted:
        for form in unit.wcfs.of_order(order.parent_order_id):
            if WCF.allows(form.state, WcfState.RESOLVED):
                unit.wcfs.save(form.moved(WcfState.RESOLVED))
    variables = {"rework": {"accepted": accepted, "orderId": str(order.id)}}
    message_id = f"{SETTLED}:{order.id}"
    processes.publish(ProcessMessage(SETTLED, str(order.parent_order_id), message_id, variables=variables))
