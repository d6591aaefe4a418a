"""What providers and the ERP say about a pro forma: signed, contested, paid."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, Field

from workers.api.once import Body, once, report_key
from workers.intake import invoices

router = APIRouter(tags=["invoices"])


class ProFormaAnswer(Body):
    """The provider signs the pro forma, or contests it and may say what the total (with tax) should be.

    `revision` is the one the provider read: an answer to an older one is refused.
    """

    accepted: bool
    revision: int = Field(default=1, ge=1)
    reason: str | None = Field(default=None, max_length=500)
    proposed_total: Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)] | None = None


class PaymentAnswer(Body):
    """What the ERP did with a payable."""

    status: Literal["COMPLETED", "FAILED", "PENDING"]
    paid_at: AwareDatetime | None = None
    reference: str | None = Field(default=None, max_length=100)
    failure_reason: str | None = Field(default=None, max_length=500)


@router.post("/pro-formas/{invoice_id}/answer")
def answer_pro_forma(invoice_id: UUID, answer: ProFormaAnswer, request: Request) -> dict[str, str]:
    """Signs or contests a pro forma. 409 when it does not wait for an answer, or was revised since."""
    return once(
        request,
        f"answer-pro-forma:{invoice_id}:{answer.revision}:{answer.accepted}",
        lambda unit: invoices.answer_pro_forma(
            unit,
            invoice_id,
            accepted=answer.accepted,
            revision=answer.revision,
            reason=answer.reason,
            proposed=answer.proposed_total,
        ),
    )


@router.post("/pro-formas/{invoice_id}/payment")
def payment_answered(invoice_id: UUID, answer: PaymentAnswer, request: Request) -> dict[str, str]:
    """The ERP tells that it paid, or why it could not."""
    result = answer.model_dump(mode="json", by_alias=True)
    return once(
        request,
        report_key("payment", invoice_id, result),
        lambda unit: invoices.payment_answered(unit, invoice_id, result),
    )
