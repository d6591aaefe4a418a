"""Giving back what a visit holds. Every step is a no-op for what was given back already, and for a visit that is done."""

from __future__ import annotations

from uuid import UUID

from workers.domain import facts
from workers.domain.orders import ServiceOrder
from workers.domain.states import (
    OPEN_VISITS,
    REPLANNABLE_VISITS,
    BookingState,
    NegotiationState,
    OfferState,
    OrderState,
    VisitState,
    route,
)
from workers.domain.visits import Visit
from workers.ports.repositories import UnitOfWork

_ASSIGNED_ORDERS = frozenset({OrderState.ASSIGNED, OrderState.DISPATCHED})
_ASSIGNED_VISITS = frozenset({VisitState.ASSIGNED, VisitState.READY})


def withdraw(unit: UnitOfWork, order: ServiceOrder, visit: Visit, *, reason: str) -> tuple[ServiceOrder, Visit]:
    """Takes the visit away from its provider; the slot stays held."""
    end_offers(unit, order, visit, OfferState.WITHDRAWN, reason=reason)
    assignment = unit.assignments.accepted(visit.id)
    if assignment:
        cancelled = unit.assignments.save(assignment.cancelled(reason))
        unit.announce(facts.assignment(order, cancelled, "cancelled", reason=reason))
        unit.orders.note(order, "assignment cancelled", visitId=str(visit.id), reason=reason)
    if visit.state in _ASSIGNED_VISITS and not order.frozen:
        visit = unit.visits.save(visit.held())
    return _back_to_scheduled(unit, order, visit, reason), visit


def end_offers(unit: UnitOfWork, order: ServiceOrder, visit: Visit, state: OfferState, *, reason: str) -> None:
    """Ends what is still open; an answer that came first stays."""
    for offer in unit.offers.of_visit(visit.id):
        if offer.state is OfferState.PENDING and unit.offers.answer(offer.id, state, reason=reason):
            unit.orders.note(order, f"offer {state.lower()}", offerId=str(offer.id), reason=reason)
            end_negotiation(unit, order, offer.id, NegotiationState.CANCELLED)


def end_negotiation(unit: UnitOfWork, order: ServiceOrder, offer_id: UUID, state: NegotiationState) -> None:
    """No date is negotiated for an offer that has ended."""
    negotiation = unit.negotiations.open_of(offer_id)
    if negotiation:
        ended = unit.negotiations.save(negotiation.ended(state))
        unit.announce(facts.negotiation(order, ended, "failed"))
        unit.orders.note(order, "date negotiation ended", negotiationId=str(ended.id), state=state.value)


def release(unit: UnitOfWork, order: ServiceOrder, visit: Visit, *, reason: str) -> tuple[ServiceOrder, Visit]:
    """Gives back team and slot, so that the visit can be planned anew."""
    return _give_back(unit, order, visit, reason) if visit.state in OPEN_VISITS else (order, visit)


def end(
    unit: UnitOfWork, order: ServiceOrder, visit: Visit, state: VisitState, *, reason: str
) -> tuple[ServiceOrder, Visit]:
    """Ends a visit that was not carried out; the one who was missing keeps nothing of it."""
    return _give_back(unit, order, unit.visits.save(visit.moved(state)), reason)


def drop(unit: UnitOfWork, order: ServiceOrder, visit: Visit, *, reason: str) -> tuple[ServiceOrder, Visit]:
    """Gives back everything and cancels the visit; work that was begun and not finished is cancelled, too."""
    if visit.state in (VisitState.DONE, VisitState.CANCELLED):
        return order, visit
    order, visit = _give_back(unit, order, visit, reason)
    return order, unit.visits.save(visit.moved(VisitState.CANCELLED))


def _give_back(unit: UnitOfWork, order: ServiceOrder, visit: Visit, reason: str) -> tuple[ServiceOrder, Visit]:
    order, visit = withdraw(unit, order, visit, reason=reason)
    for booking in unit.bookings.live_of(visit.id):
        cancelled = unit.bookings.save(booking.moved(BookingState.CANCELLED))
        unit.announce(facts.booking(order, cancelled, "released"))
        unit.orders.note(order, "slot released", day=booking.day.isoformat(), reason=reason)
    if visit.state in REPLANNABLE_VISITS:
        visit = unit.visits.save(visit.moved(VisitState.RELEASED))
    return order, visit


def _back_to_scheduled(unit: UnitOfWork, order: ServiceOrder, visit: Visit, reason: str) -> ServiceOrder:
    """An order without a team is scheduled again; one that is being cancelled keeps the state it is cancelled from."""
    if order.frozen or order.state not in _ASSIGNED_ORDERS or not order.driven_by(visit.kind):
        return order
    return unit.orders.move(order, *route(order.state, OrderState.SCHEDULED), reason=reason)
