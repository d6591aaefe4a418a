"""update-provider-risk: keeps what a provider's figures say, and tells it when it changed."""

from __future__ import annotations

from uuid import UUID

from workers.domain import facts
from workers.domain.errors import TenantMismatch
from workers.domain.values import RiskStatus
from workers.journey import claims
from workers.journey.contract import OrderInput
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskInput, task

CHANGED = "quality.provider_risk.status_changed"


class Risk(TaskInput):
    """What the decision `ProviderRisk` says."""

    status: RiskStatus
    reason: str = ""


class Input(OrderInput):
    """The claim whose provider was measured."""

    claim_id: UUID
    risk: Risk


@task("update-provider-risk", raises=(TenantMismatch,))
def update_provider_risk(data: Input, ctx: Context, *, unit: UnitOfWork) -> None:
    """A suspended provider gets no more work; the same status again is no news."""
    order = unit.orders.of(data)
    provider_id = claims.claim_of(unit, order, data.claim_id).provider_id
    if provider_id is None:
        return
    before = unit.providers.get(provider_id).risk_status
    if before is data.risk.status:
        return
    unit.providers.judge(provider_id, data.risk.status)
    body = {
        "providerId": str(provider_id),
        "old": before.value,
        "new": data.risk.status.value,
        "reasons": [data.risk.reason],
    }
    unit.announce(facts.Fact(CHANGED, str(provider_id), body, order.country_code, order.bu_code, order.order_key))
    unit.orders.note(order, "provider's risk changed", status=data.risk.status.value)
