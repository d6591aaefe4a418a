"""create-rework-order: work that has to be mended becomes an order of its own, and starts its journey."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from workers.domain.closing import ResolutionAction
from workers.domain.errors import TenantMismatch
from workers.domain.orders import ServiceOrder
from workers.journey import notify, rework
from workers.journey.contract import OrderInput
from workers.ports.processes import Processes
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskOutput, task


class Input(OrderInput):
    """The order whose work is to be mended, and the form or claim that says what."""

    wcf_id: UUID | None = None
    claim_id: UUID | None = None
    same_provider: bool | None = False


class Output(TaskOutput):
    """The rework."""

    rework_order_id: UUID
    rework_order_key: str


@task("create-rework-order", raises=(TenantMismatch,))
def create_rework_order(data: Input, ctx: Context, *, unit: UnitOfWork, processes: Processes) -> Output:
    """One rework at a time: what comes while it goes on is added to it. Another provider does it, unless told otherwise."""
    order = unit.orders.of(data)
    issues = _issues(unit, order, data)
    going_on = rework.rework_of(unit, order)
    if going_on is None:
        first = notify.provider_of(unit, order, None)
        excluded = first.id if first and not data.same_provider else None
        made = rework.new_rework(unit, order, issues, excluded_provider=excluded)
    else:
        known = list(going_on.system_metadata.get("issues", []))
        told = {**going_on.system_metadata, "issues": [*known, *(issue for issue in issues if issue not in known)]}
        made = unit.orders.save(replace(going_on, system_metadata=told))
    processes.publish(rework.started(made))
    unit.orders.note(order, "rework ordered", reworkOrder=made.order_number, issues=len(issues))
    return Output(rework_order_id=made.id, rework_order_key=made.order_key)


def _issues(unit: UnitOfWork, order: ServiceOrder, data: Input) -> list[str]:
    """What is to be mended, in the customer's words."""
    forms = [form for form in unit.wcfs.of_order(order.id) if form.id == data.wcf_id]
    noted = [item for form in forms for item in form.reservations if item.resolution]
    mend = [item.description for item in noted if item.resolution and item.resolution.action is ResolutionAction.REWORK]
    return mend or ([f"claim {data.claim_id}"] if data.claim_id else [])
