"""record-contact: an operator called somebody no message reaches."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from pydantic import Field

from workers.domain.errors import TenantMismatch
from workers.domain.notifications import Notification, NotificationState
from workers.domain.orders import ServiceOrder
from workers.journey import delivery
from workers.journey.contract import Blank, OrderInput
from workers.ports.people import TaskLog
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskHeaders, TaskInput, task


class ContactResult(StrEnum):
    """What came of the call."""

    REACHED = "REACHED"
    TRY_AGAIN = "TRY_AGAIN"
    GIVE_UP = "GIVE_UP"


class Contact(TaskInput):
    """The form `contact-recipient`; corrected addresses count for TRY_AGAIN."""

    decision: ContactResult
    email: Blank[str] = Field(default=None, repr=False)
    phone: Blank[str] = Field(default=None, repr=False)
    resolution_notes: str = ""


class Input(OrderInput):
    """Which message, and what the operator says."""

    notification_id: str
    contact: Contact


class Headers(TaskHeaders):
    """Set in the model: the human task in which it was decided."""

    decided_in: str


STATES = {
    ContactResult.REACHED: NotificationState.DELIVERED,
    ContactResult.GIVE_UP: NotificationState.NOT_NEEDED,
    ContactResult.TRY_AGAIN: NotificationState.DEFERRED,
}


@task("record-contact", raises=(TenantMismatch,))
def record_contact(data: Input, ctx: Context, *, headers: Headers, unit: UnitOfWork, people: TaskLog) -> None:
    """Keeps who called and what came of it; a corrected address is the customer's from now on."""
    order = unit.orders.of(data)
    row = delivery.row_of(unit, order, data.notification_id)
    by = people.done_by(ctx.process_instance_key, headers.decided_in)
    result = data.contact.decision
    if result is ContactResult.TRY_AGAIN:
        order = _corrected(unit, order, data.contact)
    unit.notifications.save(_after(row, order, result))
    told = {"template": row.template, "recipient": row.recipient.value, "result": result.value}
    unit.orders.note(order, "operator called", by=by, notes=data.contact.resolution_notes, **told)


def _corrected(unit: UnitOfWork, order: ServiceOrder, contact: Contact) -> ServiceOrder:
    given = {name: value for name, value in (("email", contact.email), ("phone", contact.phone)) if value}
    if not given:
        return order
    unit.orders.note(order, "corrected by an operator", fields=sorted(given))
    return unit.orders.save(replace(order, customer=replace(order.customer, **given)))


def _after(row: Notification, order: ServiceOrder, result: ContactResult) -> Notification:
    channel = row.channel
    if result is ContactResult.TRY_AGAIN:
        channel = "email" if order.customer.email else "sms"
    return replace(row, status=STATES[result], channel=channel)
