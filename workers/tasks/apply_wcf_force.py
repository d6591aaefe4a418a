"""apply-wcf-force: a supervisor closes the work without the customer's signature, in writing."""

from __future__ import annotations

from workers.domain.closing import WorkClosingForm
from workers.domain.errors import OverrideNotAllowed, TenantMismatch
from workers.domain.gates import Gate
from workers.domain.states import WCF, WcfState
from workers.journey import exceptions, papers
from workers.journey.contract import Blank
from workers.journey.exceptions import Approval, Asked
from workers.journey.papers import PaperInput
from workers.ports.people import TaskLog
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, Permanent, TaskInput, task


class Request(TaskInput):
    """The form `chase-wcf`."""

    force_reason: Blank[str] = None


class Input(PaperInput):
    """What was asked for, and the answer."""

    chase: Request
    override: Approval


@task("apply-wcf-force", raises=(OverrideNotAllowed, TenantMismatch))
def apply_wcf_force(data: Input, ctx: Context, *, headers: exceptions.Tasks, unit: UnitOfWork, people: TaskLog) -> None:
    """Two people and a justification, as for every exception. Only a form nobody signed: a signature is never overruled."""
    paper = papers.paper_of(unit, data, living=True)
    if paper.order is None or paper.wcf is None:
        raise Permanent("Expected a work closing form of an order, but there is none")
    asked = Asked(gate=Gate.WCF, justification=data.chase.force_reason or "", visit_id=paper.wcf.visit_id)
    override = exceptions.grant(ctx, unit, people, headers, order=paper.order, asked=asked, approval=data.override)
    form = unit.wcfs.save(_forced(paper.wcf))
    told = {"wcf": form.number, "requester": override.requested_by, "approver": override.decided_by}
    unit.orders.note(paper.order, "closing form forced", **told)


def _forced(form: WorkClosingForm) -> WorkClosingForm:
    """Not signed first: a form that was never sent, or whose agreement is still to be recalled in our records, too."""
    unsigned = form if WCF.allows(form.state, WcfState.FORCED) else form.moved(WcfState.NOT_SIGNED)
    return unsigned.moved(WcfState.FORCED)
