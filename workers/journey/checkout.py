"""What a team reports when it leaves, and how it is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import Field

from workers.domain import facts
from workers.domain.errors import ChecklistIncomplete
from workers.domain.orders import ServiceOrder
from workers.domain.states import VisitState
from workers.domain.values import Completion, TvResult
from workers.domain.visits import Execution, Modification, Visit
from workers.journey.contract import Whole
from workers.ports.repositories import UnitOfWork
from workers.runtime import TaskInput

CHECKED_OUT = "execution.checkout.completed"


class ModificationReport(TaskInput):
    """One change a survey asks for."""

    description: str
    extra_minutes: Whole = 0
    requires_repricing: bool | None = False
    estimated_delta: Decimal | None = None

    def value(self) -> Modification:
        """In the domain's words."""
        return Modification(
            description=self.description,
            extra_minutes=self.extra_minutes,
            requires_repricing=bool(self.requires_repricing),
            estimated_delta=self.estimated_delta or Decimal(0),
        )


class Item(TaskInput):
    """A line of the team's checklist."""

    name: str
    mandatory: bool = False
    done: bool = False


class CheckOut(TaskInput):
    """What the provider's app sent; `cause` is the group of reasons why something was left, `done_percent` how much was done."""

    completion_status: Completion | None = None
    tv_outcome: TvResult | None = None
    modifications: list[ModificationReport] | None = None
    reason: str | None = None
    accepted_partially: bool = False
    at: datetime | None = None
    cause: str | None = None
    customer_absent: bool = False
    done_percent: int | None = None
    tasks_done: list[str] = Field(default_factory=list)
    tasks_open: list[str] = Field(default_factory=list)
    checklist: list[Item] = Field(default_factory=list)
    materials: list[str] = Field(default_factory=list)
    parts_needed: list[str] = Field(default_factory=list)
    photos: list[str] = Field(default_factory=list)

    def check_complete(self) -> None:
        """Raises `ChecklistIncomplete` when completed work leaves something open that has to be done."""
        open_ = [item.name for item in self.checklist if item.mandatory and not item.done] + self.tasks_open
        if self.completion_status is Completion.COMPLETED and open_ and not self.accepted_partially:
            raise ChecklistIncomplete(
                f"Expected completed work to leave nothing open, but it leaves {', '.join(open_)}"
            )


def close_execution(
    unit: UnitOfWork, order: ServiceOrder, execution_id: UUID, report: CheckOut, completion: Completion
) -> Execution:
    """Keeps the departure with everything that was reported."""
    record: dict[str, Any] = report.model_dump(mode="json", by_alias=True, exclude_none=True)
    at = report.at or unit.now
    done = replace(
        unit.executions.get(execution_id),
        checked_out_at=at,
        completion_status=completion,
        reason=report.reason,
        record=record,
    )
    done = unit.executions.save(done)
    unit.announce(facts.team(order, done, CHECKED_OUT, completionStatus=completion.value, reason=report.reason))
    return done


def leave_site(unit: UnitOfWork, visit: Visit, completion: Completion) -> Visit:
    """The visit's state after the team left."""
    ended = VisitState.DONE if completion is Completion.COMPLETED else VisitState.INCOMPLETE
    return unit.visits.save(visit.moved(ended))
