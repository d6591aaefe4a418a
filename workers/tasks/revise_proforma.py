"""revise-proforma: finance answered a contested pro forma; it is sent again, with other lines or the same ones explained."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from pydantic import field_validator

from workers.domain.errors import InvalidTransition, TenantMismatch
from workers.domain.payments import PAYMENT, Line, PaymentState, ProForma, ProFormaState
from workers.journey import paying
from workers.journey.contract import OrderInput
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskInput, TaskOutput, task

INVOICE_SENT = "payment.invoice.sent"


class LineChange(TaskInput):
    """A line as finance wants it, without tax."""

    text: str
    amount: Decimal


class Answer(TaskInput):
    """The form `resolve-invoice-contest`."""

    decision: str
    lines: tuple[LineChange, ...] = ()
    explanation: str = ""

    @field_validator("lines", mode="before")
    @classmethod
    def _without_empty_rows(cls, value: object) -> object:
        """A form sends a row nobody filled in as one without text."""
        rows = value if isinstance(value, list) else []
        return [row for row in rows if isinstance(row, dict) and row.get("text") and row.get("amount") is not None]


class Input(OrderInput):
    """What finance decided about which pro forma."""

    invoice_id: UUID
    contest_answer: Answer


class Output(TaskOutput):
    """What is to be paid now, and which revision is to be answered."""

    invoice_total: float


@task("revise-proforma", raises=(TenantMismatch,))
def revise_proforma(data: Input, ctx: Context, *, unit: UnitOfWork) -> Output:
    """REVISE takes the new lines; without any, and for every other decision, the old ones stand and are explained."""
    order = unit.orders.of(data)
    pro_forma = paying.pro_forma_of(unit, order)
    if pro_forma.state is not ProFormaState.CONTESTED:
        raise InvalidTransition(f"Expected pro forma {pro_forma.number} to be contested, but it is {pro_forma.state}")
    revised = unit.pro_formas.save(replace(_revised(pro_forma, data.contest_answer), sent_at=unit.now))
    payment = paying.payment_of(unit, order)
    if PAYMENT.allows(payment.state, PaymentState.REQUESTED):  # not announced yet
        unit.payments.save(replace(payment, amount=revised.total))
    unit.announce(paying.of_invoice(order, revised, INVOICE_SENT))
    unit.orders.note(order, "pro forma revised", number=revised.number, total=str(revised.total))
    return Output(invoice_total=float(revised.total))


def _revised(pro_forma: ProForma, answer: Answer) -> ProForma:
    changed = [Line(line.text, line.amount) for line in answer.lines] if answer.decision == "REVISE" else []
    positive = paying.total_of(changed) > 0
    return pro_forma.revised(changed if positive else pro_forma.lines, answer.explanation)
