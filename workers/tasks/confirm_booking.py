"""confirm-booking: the held slot becomes the team's for good."""

from __future__ import annotations

from uuid import UUID

from workers.domain import facts
from workers.domain.errors import SlotLost, TenantMismatch
from workers.domain.states import BookingState
from workers.journey.contract import OrderInput, alive
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, task


class Input(OrderInput):
    """The hold."""

    booking_id: UUID


@task("confirm-booking", raises=(SlotLost, TenantMismatch))
def confirm_booking(data: Input, ctx: Context, *, unit: UnitOfWork) -> None:
    """Confirms a hold that nobody took back; a late one too, as long as the slot was not given away."""
    order = alive(unit.orders.of(data))
    booking = unit.bookings.find(data.booking_id)
    if booking is None or booking.order_id != order.id or booking.state is not BookingState.PRE_BOOKED:
        raise SlotLost(
            f"Expected booking {data.booking_id} to be held, but it is {booking.state if booking else 'gone'}"
        )
    confirmed = unit.bookings.save(booking.moved(BookingState.CONFIRMED))
    unit.announce(facts.booking(order, confirmed, "confirmed"))
    unit.orders.note(order, "slot confirmed", visitId=str(booking.visit_id), day=booking.day.isoformat())
