"""record-tv-outcome: what a technical visit found."""

from __future__ import annotations

from uuid import UUID

from workers.domain import ids
from workers.domain.errors import ModificationsMissing, OutcomeMissing, TenantMismatch
from workers.domain.orders import ServiceOrder
from workers.domain.states import OrderState, VisitState
from workers.domain.values import Completion, ScopeChange, TvResult
from workers.domain.visits import TvOutcome, Visit
from workers.journey.checkout import CheckOut, close_execution, leave_site
from workers.journey.contract import VisitInput, visit_of
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskOutput, task

SERIES = "TVO"


class Input(VisitInput):
    """Who left where, and what they found."""

    execution_id: UUID
    checkout: CheckOut


class Output(TaskOutput):
    """What the decision `TVOutcomeHandling` needs."""

    tv_outcome: TvResult
    tv_outcome_id: UUID
    repricing_needed: bool
    extra_minutes: int
    change_percent: float


@task("record-tv-outcome", raises=(OutcomeMissing, ModificationsMissing, TenantMismatch))
def record_tv_outcome(data: Input, ctx: Context, *, unit: UnitOfWork) -> Output:
    """Keeps the outcome; YES_BUT needs at least one modification. An operator's review may record it anew."""
    order = unit.orders.of(data)
    visit = visit_of(unit, order, data.visit_id)
    if data.checkout.tv_outcome is None:
        raise OutcomeMissing
    if data.checkout.tv_outcome is TvResult.YES_BUT and not data.checkout.modifications:
        raise ModificationsMissing
    found = unit.tv_outcomes.add(_outcome(unit, order, visit, data, ctx.key))
    if visit.state is VisitState.ON_SITE:
        _end_visit(unit, order, visit, data)
    unit.orders.note(order, "survey outcome", visitId=str(visit.id), outcome=found.outcome.value, number=found.number)
    return Output(
        tv_outcome=found.outcome,
        tv_outcome_id=found.id,
        repricing_needed=found.repricing_needed,
        extra_minutes=found.extra_minutes,
        change_percent=found.change_percent(order.total),
    )


def _end_visit(unit: UnitOfWork, order: ServiceOrder, visit: Visit, data: Input) -> None:
    close_execution(unit, order, data.execution_id, data.checkout, Completion.COMPLETED)
    leave_site(unit, visit, Completion.COMPLETED)
    if order.driven_by(visit.kind):
        unit.orders.move(order, OrderState.COMPLETED)


def _outcome(unit: UnitOfWork, order: ServiceOrder, visit: Visit, data: Input, key: str) -> TvOutcome:
    identity, outcome = ids.derived_id("tv-outcome", key), data.checkout.tv_outcome
    assert outcome is not None, "checked before"
    changes = tuple(report.value() for report in data.checkout.modifications or ())
    asked = any(change.requires_repricing for change in changes)
    return TvOutcome(
        id=identity,
        number=unit.numbers.issue(SERIES, identity, year=unit.now.year),
        visit_id=visit.id,
        execution_id=data.execution_id,
        order_id=order.id,
        country_code=order.country_code,
        bu_code=order.bu_code,
        outcome=outcome,
        recorded_at=unit.now,
        modifications=changes,
        reason=data.checkout.reason,
        scope_change=ScopeChange.REQUESTED if asked else ScopeChange.NONE,
    )
