"""apply-go-override: a supervisor let a blocked visit pass, in writing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from workers.domain import facts, ids
from workers.domain.errors import OverrideNotAllowed, TenantMismatch
from workers.domain.gates import MIN_JUSTIFICATION, Gate, Override, OverrideState
from workers.domain.values import ContractStatus, GoStatus
from workers.journey import going
from workers.journey.contract import Blank, VisitInput, alive, visit_of
from workers.journey.going import Go
from workers.ports.people import TaskLog
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, RetryLater, TaskHeaders, TaskInput, task

OVERRIDDEN = "execution.preflight.manually_overridden"


class Request(TaskInput):
    """The form `override-go`, and who filled it in."""

    justification: str
    evidence: Blank[str] = None
    urgency: Blank[str] = None


class Approval(TaskInput):
    """The form `approve-override`."""

    decision: str


class Input(VisitInput):
    """What was asked for, and the answer."""

    go: Go
    go_review: Request
    go_override: Approval


class Headers(TaskHeaders):
    """Set in the model: the human tasks in which it was asked for and granted."""

    requested_in: str
    decided_in: str


@task("apply-go-override", raises=(OverrideNotAllowed, TenantMismatch))
def apply_go_override(data: Input, ctx: Context, *, headers: Headers, unit: UnitOfWork, people: TaskLog) -> None:
    """Two people, a justification, a block that may be lifted at all: else OVERRIDE_NOT_ALLOWED and nothing changes."""
    order = alive(unit.orders.of(data))
    visit = visit_of(unit, order, data.visit_id)
    requester, approver = (_person(ctx, people, task) for task in (headers.requested_in, headers.decided_in))
    _check(data, requester, approver)
    override = unit.overrides.add(
        Override(
            id=ids.derived_id("override", ctx.key),
            order_id=order.id,
            visit_id=visit.id,
            country_code=order.country_code,
            bu_code=order.bu_code,
            gate=Gate.CONTRACT if data.go.status is GoStatus.NOT_OK_CONTRACT else Gate.GO,
            requested_by=requester,
            justification=data.go_review.justification,
            requested_at=unit.now,
            urgency=data.go_review.urgency,
            evidence=data.go_review.evidence,
            state=OverrideState.APPROVED,
            decided_by=approver,
            decided_at=unit.now,
        )
    )
    if override.gate is Gate.CONTRACT:
        order = replace(order, contract_status=ContractStatus.WAIVED)
    order, visit = going.settle(unit, order, visit, GoStatus.MANUALLY_OVERRIDDEN, ready=True)
    told = {"approver": approver, "requester": requester, "justification": override.justification}
    unit.announce(facts.of_visit(order, visit, OVERRIDDEN, status=data.go.status.value, **told))
    unit.orders.note(order, "block lifted", visitId=str(visit.id), blocked=data.go.status.value, **told)


def _person(ctx: Context, people: TaskLog, task: str) -> str:
    """Who did a human task. The task list may lag behind the process."""
    found = people.done_by(ctx.process_instance_key, task)
    if not found:
        raise RetryLater(f"The task list does not show yet who did {task}", delay=timedelta(seconds=5))
    return found.strip()


def _check(data: Input, requester: str, approver: str) -> None:
    refused = {
        "the block cannot be lifted": data.go.overridable_by == "NOBODY",
        "nobody approved it": data.go_override.decision != "APPROVE",
        f"the justification has less than {MIN_JUSTIFICATION} letters": len(data.go_review.justification.strip())
        < MIN_JUSTIFICATION,
        "the same person asked for it and approved it": requester.casefold() == approver.casefold(),
    }
    why = [reason for reason, holds in refused.items() if holds]
    if why:
        raise OverrideNotAllowed(f"Expected an exception two people stand for, but {why[0]}", overrideProblem=why[0])
