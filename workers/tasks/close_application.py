"""close-application: a provider is not taken in."""

from __future__ import annotations

from workers.domain.errors import TenantMismatch
from workers.domain.onboarding import ApplicationState
from workers.journey import onboarding
from workers.journey.matters import ProviderInput
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskHeaders, task


class Headers(TaskHeaders):
    """Set in the model: DROPPED (it never handed in what was asked) or DECLINED (the contract was refused), and why."""

    state: ApplicationState
    reason: str


@task("close-application", raises=(TenantMismatch,))
def close_application(data: ProviderInput, ctx: Context, *, headers: Headers, unit: UnitOfWork) -> None:
    """The provider stays registered and may apply again."""
    provider = unit.providers.get(data.provider_id)
    onboarding.close(unit, provider, headers.state, reason=headers.reason)
