"""record-document-review: compliance looked at a provider's document."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from workers.domain.errors import ReviewInvalid, TenantMismatch
from workers.journey import onboarding
from workers.journey.contract import Blank
from workers.journey.matters import ProviderInput
from workers.ports.people import TaskLog
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskHeaders, TaskInput, task


class ReviewDecision(StrEnum):
    """What was decided."""

    APPROVE = "APPROVE"
    REJECT = "REJECT"


class Review(TaskInput):
    """The form `review-document`. `valid_until`: as the document says, when it was entered wrong or not at all."""

    decision: ReviewDecision
    valid_until: Blank[date] = None
    remarks: str = ""
    resolution_notes: str = ""


class Input(ProviderInput):
    """Which document, and what was found."""

    document_id: UUID
    document_review: Review


class Headers(TaskHeaders):
    """Set in the model: the human task in which it was decided."""

    decided_in: str


@task("record-document-review", raises=(ReviewInvalid, TenantMismatch))
def record_document_review(data: Input, ctx: Context, *, headers: Headers, unit: UnitOfWork, people: TaskLog) -> None:
    """Who decided is read from the task list, never from the form."""
    provider = unit.onboarding.lock(data.provider_id)
    document = onboarding.document_of(unit, provider, data.document_id)
    by = people.done_by(ctx.process_instance_key, headers.decided_in)
    review = data.document_review
    said = " ".join(filter(None, (review.remarks, review.resolution_notes)))
    if review.decision is ReviewDecision.REJECT:
        onboarding.reject(unit, provider, document, by=by, said=said)
    else:
        onboarding.approve(unit, provider, document, until=review.valid_until, by=by, said=said)
