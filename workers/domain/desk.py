"""The operators' desk: human tasks as we keep them beside Camunda's, and the people who do them (domain brief 2.2, 5.9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from workers.domain.states import Machine

TOP_LEVEL = 3
# A number for Camunda's priority of a task (0 to 100) stands beside each word in the table `SlaTargets`.
SUPERVISOR = "ops-supervisor"


class TaskState(StrEnum):
    """Where a human task stands."""

    OPEN = "OPEN"
    ASSIGNED = "ASSIGNED"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


T = TaskState
TASK: Machine[TaskState] = Machine(
    "operator task",
    {
        T.OPEN: {T.ASSIGNED, T.IN_PROGRESS, T.COMPLETED, T.CANCELLED},
        T.ASSIGNED: {T.OPEN, T.ASSIGNED, T.IN_PROGRESS, T.COMPLETED, T.CANCELLED},
        T.IN_PROGRESS: {T.OPEN, T.ASSIGNED, T.IN_PROGRESS, T.COMPLETED, T.CANCELLED},
    },
)


class Grade(StrEnum):
    """A person's place in the team of a role."""

    MEMBER = "MEMBER"
    SENIOR = "SENIOR"
    LEAD = "LEAD"
    MANAGER = "MANAGER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Somebody who works in Tasklist, in one role of one country. Addresses are where alarms reach them, beside their list."""

    id: UUID
    login: str
    country_code: str
    bu_code: str
    role: str
    grade: Grade = Grade.MEMBER
    language: str | None = None
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    active: bool = True
    present_until: datetime | None = None
    version: int = 1

    @property
    def addresses(self) -> dict[str, str]:
        """Channel -> where this person is reached; the task list always."""
        known = {"in-app": self.login, "email": self.email, "sms": self.phone}
        return {channel: address for channel, address in known.items() if address}

    def present(self, now: datetime) -> bool:
        """Whether this person is at work now, as far as we know."""
        return self.present_until is not None and self.present_until > now


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorTask:
    """The mirror of one user task. `marks` are when levels 1 to 3 begin;"""

    id: UUID
    user_task_key: int
    element_instance_key: int
    process_instance_key: int
    process_id: str
    element_id: str
    type: str
    role: str
    country_code: str
    bu_code: str
    opened_at: datetime
    order_id: UUID | None = None
    state: TaskState = TaskState.OPEN
    priority: str | None = None
    assignee: str | None = None
    due_at: datetime | None = None
    marks: Sequence[datetime] = ()
    level: int = 0
    paused_at: datetime | None = None
    paused_seconds: int = 0
    closed_at: datetime | None = None
    closed_by: str | None = None
    decision: str | None = None
    resolution_notes: str | None = None
    within_sla: bool | None = None
    history: Sequence[Mapping[str, Any]] = ()
    version: int = 1

    @property
    def open(self) -> bool:
        """Whether somebody still has to do it."""
        return not TASK.terminal(self.state)

    @property
    def started(self) -> datetime:
        """When its clock began, pauses left out."""
        return self.opened_at + timedelta(seconds=self.paused_seconds)

    def taken_by(self, person: str | None, *, given: bool) -> OperatorTask:
        """With another person: `given` by the platform or a lead, else taken by the person; None gives it back."""
        target = TaskState.OPEN if person is None else TaskState.ASSIGNED if given else TaskState.IN_PROGRESS
        if target is not self.state:
            TASK.check(self.state, target)
        return replace(self, state=target, assignee=person)

    def closed(self, state: TaskState, now: datetime, *, by: str | None = None) -> OperatorTask:
        """Done, or not needed any more."""
        TASK.check(self.state, state)
        kept = now <= self.due_at if self.due_at else None
        return replace(self, state=state, closed_at=now, closed_by=by, within_sla=kept, paused_at=None)

    def noted(self, what: str, at: datetime, **more: Any) -> OperatorTask:
        """With a line more in its history."""
        return replace(self, history=(*self.history, {"what": what, "at": at.isoformat(), **more}))


def shifted(marks: Sequence[datetime], by: timedelta) -> tuple[datetime, ...]:
    """The marks of a task whose clock stood still for a while."""
    return tuple(mark + by for mark in marks)
