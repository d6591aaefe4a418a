"""record-no-show: somebody was missing at a visit; team and slot are given back, and who it was is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from workers.domain import facts
from workers.domain.errors import TenantMismatch
from workers.domain.orders import ServiceOrder
from workers.domain.states import VisitState
from workers.domain.visits import Visit
from workers.journey import farewell
from workers.journey.contract import Blank, VisitInput, alive, visit_of
from workers.journey.post import Post
from workers.journey.release import end
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskInput, TaskOutput, task

NO_SHOW = "execution.visit.no_show"
PROVIDER, CUSTOMER = "PROVIDER", "CUSTOMER"


class NoShow(TaskInput):
    """What an operator said in the form `handle-no-show`."""

    decision: str
    absent_party: Blank[str] = None
    reached_by: Blank[str] = None
    new_date: Blank[date] = None
    travel_fee: Blank[Decimal] = None
    resolution_notes: Blank[str] = None


class Input(VisitInput):
    """The visit nobody worked on."""

    no_show: NoShow


class Output(TaskOutput):
    """Who was missing: with both absent it counts as the provider's. The fee is proposed only."""

    absent_party: str
    travel_fee: Decimal | None


@task("record-no-show", raises=(TenantMismatch,), system="messaging")
def record_no_show(data: Input, ctx: Context, *, unit: UnitOfWork, post: Post) -> Output:
    """A provider who did not come is not asked again for this order; a customer's absence is not counted against them."""
    order = alive(unit.orders.of(data))
    visit = visit_of(unit, order, data.visit_id)
    party = CUSTOMER if data.no_show.absent_party == CUSTOMER else PROVIDER
    fee = data.no_show.travel_fee if party == CUSTOMER else None
    if visit.state in (VisitState.READY, VisitState.ASSIGNED):
        absent = VisitState.NO_SHOW_CUSTOMER if party == CUSTOMER else VisitState.NO_SHOW_PROVIDER
        leaving = farewell.concerned(unit, visit) if party == CUSTOMER else []
        _end(unit, order, visit, absent)
        farewell.tell(unit, post, order, leaving, ctx.subkey)
        told = data.no_show.model_dump(mode="json", by_alias=True, exclude_none=True)
        unit.announce(facts.of_visit(order, visit, NO_SHOW, party=party, evidence=_evidence(data.no_show)))
        unit.orders.note(order, "no-show", visitId=str(visit.id), party=party, **_audit(told))
    if data.no_show.new_date:
        ended = unit.visits.get(visit.id)
        unit.visits.save(replace(ended, not_before=data.no_show.new_date))
    return Output(absent_party=party, travel_fee=fee)


def _end(unit: UnitOfWork, order: ServiceOrder, visit: Visit, absent: VisitState) -> None:
    """The slot and the team are free again; the visit's own state says who was missing."""
    ready = visit if visit.state is VisitState.READY else unit.visits.save(visit.moved(VisitState.READY))
    end(unit, order, ready, absent, reason=absent.lower().replace("_", " "))


def _evidence(said: NoShow) -> list[str]:
    return [f"reached by {said.reached_by}"] if said.reached_by else []


def _audit(told: dict[str, Any]) -> dict[str, Any]:
    return {name: told[name] for name in ("decision", "reachedBy", "newDate", "travelFee") if name in told}
