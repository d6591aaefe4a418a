"""Human tasks on our side of Tasklist: what a listener sees, and how urgent a task is (domain brief 5.9, 6.9)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from workers.domain import ids
from workers.domain.desk import OperatorTask
from workers.domain.orders import ServiceOrder
from workers.domain.visits import Visit
from workers.ports.processes import ProcessMessage
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, Permanent, TaskInput

# How Camunda names a task's properties in the headers of its listeners' jobs.
HEADER = "io.camunda.zeebe:"
OPENED, CLOSED = "task-opened", "task-closed"
# A task about a task: the ladder ends with it, so it starts none of its own.
LAST_STEP = "escalation"
MOST_URGENT_RISK = "CRITICAL"


class Listened(NamedTuple):
    """A user task as its listener sees it: with what is about to change."""

    user_task_key: int
    task_type: str
    role: str
    assignee: str | None
    action: str


def listened(ctx: Context) -> Listened:
    """The user task a listener's job is about. `Permanent` for a job that is none, or a task that does not say its type."""
    headers = ctx.headers
    key, kind = headers.get(f"{HEADER}userTaskKey"), headers.get("taskType")
    if not key or not kind:
        raise Permanent(
            f"Expected {ctx.type} to listen to a user task with a header taskType, but element {ctx.element_id} has "
            f"{', '.join(sorted(headers)) or 'no headers'}"
        )
    groups = json.loads(headers.get(f"{HEADER}candidateGroups", "[]"))
    role = str(groups[0]).rpartition("-")[0] if groups else ""
    return Listened(int(key), kind, role, headers.get(f"{HEADER}assignee") or None, headers.get(f"{HEADER}action", ""))


def task_id(ctx: Context) -> UUID:
    """Our id of the user task a listener's job is about: the same for all its listeners."""
    return ids.derived_id("user-task", ctx.process_instance_key, ctx.element_instance_key)


class TenantInput(TaskInput):
    """Whose the process is: every process with a human task has both, and the order if it is about one."""

    service_order_id: UUID | None = None
    country_code: str
    bu_code: str


class LadderInput(TenantInput):
    """The human task a ladder is about."""

    task_id: UUID


class Surroundings(TenantInput):
    """Variables around a user task that say how urgent it is; a task has those its process has."""

    visit_id: UUID | None = None
    worst_severity: str | None = None
    agreement_status: str | None = None
    checkout: Mapping[str, Any] | None = None
    hazards: Any = None
    checkin_problem: str | None = None
    pro_forma_answer: Mapping[str, Any] | None = None
    document: Mapping[str, Any] | None = None
    urgency: str | None = None


def measures(unit: UnitOfWork, order: ServiceOrder | None, around: Surroundings) -> dict[str, Any]:
    """What the table `TaskPriority` asks of a task; null where it is not known."""
    contest = around.pro_forma_answer or {}
    visit = _visit(unit, order, around)
    critical = "CRITICAL" in json.dumps(around.hazards or around.checkin_problem or "").upper()
    return {
        "urgency": order.urgency.value if order else around.urgency,
        "hoursToVisit": _hours(visit, unit.now),
        "worstSeverity": around.worst_severity,
        "agreementStatus": around.agreement_status,
        "donePercent": (around.checkout or {}).get("donePercent"),
        "difference": contest.get("difference"),
        "differencePercent": contest.get("differencePercent"),
        "daysToExpiry": _days(around.document, unit.now),
        "risk": MOST_URGENT_RISK if critical else None,
    }


def _visit(unit: UnitOfWork, order: ServiceOrder | None, around: Surroundings) -> Visit | None:
    """The visit the process speaks of, if it is one of the order; else the newest that has a date."""
    visits = [visit for visit in unit.visits.of_order(order.id) if visit.planned_start] if order else []
    return next((visit for visit in visits if visit.id == around.visit_id), visits[-1] if visits else None)


def _hours(visit: Visit | None, now: datetime) -> float | None:
    return None if visit is None else round(max((visit.start - now) / timedelta(hours=1), 0), 2)


def _days(document: Mapping[str, Any] | None, now: datetime) -> int | None:
    until = (document or {}).get("validUntil")
    try:
        return None if not until else (date.fromisoformat(str(until)[:10]) - now.date()).days
    except ValueError:
        return None


def opened(task: OperatorTask, order: ServiceOrder | None, known: Mapping[str, Any]) -> ProcessMessage:
    """Starts the ladder of a task: one instance per task, whatever comes twice."""
    variables = {
        "taskId": str(task.id),
        "taskType": task.type,
        "role": task.role,
        "userTaskKey": str(task.user_task_key),
        "openedAt": task.opened_at.isoformat(),
        "level": 0,
        "measures": dict(known),
        "countryCode": task.country_code,
        "buCode": task.bu_code,
        "serviceOrderId": str(order.id) if order else None,
        "orderKey": order.order_key if order else None,
        "orderNumber": order.order_number if order else None,
    }
    return ProcessMessage(OPENED, str(task.id), f"{OPENED}:{task.id}", variables=variables)


def closed(task: OperatorTask) -> ProcessMessage:
    """Ends the ladder of a task, wherever it stands."""
    return ProcessMessage(CLOSED, str(task.id), f"{CLOSED}:{task.id}")


def known_order(unit: UnitOfWork, task: OperatorTask) -> ServiceOrder | None:
    """The order a task is about, locked."""
    return unit.orders.find(task.order_id) if task.order_id else None


Answer = Mapping[str, Any]
Forbids = Callable[[Answer], bool]


def _says(field: str, *values: object) -> Forbids:
    return lambda answer: answer.get(field) in values


# Task type -> what only a supervisor may answer, and what the person who may not is told.
ONLY_SUPERVISORS: Mapping[str, tuple[Forbids, str]] = {
    "find-slot": (_says("ignoreNotice", True), "Only a supervisor may plan before the end of the notice."),
    "review-tv-outcome": (
        _says("decision", "FORCE_YES"),
        "Only a supervisor may let the work go on against the visit.",
    ),
}
