"""The appointment of a visit as the process keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from workers.domain.orders import ServiceOrder
from workers.domain.visits import BEFORE_VISIT, Booking, Visit
from workers.runtime import TaskOutput


class ScheduledSlot(TaskOutput):
    """The slot on the customer's clock. `end` is on the last day; most work begins and ends on the same one."""

    day: date = Field(alias="date")
    last_day: date = Field(alias="lastDate")
    label: str
    start: str
    end: str


class Appointment(TaskOutput):
    """The slot of a visit, and the instants timers wait for."""

    booking_id: UUID | None
    scheduled_slot: ScheduledSlot
    scheduled_at: datetime
    visit_start_minus_2h: datetime = Field(alias="visitStartMinus2h")
    no_show_at: datetime


def appointment_of(order: ServiceOrder, visit: Visit, bookings: Sequence[Booking]) -> dict[str, Any]:
    """The fields of an `Appointment`, by their variable names. Nothing is booked while no provider covers the address."""
    first, last = (order.country.local(moment) for moment in (visit.start, visit.planned_end or visit.start))
    start, end = first.strftime("%H:%M"), last.strftime("%H:%M")
    slot = ScheduledSlot(date=first.date(), lastDate=last.date(), label=visit.slot_label or start, start=start, end=end)
    return {
        "booking_id": bookings[0].id if bookings else None,
        "scheduled_slot": slot,
        "scheduled_at": visit.start,
        "visitStartMinus2h": visit.start - BEFORE_VISIT,
        "no_show_at": visit.no_show_at,
    }
