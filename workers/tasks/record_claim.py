"""record-claim: keeps the next step of a claim; the header `state` says which."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from workers.domain.closing import Claim
from workers.domain.errors import TenantMismatch
from workers.domain.states import ClaimState
from workers.domain.values import CauseOwner
from workers.journey import claims
from workers.journey.contract import Blank, OrderInput
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskHeaders, TaskInput, task


class Finding(TaskInput):
    """The form `investigate-claim`."""

    cause: Blank[str] = None


class Rule(TaskInput):
    """What the decision `ClaimHandlingRules` says about the cause."""

    owner: CauseOwner = CauseOwner.UNKNOWN
    counts: bool = False
    impact: str = "MEDIUM"


class Input(OrderInput):
    """The claim, and what is known about it by now."""

    claim_id: UUID
    claim_finding: Finding | None = None
    claim_rule: Rule | None = None


class Headers(TaskHeaders):
    """Set in the model."""

    state: ClaimState


@task("record-claim", raises=(TenantMismatch,))
def record_claim(data: Input, ctx: Context, *, headers: Headers, unit: UnitOfWork) -> None:
    """Moves the claim and tells it; one that is there already stays."""
    order = unit.orders.of(data)
    claim = claims.claim_of(unit, order, data.claim_id)
    if claim.state is headers.state:
        return
    claim = unit.claims.save(_known(unit, claim.moved(headers.state), data))
    if headers.state is not ClaimState.UNDER_INVESTIGATION:
        unit.announce(claims.of_claim(order, claim, headers.state.lower()))
    unit.orders.note(order, f"claim {headers.state.lower()}", number=claim.number, cause=claim.cause)


def _known(unit: UnitOfWork, claim: Claim, data: Input) -> Claim:
    """The claim with what this step brings."""
    if claim.state in (ClaimState.VALIDATED, ClaimState.REJECTED):
        cause = data.claim_finding.cause if data.claim_finding else None
        claim = replace(claim, cause=cause, decided_at=unit.now)
    if claim.state is ClaimState.CLOSED:
        claim = replace(claim, closed_at=unit.now)
    if data.claim_rule and claim.state is not ClaimState.REJECTED:
        rule = data.claim_rule
        claim = replace(claim, owner=rule.owner, counts=rule.counts, impact=rule.impact)
    return claim
