"""apply-go-override: a supervisor let a blocked visit pass, in writing."""

from __future__ import annotations

from dataclasses import replace

from workers.domain import facts
from workers.domain.errors import OverrideNotAllowed, TenantMismatch
from workers.domain.gates import Gate
from workers.domain.values import ContractStatus, GoStatus
from workers.journey import exceptions, going
from workers.journey.contract import Blank, VisitInput, alive, visit_of
from workers.journey.exceptions import Approval, Asked
from workers.journey.going import Go
from workers.ports.people import TaskLog
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskInput, task

OVERRIDDEN = "execution.preflight.manually_overridden"
NOBODY = "NOBODY"


class Request(TaskInput):
    """The form `override-go`."""

    justification: str
    evidence: Blank[str] = None
    urgency: Blank[str] = None


class Input(VisitInput):
    """What was asked for, and the answer."""

    go: Go
    go_review: Request
    override: Approval


@task("apply-go-override", raises=(OverrideNotAllowed, TenantMismatch))
def apply_go_override(
    data: Input, ctx: Context, *, headers: exceptions.Tasks, unit: UnitOfWork, people: TaskLog
) -> None:
    """Two people, a justification, a block that may be lifted at all: else OVERRIDE_NOT_ALLOWED and nothing changes."""
    order = alive(unit.orders.of(data))
    visit = visit_of(unit, order, data.visit_id)
    unsigned = data.go.status is GoStatus.NOT_OK_CONTRACT
    asked = Asked(
        gate=Gate.CONTRACT if unsigned else Gate.GO,
        justification=data.go_review.justification,
        visit_id=visit.id,
        urgency=data.go_review.urgency,
        evidence=data.go_review.evidence,
        liftable=data.go.overridable_by != NOBODY,
    )
    override = exceptions.grant(ctx, unit, people, headers, order=order, asked=asked, approval=data.override)
    if unsigned:
        order = replace(order, contract_status=ContractStatus.WAIVED)
    order, visit = going.settle(unit, order, visit, GoStatus.MANUALLY_OVERRIDDEN, ready=True)
    told = {
        "approver": override.decided_by,
        "requester": override.requested_by,
        "justification": override.justification,
    }
    unit.announce(facts.of_visit(order, visit, OVERRIDDEN, status=data.go.status.value, **told))
    unit.orders.note(order, "block lifted", visitId=str(visit.id), blocked=data.go.status.value, **told)
