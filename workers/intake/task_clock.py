"""What operators do with the clock of a task: it stands still while they wait for somebody else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from workers.domain.desk import TOP_LEVEL, OperatorTask
from workers.domain.errors import InvalidTransition, NotKnown
from workers.ports.processes import ProcessMessage
from workers.ports.repositories import UnitOfWork

PAUSED, RESUMED = "task-paused", "task-resumed"


@dataclass(frozen=True, slots=True)
class Clocked:
    """The task afterwards, and the message for its ladder."""

    task: OperatorTask
    message: ProcessMessage


def pause(unit: UnitOfWork, task_id: UUID, *, by: str, reason: str) -> Clocked:
    """The clock stands still; `InvalidTransition` (HTTP 409) unless it runs."""
    row = _open(unit, task_id)
    if row.paused_at is not None or row.level >= TOP_LEVEL:
        state = "paused already" if row.paused_at else "late already"
        raise InvalidTransition(f"Expected the clock of task {row.id} to run, but it is {state}")
    kept = unit.operator_tasks.save(replace(row, paused_at=unit.now).noted("paused", unit.now, by=by, reason=reason))
    return _told(unit, kept, PAUSED, by, reason)


def resume(unit: UnitOfWork, task_id: UUID, *, by: str) -> Clocked:
    """The clock runs again, later by the pause; `InvalidTransition` (HTTP 409) unless it stands still."""
    row = _open(unit, task_id)
    if row.paused_at is None:
        raise InvalidTransition(f"Expected the clock of task {row.id} to stand still, but it runs")
    seconds = row.paused_seconds + round((unit.now - row.paused_at).total_seconds())
    going = replace(row, paused_at=None, paused_seconds=seconds).noted("resumed", unit.now, by=by)
    return _told(unit, unit.operator_tasks.save(going), RESUMED, by, "", pausedSeconds=seconds)


def _open(unit: UnitOfWork, task_id: UUID) -> OperatorTask:
    row = unit.operator_tasks.locked(task_id)
    if row is None:
        raise NotKnown(f"Expected task {task_id} to exist, but it does not")
    if not row.open:
        raise InvalidTransition(f"Expected task {row.id} to be open, but it is {row.state}")
    return row


def _told(unit: UnitOfWork, row: OperatorTask, name: str, by: str, reason: str, **variables: object) -> Clocked:
    order = unit.orders.find(row.order_id) if row.order_id else None
    if order is not None:
        unit.orders.note(order, name.replace("-", " "), task=row.element_id, by=by, reason=reason)
    message = ProcessMessage(name, str(row.id), f"{name}:{row.id}:{row.version}", variables=variables)
    return Clocked(row, message)
