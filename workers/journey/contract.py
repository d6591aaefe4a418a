"""What the inputs of tasks have in common."""

from __future__ import annotations

import math
from typing import Annotated, TypeAlias, TypeVar
from uuid import UUID

from pydantic import BeforeValidator

from workers.domain.errors import NotKnown, OrderFrozen
from workers.domain.orders import ServiceOrder
from workers.domain.visits import Visit
from workers.ports.repositories import UnitOfWork
from workers.runtime import TaskInput

T = TypeVar("T")
# A field of a form that was left empty comes as an empty text.
Blank: TypeAlias = Annotated[T | None, BeforeValidator(lambda value: None if value == "" else value)]


def _whole(value: object) -> object:
    if value is None or value == "":
        return 0
    return math.ceil(value) if isinstance(value, float) and math.isfinite(value) else value


# A number of a form: left empty it comes as null, and a person may type a fraction.
Whole: TypeAlias = Annotated[int, BeforeValidator(_whole)]


class OrderInput(TaskInput):
    """The order, and whose the process believes it to be."""

    service_order_id: UUID
    country_code: str
    bu_code: str


class VisitInput(OrderInput):
    """A visit of the order."""

    visit_id: UUID


def alive(order: ServiceOrder) -> ServiceOrder:
    """The order, if it is not being cancelled.

    A job of the interrupted flow may still be on its way when the order is frozen. The order's lock puts one before the
    other: either the sweep finds what the job took, or the job finds the order frozen and takes nothing.
    """
    if order.frozen:
        raise OrderFrozen(f"Order {order.id} is being cancelled")
    return order


def visit_of(unit: UnitOfWork, order: ServiceOrder, visit_id: UUID) -> Visit:
    """A visit, which must be one of this order."""
    visit = unit.visits.get(visit_id)
    if visit.order_id != order.id:
        raise NotKnown(f"Expected visit {visit_id} to belong to order {order.id}, but it belongs to another")
    return visit
