"""open-task: listens to the creation of every user task; we keep its mirror, and its ladder begins."""

from __future__ import annotations

from dataclasses import replace

from workers.domain.desk import OperatorTask
from workers.domain.orders import ServiceOrder
from workers.journey import tasking
from workers.journey.contract import OrderInput
from workers.journey.tasking import Listened, Surroundings
from workers.ports.processes import Processes
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, task


class Input(Surroundings):
    """What says how urgent it is."""


@task("open-task", system="camunda")
def open_task(data: Input, ctx: Context, *, unit: UnitOfWork, processes: Processes) -> None:
    """One row per element instance: a listener that comes again finds it."""
    seen = tasking.listened(ctx)
    order = _order(unit, data)
    row = unit.operator_tasks.find(tasking.task_id(ctx)) or unit.operator_tasks.add(_row(unit, ctx, data, seen))
    if order is not None and row.order_id is None:
        row = unit.operator_tasks.save(replace(row, order_id=order.id, bu_code=order.bu_code))
    if seen.task_type != tasking.LAST_STEP:
        processes.publish(tasking.opened(row, order, tasking.measures(unit, order, data)))


def _order(unit: UnitOfWork, data: Input) -> ServiceOrder | None:
    """The order after the tenant was compared; tasks of providers have none."""
    if data.service_order_id is None:
        return None
    scope = OrderInput(service_order_id=data.service_order_id, country_code=data.country_code, bu_code=data.bu_code)
    return unit.orders.of(scope)


def _row(unit: UnitOfWork, ctx: Context, data: Input, seen: Listened) -> OperatorTask:
    return OperatorTask(
        id=tasking.task_id(ctx),
        element_instance_key=ctx.element_instance_key,
        user_task_key=seen.user_task_key,
        process_instance_key=ctx.process_instance_key,
        process_id=ctx.process_id,
        element_id=ctx.element_id,
        type=seen.task_type,
        role=seen.role,
        country_code=data.country_code,
        bu_code=data.bu_code,
        opened_at=unit.now,
    ).noted("opened", unit.now)
