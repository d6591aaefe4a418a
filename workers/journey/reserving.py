"""The bookings of a visit: one for each of its days and each of its teams. They are held, moved, renewed, confirmed and given
back together, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from workers.domain import facts, ids, scheduling
from workers.domain.errors import OfferNoLongerOpen
from workers.domain.orders import ServiceOrder
from workers.domain.scheduling import Slot, Stretch
from workers.domain.slot_rules import SlotRules
from workers.domain.states import BookingState
from workers.domain.visits import Booking, Visit
from workers.ports.repositories import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """When a visit is and which teams come, the lead first; `key` names the effect that books it."""

    slot: Slot
    teams: Sequence[UUID]
    rules: SlotRules
    key: str

    @property
    def places(self) -> list[tuple[UUID, Stretch]]:
        """Team by team, day by day: the lead's first day is part 1."""
        return [(team, stretch) for team in self.teams for stretch in self.slot.stretches]


def hold(unit: UnitOfWork, order: ServiceOrder, visit: Visit, plan: Plan) -> list[Booking] | None:
    """Holds every part for a while; None when a team is busy on any of the days (the database decides)."""
    held = unit.bookings.hold_all(_fresh(unit, order, visit, plan))
    for booking in held or ():
        unit.announce(facts.booking(order, booking, "held"))
    return held


def move(unit: UnitOfWork, order: ServiceOrder, visit: Visit, plan: Plan) -> list[Booking] | None:
    """Moves what is booked to another time or other teams, and keeps what is confirmed confirmed; a lapsed hold is made anew.

    None when a team is busy on any of the days; then everything is as it was.
    """
    held = unit.bookings.live_of(visit.id)
    if not held:
        return hold(unit, order, visit, plan)
    wanted = [
        _moved(old, new) if old else _like(held[0], new)
        for old, new in zip(_padded(held, len(plan.places)), _fresh(unit, order, visit, plan), strict=False)
    ]
    if [_place(booking) for booking in wanted] == [_place(booking) for booking in held]:
        return held
    spare = [booking.moved(BookingState.CANCELLED) for booking in held[len(wanted) :]]
    kept = unit.bookings.hold_all([*wanted, *spare])
    if kept is None:
        return None
    _tell_move(unit, order, held, kept[: len(wanted)])
    return kept[: len(wanted)]


def renew(unit: UnitOfWork, visit: Visit, rules: SlotRules, *, until: datetime) -> None:
    """A hold must outlive the question asked for it."""
    for booking in unit.bookings.live_of(visit.id):
        if booking.state is BookingState.PRE_BOOKED:
            unit.bookings.save(replace(booking, expires_at=max(booking.expires_at, until + rules.hold)))


def booked(unit: UnitOfWork, visit: Visit) -> list[Booking]:
    """The live bookings of a visit, else those of its last hold that lapsed."""
    live = unit.bookings.live_of(visit.id)
    lapsed = [item for item in unit.bookings.of_visit(visit.id) if item.state is BookingState.EXPIRED]
    newest = max((item.created_at for item in lapsed), default=None)
    return live or [item for item in lapsed if item.created_at == newest]


def slot_for(unit: UnitOfWork, order: ServiceOrder, visit: Visit) -> Slot:
    """The slot of a visit that has a date: as it is booked, or was; without any booking, what the visit itself says."""
    found = booked(unit, visit)
    if found:
        return slot_of(visit, found)
    if visit.planned_start is None or visit.planned_end is None:
        raise OfferNoLongerOpen(f"Expected visit {visit.id} to have a date, but it has none")
    return scheduling.slot_at(visit.planned_start, visit.planned_end, visit.slot_label, order.country)


def slot_of(visit: Visit, bookings: Sequence[Booking]) -> Slot:
    """The slot that bookings hold: the days of the team that leads."""
    first, *rest = [item for item in bookings if item.team_id == bookings[0].team_id]
    later = tuple(Stretch(item.day, item.start_q, item.end_q) for item in rest)
    return Slot(first.day, visit.slot_label or "", first.start_q, first.end_q, later)


def _fresh(unit: UnitOfWork, order: ServiceOrder, visit: Visit, plan: Plan) -> list[Booking]:
    return [
        Booking(
            id=ids.derived_id("booking", plan.key, *([part] if part > 1 else [])),
            visit_id=visit.id,
            order_id=order.id,
            team_id=team,
            country_code=order.country_code,
            bu_code=order.bu_code,
            part=part,
            day=stretch.day,
            start_q=stretch.start_q,
            end_q=stretch.end_q,
            travel_q=plan.rules.travel_q,
            expires_at=unit.now + plan.rules.hold,
            created_at=unit.now,
            updated_at=unit.now,
        )
        for part, (team, stretch) in enumerate(plan.places, 1)
    ]


def _padded(held: Sequence[Booking], count: int) -> list[Booking | None]:
    return [*held, *[None] * (count - len(held))]


def _moved(old: Booking, new: Booking) -> Booking:
    return replace(old, team_id=new.team_id, day=new.day, start_q=new.start_q, end_q=new.end_q)


def _like(first: Booking, new: Booking) -> Booking:
    """A further part lives as long as the others."""
    return replace(new, state=first.state, expires_at=first.expires_at, created_at=first.created_at)


def _place(booking: Booking) -> tuple[UUID, Stretch]:
    return booking.team_id, Stretch(booking.day, booking.start_q, booking.end_q)


def _tell_move(unit: UnitOfWork, order: ServiceOrder, before: Sequence[Booking], after: Sequence[Booking]) -> None:
    """Calendars hear what is free again and what is taken."""
    old, new = {_place(item) for item in before}, {_place(item) for item in after}
    for item in before:
        if _place(item) not in new:
            unit.announce(facts.booking(order, item, "released"))
    for item in after:
        if _place(item) not in old:
            taken = "confirmed" if item.state is BookingState.CONFIRMED else "held"
            unit.announce(facts.booking(order, item, taken))
