"""confirm-booking: the held slot becomes the team's for good."""

from __future__ import annotations

from uuid import UUID

from workers.domain import facts
from workers.domain.errors import SlotLost, TenantMismatch
from workers.domain.states import BookingState
from workers.journey.contract import OrderInput, alive
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, task

KEPT = frozenset({BookingState.PRE_BOOKED, BookingState.CONFIRMED})


class Input(OrderInput):
    """The hold."""

    booking_id: UUID


@task("confirm-booking", raises=(SlotLost, TenantMismatch))
def confirm_booking(data: Input, ctx: Context, *, unit: UnitOfWork) -> None:
    """Confirms a hold that nobody took back, all parts of it; a late one too, as long as the slot was not given away.

    A slot that is confirmed stays so when another provider takes the visit over. A visit whose time has come without a provider
    needs another date.
    """
    order = alive(unit.orders.of(data))
    booking = unit.bookings.find(data.booking_id)
    if booking is None or booking.order_id != order.id or booking.state not in KEPT:
        raise SlotLost(
            f"Expected booking {data.booking_id} to be held, but it is {booking.state if booking else 'gone'}"
        )
    visit = unit.visits.get(booking.visit_id)
    if visit.start <= unit.now:
        raise SlotLost(f"Expected visit {visit.id} to be still to come, but it was for {visit.start.isoformat()}")
    for part in unit.bookings.live_of(visit.id):
        if part.state is BookingState.PRE_BOOKED:
            confirmed = unit.bookings.save(part.moved(BookingState.CONFIRMED))
            unit.announce(facts.booking(order, confirmed, "confirmed"))
            unit.orders.note(order, "slot confirmed", visitId=str(visit.id), day=part.day.isoformat())
