"""schedule-service: finds the first slot a fitting team can keep, and holds it for a visit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from pydantic import Field

from workers.domain import ids
from workers.domain.errors import NoSlotAvailable, TenantMismatch
from workers.domain.orders import ServiceOrder
from workers.domain.states import REPLANNABLE_VISITS, OrderState, VisitState, route
from workers.domain.values import GoStatus, ServiceType, VisitKind
from workers.domain.visits import Visit
from workers.journey import farewell, planning
from workers.journey.almanac import Almanac
from workers.journey.appointment import Appointment, appointment_of
from workers.journey.contract import Blank, OrderInput, alive
from workers.journey.planning import Chosen
from workers.journey.post import Post
from workers.journey.release import release
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskInput, task

PLANNABLE = REPLANNABLE_VISITS | {VisitState.PLANNED, VisitState.RELEASED}
SCHEDULABLE = frozenset({OrderState.CREATED, OrderState.ASSIGNED, OrderState.DISPATCHED, OrderState.IN_PROGRESS})


class SlotChoice(TaskInput):
    """What an operator agreed on in the form `find-slot`."""

    decision: str
    day: Blank[date] = Field(default=None, alias="date")
    label: Blank[str] = None
    team_id: Blank[str] = None
    ignore_notice: Blank[bool] = None
    notice_reason: Blank[str] = None


class Input(OrderInput):
    """What to plan."""

    visit_kind: VisitKind
    service_type: ServiceType
    duration_min: int
    crew: int | None = None
    certs: list[str] | None = None
    slot_choice: SlotChoice | None = None


class Output(Appointment):
    """The visit and its appointment."""

    visit_id: UUID
    time_zone: str


@task("schedule-service", raises=(NoSlotAvailable, TenantMismatch), system="messaging")
def schedule_service(data: Input, ctx: Context, *, unit: UnitOfWork, almanac: Almanac, post: Post) -> Output:
    """Creates the visit, or plans an open one anew; main work moves the order to SCHEDULED."""
    order = alive(unit.orders.of(data))
    known = _open_visit(unit, order, data.visit_kind)
    if known:
        leaving = farewell.concerned(unit, known)
        order, known = release(unit, order, known, reason="planned anew")
        farewell.tell(unit, post, order, leaving, ctx.subkey)
    visit = known or _new_visit(unit, order, data)
    visit = replace(
        visit, duration_min=data.duration_min, crew_size=data.crew or 1, required_certs=tuple(data.certs or ())
    )
    search = planning.search_for(unit, almanac, order, visit)
    if known is None:
        unit.visits.add(visit)
    held = planning.unserved(unit, search) or planning.hold(unit, search, ctx.key, _chosen(data.slot_choice))
    visit = unit.visits.save(held.visit)
    why = {"earliest": search.earliest.day.isoformat(), "because": list(search.earliest.reasons)}
    slot = {"visitId": str(visit.id), "visitKind": visit.kind.value, "day": held.slot.day.isoformat()}
    if data.slot_choice and data.slot_choice.ignore_notice:
        why["noticeIgnored"] = data.slot_choice.notice_reason or "no reason given"
    unit.orders.note(order, "slot held", **slot, label=held.slot.label, **why)
    if order.driven_by(visit.kind):
        order = replace(order, go_status=GoStatus.PENDING)
        moves = route(order.state, OrderState.SCHEDULED) if order.state in SCHEDULABLE else ()
        order = unit.orders.move(order, *moves) if moves else unit.orders.save(order)
    zone = order.country.time_zone.key
    return Output(visit_id=visit.id, time_zone=zone, **appointment_of(order, visit, held.bookings))


def _open_visit(unit: UnitOfWork, order: ServiceOrder, kind: VisitKind) -> Visit | None:
    """The visit of this leg (survey or main work) that is still to come."""
    leg = [v for v in unit.visits.of_order(order.id) if v.is_main == (kind is not VisitKind.TECHNICAL_VISIT)]
    if leg and leg[-1].state is VisitState.ON_SITE:
        # The team left without a record that counts; nobody is there any more.
        unit.visits.save(leg[-1].moved(VisitState.INCOMPLETE))
    return leg[-1] if leg and leg[-1].state in PLANNABLE else None


def _new_visit(unit: UnitOfWork, order: ServiceOrder, data: Input) -> Visit:
    before = unit.visits.of_order(order.id)
    sequence = len(before) + 1
    wished = [v.not_before for v in before if v.is_main == (data.visit_kind is not VisitKind.TECHNICAL_VISIT)]
    return Visit(
        id=ids.derived_id("visit", order.id, sequence),
        order_id=order.id,
        country_code=order.country_code,
        bu_code=order.bu_code,
        kind=data.visit_kind,
        service_type=data.service_type,
        duration_min=data.duration_min,
        sequence=sequence,
        not_before=wished[-1] if wished else None,
        created_at=unit.now,
        updated_at=unit.now,
    )


def _chosen(choice: SlotChoice | None) -> Chosen | None:
    if choice is None or choice.decision != "USE_SLOT" or choice.day is None or choice.label is None:
        return None
    try:
        team_id = UUID(choice.team_id) if choice.team_id else None
    except ValueError as error:
        raise NoSlotAvailable(f"There is no team {choice.team_id!r}") from error
    return Chosen(day=choice.day, label=choice.label, team_id=team_id, ignore_notice=bool(choice.ignore_notice))
