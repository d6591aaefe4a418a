"""find-providers: the teams that could take a visit, with the facts the decisions judge them by."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from workers.domain import ids
from workers.domain.assignments import AssignmentRun
from workers.domain.errors import NoProvidersFound, TenantMismatch
from workers.domain.orders import ServiceOrder
from workers.domain.visits import Visit
from workers.journey import candidates, farewell
from workers.journey.almanac import Almanac
from workers.journey.candidates import Candidate
from workers.journey.contract import Blank, VisitInput, visit_of
from workers.journey.post import Post
from workers.journey.release import withdraw
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskInput, TaskOutput, task

AT_MOST = 30
NOBODY = {"considered": 0, "excludedBy": {}, "excluded": [], "fit": 0}


class Choice(TaskInput):
    """What an operator asked for in the form `assign-provider`."""

    radius_km: Blank[float] = None


class Input(VisitInput):
    """The visit; an operator may have widened the search."""

    choice: Choice | None = None


class Output(TaskOutput):
    """The candidates, nearest first."""

    candidates: list[Candidate]
    funnel_id: UUID
    hours_to_visit: float


@task("find-providers", raises=(NoProvidersFound, TenantMismatch), system="messaging")
def find_providers(data: Input, ctx: Context, *, unit: UnitOfWork, post: Post, almanac: Almanac) -> Output:
    """Lists the teams that serve the address; a visit that is assigned already is taken back first, and its provider told."""
    order = unit.orders.of(data)
    visit = visit_of(unit, order, data.visit_id)
    leaving = farewell.concerned(unit, visit)
    order, visit = withdraw(unit, order, visit, reason="looking for another provider")
    farewell.tell(unit, post, order, leaving, ctx.subkey)
    asked = candidates.question(unit, order, visit, almanac.rules(order, visit))
    within = data.choice.radius_km if data.choice else None
    found = unit.providers.fitting(order, within_km=within)
    listed = candidates.candidates(unit, asked, found)[:AT_MOST]
    run = _run(unit, order, visit, listed, key=ctx.key)
    if not listed:
        unit.keep()
        raise NoProvidersFound(funnel=NOBODY, funnelId=str(run.id))
    hours = round((visit.start - unit.now).total_seconds() / 3600, 1)
    return Output(candidates=listed, funnel_id=run.id, hours_to_visit=hours)


def _run(
    unit: UnitOfWork, order: ServiceOrder, visit: Visit, listed: Sequence[Candidate], *, key: str
) -> AssignmentRun:
    run = AssignmentRun(
        id=ids.derived_id("run", key),
        visit_id=visit.id,
        order_id=order.id,
        country_code=order.country_code,
        bu_code=order.bu_code,
        started_at=unit.now,
        funnel=NOBODY | {"considered": len(listed)},
        facts=tuple(candidate.model_dump(mode="json", by_alias=True) for candidate in listed),
    )
    unit.orders.note(order, "providers searched", visitId=str(visit.id), considered=len(listed))
    return unit.runs.find(run.id) or unit.runs.add(run)
