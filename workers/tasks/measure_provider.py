"""measure-provider: a provider's figures of the last three months, for the decision `ProviderRisk`."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from workers.domain.errors import TenantMismatch
from workers.journey import claims
from workers.journey.contract import OrderInput
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskOutput, task

SPAN, MONTH = timedelta(days=91), timedelta(days=30)
CRITICAL = "CRITICAL"


class Figures(TaskOutput):
    """Shares between 0 and 1, marks between 1 and 5."""

    claim_rate: float
    critical_claims: int
    satisfaction: float
    first_time_rate: float
    punctuality: float


class Output(TaskOutput):
    """The figures; the decision reads them."""

    figures: Figures


class Input(OrderInput):
    """The claim whose provider is measured."""

    claim_id: UUID


@task("measure-provider", raises=(TenantMismatch,))
def measure_provider(data: Input, ctx: Context, *, unit: UnitOfWork) -> Output:
    """A claim without a provider measures nobody: figures of a perfect one."""
    claim = claims.claim_of(unit, unit.orders.of(data), data.claim_id)
    if claim.provider_id is None:
        perfect = Figures(claim_rate=0, critical_claims=0, satisfaction=5, first_time_rate=1, punctuality=1)
        return Output(figures=perfect)
    quality = unit.providers.get(claim.provider_id).quality
    against = unit.claims.of_provider(claim.provider_id, unit.now - SPAN)
    jobs = unit.claims.jobs_of(claim.provider_id, unit.now - SPAN)
    recent = [c for c in against if c.impact == CRITICAL and c.decided_at and c.decided_at >= unit.now - MONTH]
    return Output(
        figures=Figures(
            claim_rate=round(len(against) / jobs, 4) if jobs else 0.0,
            critical_claims=len(recent),
            satisfaction=quality.satisfaction,
            first_time_rate=quality.first_time_rate,
            punctuality=quality.punctuality,
        )
    )
