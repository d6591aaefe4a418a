"""apply-contract-waiver: a supervisor lets the work go on without a signed contract, in writing."""

from __future__ import annotations

from workers.domain.errors import OverrideNotAllowed, TenantMismatch
from workers.domain.gates import Gate
from workers.domain.states import AgreementState
from workers.journey import exceptions, papers
from workers.journey.contract import Blank
from workers.journey.exceptions import Approval, Asked
from workers.journey.papers import PaperInput
from workers.journey.signing import contract_ended
from workers.ports.people import TaskLog
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, Permanent, TaskInput, task


class Request(TaskInput):
    """The form `chase-contract`."""

    waiver_reason: Blank[str] = None


class Input(PaperInput):
    """What was asked for, and the answer."""

    contract_chase: Request
    override: Approval


@task("apply-contract-waiver", raises=(OverrideNotAllowed, TenantMismatch))
def apply_contract_waiver(
    data: Input, ctx: Context, *, headers: exceptions.Tasks, unit: UnitOfWork, people: TaskLog
) -> None:
    """Two people and a justification, as for every exception; the contract is WAIVED for all orders it covers."""
    paper = papers.paper_of(unit, data, living=True)
    if paper.order is None or paper.contract is None:
        raise Permanent("Expected the contract of an order, but there is none: a provider's contract is never waived")
    asked = Asked(gate=Gate.CONTRACT, justification=data.contract_chase.waiver_reason or "")
    override = exceptions.grant(ctx, unit, people, headers, order=paper.order, asked=asked, approval=data.override)
    contract_ended(unit, paper.contract, AgreementState.WAIVED)
    told = {"contract": paper.contract.number, "requester": override.requested_by, "approver": override.decided_by}
    unit.orders.note(unit.orders.get(paper.order.id), "signature waived", **told)
