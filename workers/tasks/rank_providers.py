"""rank-providers: puts the scored candidates in order and keeps how it came about."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from workers.domain import facts
from workers.domain.assignments import tie_breaker
from workers.domain.errors import TenantMismatch
from workers.journey.contract import VisitInput, visit_of
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskInput, TaskOutput, task

FUNNEL_EXECUTED = "assignments.funnel.executed"


class Scored(TaskInput):
    """A candidate and what the decision gave it; `parts` are its single points."""

    provider_id: UUID
    team_id: UUID
    score: float
    parts: Any = None


class Input(VisitInput):
    """The run and its scores."""

    funnel_id: UUID
    scored: list[Scored]


class Ranked(TaskOutput):
    """A candidate in its place."""

    provider_id: UUID
    team_id: UUID
    score: float
    service_preference: str


class Output(TaskOutput):
    """The ranking. Without candidates the top is nobody: score 0 and no preference."""

    ranked: list[Ranked]
    top_score: float
    top_preference: str


@task("rank-providers", raises=(TenantMismatch,))
def rank_providers(data: Input, ctx: Context, *, unit: UnitOfWork) -> Output:
    """Higher scores first; ties go to the nearer, then the better, then the smaller id."""
    order = unit.orders.of(data)
    visit = visit_of(unit, order, data.visit_id)
    run = unit.runs.get(data.funnel_id)
    known = {fact["teamId"]: fact for fact in run.facts}
    rows = [item.model_dump(mode="json", by_alias=True) for item in data.scored]
    rows.sort(key=lambda row: tie_breaker(row, known.get(row["teamId"], {})))
    ranking = tuple({**row, "servicePreference": known[row["teamId"]]["servicePreference"]} for row in rows)
    unit.runs.save(replace(run, ranking=ranking))
    short = [{name: row[name] for name in ("providerId", "teamId", "score")} for row in ranking]
    counts = {"considered": run.funnel["considered"], "fit": run.funnel["fit"]}
    unit.announce(facts.of_visit(order, visit, FUNNEL_EXECUTED, counts=counts, ranking=short))
    ranked = [Ranked.model_validate(row) for row in ranking]
    top = ranked[0] if ranked else None
    return Output(
        ranked=ranked, top_score=top.score if top else 0, top_preference=top.service_preference if top else ""
    )
