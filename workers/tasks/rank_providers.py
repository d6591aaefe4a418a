"""rank-providers: puts the scored candidates in order and keeps how it came about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from pydantic import Field

from workers.domain import facts
from workers.domain.assignments import tie_breaker
from workers.domain.errors import TenantMismatch
from workers.journey.contract import VisitInput, visit_of
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskInput, TaskOutput, task

FUNNEL_EXECUTED = "assignments.funnel.executed"
Fact = Mapping[str, Any]


class Screened(TaskInput):
    """A candidate and why it may not take the visit; nothing for one that may."""

    team_id: UUID
    exclusions: list[str]


class Scored(TaskInput):
    """A candidate and what the decision gave it; `parts` are its single points."""

    provider_id: UUID
    team_id: UUID
    score: float
    parts: Any = None


class Input(VisitInput):
    """The run, who was screened out, and the scores of the others."""

    funnel_id: UUID
    screened: list[Screened] = Field(default_factory=list)
    scored: list[Scored]


class Ranked(TaskOutput):
    """A candidate in its place."""

    provider_id: UUID
    team_id: UUID
    score: float
    service_preference: str
    provider_name: str
    team_name: str


class TeamOption(TaskOutput):
    """A line of the operator's pick list."""

    label: str
    value: UUID


class Output(TaskOutput):
    """The ranking. Without candidates the top is nobody: score 0 and no preference."""

    ranked: list[Ranked]
    top_score: float
    top_preference: str
    funnel: dict[str, Any]
    team_options: list[TeamOption]
    rework_same_provider: bool


@task("rank-providers", raises=(TenantMismatch,))
def rank_providers(data: Input, ctx: Context, *, unit: UnitOfWork) -> Output:
    """Higher scores first, one team per provider; ties go to the nearer, then the better, then the smaller id."""
    order = unit.orders.of(data)
    visit = visit_of(unit, order, data.visit_id)
    run = unit.runs.get(data.funnel_id)
    known: dict[str, Fact] = {fact["teamId"]: fact for fact in run.facts}
    same = str(order.system_metadata.get("reworkSameProvider") or "")
    ranking = _ranking(data.scored, known, first=same)
    out = {str(item.team_id): item.exclusions for item in data.screened if item.exclusions}
    funnel = _funnel(known, out, fit=len(data.scored))
    unit.runs.save(replace(run, ranking=ranking, funnel=funnel))
    short = [{name: row[name] for name in ("providerId", "teamId", "score")} for row in ranking]
    counts = {"considered": funnel["considered"], "fit": funnel["fit"]}
    unit.announce(facts.of_visit(order, visit, FUNNEL_EXECUTED, counts=counts, ranking=short))
    unit.orders.note(order, "providers ranked", visitId=str(visit.id), **counts)
    ranked = [Ranked.model_validate(row) for row in ranking]
    top = ranked[0] if ranked else None
    return Output(
        ranked=ranked,
        top_score=top.score if top else 0,
        top_preference=top.service_preference if top else "",
        funnel=funnel,
        team_options=_options(ranking, known, out),
        rework_same_provider=bool(ranked) and str(ranked[0].provider_id) == same,
    )


def _ranking(scored: Sequence[Scored], known: Mapping[str, Fact], *, first: str) -> tuple[dict[str, Any], ...]:
    """The team that holds the slot speaks for its provider, else the best one. Who has to mend its own work comes `first`."""
    rows = [item.model_dump(mode="json", by_alias=True) for item in scored]
    rows.sort(key=lambda row: (not known[row["teamId"]]["holdsSlot"], *tie_breaker(row, known[row["teamId"]])))
    chosen: dict[str, dict[str, Any]] = {}
    for row in rows:
        chosen.setdefault(row["providerId"], row | _names(known[row["teamId"]]))
    last = sorted(chosen.values(), key=lambda row: tie_breaker(row, known[row["teamId"]]))
    return tuple(sorted(last, key=lambda row: row["providerId"] != first))


def _names(fact: Fact) -> dict[str, Any]:
    return {name: fact[name] for name in ("servicePreference", "providerName", "teamName")}


def _funnel(known: Mapping[str, Fact], out: Mapping[str, Sequence[str]], *, fit: int) -> dict[str, Any]:
    excluded = [
        {
            "providerId": known[team]["providerId"],
            "teamId": team,
            "name": known[team]["teamName"],
            "reasons": list(why),
        }
        for team, why in out.items()
    ]
    counts = Counter(reason for reasons in out.values() for reason in reasons)
    return {"considered": len(known), "excludedBy": dict(counts), "excluded": excluded, "fit": fit}


def _options(ranking: Sequence[Fact], known: Mapping[str, Fact], out: Mapping[str, Sequence[str]]) -> list[TeamOption]:
    """First who fits, best first, then who was screened out and why."""
    fit = [TeamOption(label=f"{row['teamName']} · {row['score']:g} points", value=row["teamId"]) for row in ranking]
    rest = [(known[team]["teamName"], team, ", ".join(why)) for team, why in sorted(out.items())]
    return fit + [TeamOption(label=f"{name} · screened out: {why}", value=UUID(team)) for name, team, why in rest]
