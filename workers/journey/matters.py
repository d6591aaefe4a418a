"""Tasks that are about an order, or about a provider where there is no order: one way to find which, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from workers.domain.errors import NotKnown
from workers.domain.matters import Matter
from workers.domain.orders import ServiceOrder
from workers.domain.values import Urgency
from workers.ports.repositories import UnitOfWork
from workers.runtime import TaskInput


class MatterInput(TaskInput):
    """The order, or the provider of a task without an order, and whose the process believes it to be."""

    service_order_id: UUID | None = None
    provider_id: UUID | None = None
    country_code: str
    bu_code: str


class ProviderInput(TaskInput):
    """The provider, and whose the process believes it to be."""

    provider_id: UUID
    country_code: str
    bu_code: str


@dataclass(frozen=True, slots=True)
class _Scope:
    service_order_id: UUID
    country_code: str
    bu_code: str


def of(unit: UnitOfWork, data: MatterInput) -> Matter:
    """The order of a task, locked; without one the provider. Whose it is was asked before the handler ran."""
    if data.service_order_id is not None:
        return unit.orders.of(_Scope(data.service_order_id, data.country_code, data.bu_code))
    if data.provider_id is None:
        raise NotKnown("Expected the id of an order or of a provider, but neither is set")
    return unit.providers.get(data.provider_id)


def order_of(matter: Matter) -> ServiceOrder | None:
    """The order, if it is one."""
    return matter if isinstance(matter, ServiceOrder) else None


def named(matter: Matter) -> dict[str, str | None]:
    """The ids a process about this carries: those of an order, or of a provider."""
    order = order_of(matter)
    return {
        "serviceOrderId": str(order.id) if order else None,
        "orderKey": order.order_key if order else None,
        "orderNumber": order.order_number if order else None,
        "providerId": None if order else str(matter.id),
        "countryCode": matter.country_code,
        "buCode": matter.bu_code,
    }


def is_urgent(matter: Matter) -> bool:
    """What an order says of itself; nothing about a provider rings."""
    order = order_of(matter)
    return order is not None and order.urgency is Urgency.URGENT


def frozen(matter: Matter) -> bool:
    """Whether it is an order that is being cancelled."""
    order = order_of(matter)
    return order is not None and order.frozen


def note(unit: UnitOfWork, matter: Matter, what: str, **detail: Any) -> None:
    """A line in the order's timeline; what is told to a provider without an order is in the ledger of messages alone."""
    order = order_of(matter)
    if order is not None:
        unit.orders.note(order, what, **detail)
