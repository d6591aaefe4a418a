"""What operators tell us about their tasks, beside Tasklist."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, Field

from workers.api.once import Body, once, report_key
from workers.intake import task_clock

router = APIRouter(tags=["tasks"])


class TaskPause(Body):
    """The clock of a task stands still: somebody else has to answer first."""

    at: AwareDatetime
    reason: str = Field(min_length=5, max_length=500)


class TaskResumption(Body):
    """The clock runs again."""

    at: AwareDatetime


@router.post("/tasks/{task_id}/pause")
def pause_task(task_id: UUID, pausing: TaskPause, request: Request) -> dict[str, str]:
    """Stops the clock of a human task. 409 unless it runs."""
    key = report_key("pause-task", task_id, pausing.model_dump(mode="json"))
    by = request.state.caller.subject
    return once(request, key, lambda unit: task_clock.pause(unit, task_id, by=by, reason=pausing.reason))


@router.post("/tasks/{task_id}/resume")
def resume_task(task_id: UUID, resumption: TaskResumption, request: Request) -> dict[str, str]:
    """Lets the clock of a human task run again. 409 unless it stands still."""
    key = report_key("resume-task", task_id, resumption.model_dump(mode="json"))
    by = request.state.caller.subject
    return once(request, key, lambda unit: task_clock.resume(unit, task_id, by=by))
