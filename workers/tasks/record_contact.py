"""record-contact: an operator called somebody no message reaches."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Any

from pydantic import Field

from workers.domain.errors import TenantMismatch
from workers.domain.matters import Matter
from workers.domain.notifications import Notification, NotificationState
from workers.domain.providers import Provider
from workers.journey import delivery, matters
from workers.journey.contract import Blank
from workers.journey.matters import MatterInput
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


class Input(MatterInput):
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
    """Keeps who called and what came of it; a corrected address is the customer's or the provider's from now on."""
    matter = matters.of(unit, data)
    row = delivery.row_of(unit, matter, data.notification_id)
    by = people.done_by(ctx.process_instance_key, headers.decided_in)
    result = data.contact.decision
    if result is ContactResult.TRY_AGAIN:
        matter = _corrected(unit, matter, data.contact)
    unit.notifications.save(_after(row, matter, result))
    told = {"template": row.template, "recipient": row.recipient.value, "result": result.value}
    matters.note(unit, matter, "operator called", by=by, notes=data.contact.resolution_notes, **told)


def _corrected(unit: UnitOfWork, matter: Matter, contact: Contact) -> Matter:
    given: dict[str, Any] = {
        name: value for name, value in (("email", contact.email), ("phone", contact.phone)) if value
    }
    if not given:
        return matter
    matters.note(unit, matter, "corrected by an operator", fields=sorted(given))
    if isinstance(matter, Provider):
        return unit.providers.save(replace(matter, **given))
    return unit.orders.save(replace(matter, customer=replace(matter.customer, **given)))


def _after(row: Notification, matter: Matter, result: ContactResult) -> Notification:
    channel = row.channel
    if result is ContactResult.TRY_AGAIN:
        reached = matter if isinstance(matter, Provider) else matter.customer
        channel = "email" if reached.email else "sms"
    return replace(row, status=STATES[result], channel=channel)
