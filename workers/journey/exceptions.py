"""Exceptions from a gate: asked for by one person, granted by another, kept with both names (I8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from workers.domain import ids
from workers.domain.errors import OverrideNotAllowed
from workers.domain.gates import MIN_JUSTIFICATION, Gate, Override, OverrideState
from workers.domain.orders import ServiceOrder
from workers.ports.people import TaskLog
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, RetryLater, TaskHeaders, TaskInput

LAG = timedelta(seconds=5)


class Tasks(TaskHeaders):
    """Set in the model: the human tasks in which it was asked for and granted; several are separated by commas."""

    requested_in: str
    decided_in: str


class Approval(TaskInput):
    """The form `approve-override`."""

    decision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wants to be let through, and why."""

    gate: Gate
    justification: str
    visit_id: UUID | None = None
    urgency: str | None = None
    evidence: str | None = None
    liftable: bool = True


def grant(
    ctx: Context,
    unit: UnitOfWork,
    people: TaskLog,
    tasks: Tasks,
    *,
    order: ServiceOrder,
    asked: Asked,
    approval: Approval,
) -> Override:
    """The exception, kept. `OverrideNotAllowed` unless two people and a justification stand for it."""
    requester, approver = (_person(ctx, people, names) for names in (tasks.requested_in, tasks.decided_in))
    try:
        _check(asked, approval, requester, approver)
    except OverrideNotAllowed as error:
        unit.trail.decision(order, f"exception {asked.gate}", who=approver, refused=str(error))
        raise
    unit.trail.decision(order, f"exception {asked.gate}", who=approver)
    return unit.overrides.add(
        Override(
            id=ids.derived_id("override", ctx.key),
            order_id=order.id,
            visit_id=asked.visit_id,
            country_code=order.country_code,
            bu_code=order.bu_code,
            gate=asked.gate,
            requested_by=requester,
            justification=asked.justification,
            requested_at=unit.now,
            urgency=asked.urgency,
            evidence=asked.evidence,
            state=OverrideState.APPROVED,
            decided_by=approver,
            decided_at=unit.now,
        )
    )


def _person(ctx: Context, people: TaskLog, tasks: str) -> str:
    """Who did a human task. The task list may lag behind the process."""
    found = people.done_by(ctx.process_instance_key, *(name.strip() for name in tasks.split(",")))
    if not found:
        raise RetryLater(f"The task list does not show yet who did {tasks}", delay=LAG)
    return found.strip()


def _check(asked: Asked, approval: Approval, requester: str, approver: str) -> None:
    short = len(asked.justification.strip()) < MIN_JUSTIFICATION
    refused = {
        "the block cannot be lifted": not asked.liftable,
        "nobody approved it": approval.decision != "APPROVE",
        f"the justification has less than {MIN_JUSTIFICATION} letters": short,
        "the same person asked for it and approved it": requester.casefold() == approver.casefold(),
    }
    why = [reason for reason, holds in refused.items() if holds]
    if why:
        raise OverrideNotAllowed(f"Expected an exception two people stand for, but {why[0]}", overrideProblem=why[0])
