"""describe-task: what a form shows in people's words: sales number, service, local times, what was decided before."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from workers.domain.desk import OperatorTask
from workers.domain.links import Links
from workers.domain.orders import ServiceOrder
from workers.domain.tenancy import COUNTRIES
from workers.journey import tasking
from workers.journey.tasking import LadderInput
from workers.journey.telling import service_name
from workers.ports.errors import Conflict, NotFound
from workers.ports.people import TaskList
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, RetryLater, task

# The variable of a user task that its form reads; nobody behind the task does.
SHOWN = "shown"
MOMENT = timedelta(milliseconds=500)
CLOCK = "%d/%m/%Y %H:%M"


class Input(LadderInput):
    """The task."""


@task("describe-task", system="camunda")
def describe_task(data: Input, ctx: Context, *, unit: UnitOfWork, tasks: TaskList, links: Links) -> None:
    """Nothing personal: who may see the customer follows the link, and is asked who he is there."""
    row = unit.operator_tasks.find(data.task_id)
    if row is None or not row.open:
        return
    order = tasking.known_order(unit, row)
    try:
        tasks.show(row.element_instance_key, {SHOWN: _shown(unit, row, order, links)})
    except NotFound:
        return
    except Conflict as error:
        # It is only just being made, or changes hands at this moment.
        raise RetryLater(f"User task {row.user_task_key} cannot be described yet: {error}", delay=MOMENT) from error


def _shown(unit: UnitOfWork, row: OperatorTask, order: ServiceOrder | None, links: Links) -> dict[str, Any]:
    country = COUNTRIES[row.country_code]

    def local(at: datetime | None) -> str:
        return country.local(at).strftime(CLOCK) if at else ""

    shown: dict[str, Any] = {"due": local(row.due_at), "before": _before(unit, row, local)}
    if order is None:
        return shown | {"order": "", "service": "", "appointment": "", "link": links.to_desk()}
    visits = [visit.planned_start for visit in unit.visits.of_order(order.id) if visit.planned_start]
    return shown | {
        "order": f"{order.external_order_id} ({order.order_number})",
        "service": service_name(order),
        "appointment": local(visits[-1] if visits else None) or "–",
        "link": links.to_desk(order.id),
    }


def _before(unit: UnitOfWork, row: OperatorTask, local: Any) -> str | None:
    """What was decided the last time this step was somebody's task: a task that comes back says why."""
    earlier = [
        task
        for task in (unit.operator_tasks.of_order(row.order_id) if row.order_id else [])
        if task.id != row.id and task.element_id == row.element_id and task.decision
    ]
    if not earlier:
        return None
    last = max(earlier, key=lambda task: task.closed_at or task.opened_at)
    return f"{local(last.closed_at)}, {last.closed_by or '–'}: {last.decision}. {last.resolution_notes or ''}".strip()
