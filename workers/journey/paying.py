"""Paying a provider: who, for what, how much, and what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from workers.domain import facts, ids
from workers.domain.closing import Claim, WorkClosingForm, compensation
from workers.domain.errors import NotKnown, WorkNotAccepted
from workers.domain.facts import Fact
from workers.domain.money import Money
from workers.domain.orders import ServiceOrder
from workers.domain.passes import Opens
from workers.domain.payments import Line, ProForma, ProviderPayment, payment_id, pro_forma_id
from workers.domain.states import ACCEPTED_WCFS, HOLDING_CLAIMS
from workers.domain.values import CauseOwner
from workers.journey.post import Post
from workers.ports.erp import PayableKey
from workers.ports.processes import ProcessMessage
from workers.ports.repositories import UnitOfWork

AUTHORIZED = "payment.provider.authorized"
HELD = "payment.provider.held"
COMPLETED = "provider-payment-completed"


def accepted_form(unit: UnitOfWork, order: ServiceOrder) -> WorkClosingForm:
    """The form that shows the customer's acceptance; `WorkNotAccepted` without one (I7)."""
    for form in reversed(unit.wcfs.of_order(order.id)):
        if form.state in ACCEPTED_WCFS:
            return form
    raise WorkNotAccepted(f"Expected an accepted closing form of order {order.id}, but there is none")


def holding_claims(unit: UnitOfWork, order: ServiceOrder) -> list[Claim]:
    """Claims that are not settled yet. One against a provider who did not come does not hold the money of who came instead."""
    paid = _paid_for(unit, order)
    found = [claim for claim in unit.claims.of_order(order.id) if claim.state in HOLDING_CLAIMS]
    return [claim for claim in found if None in (paid, claim.provider_id) or claim.provider_id == paid]


def _paid_for(unit: UnitOfWork, order: ServiceOrder) -> UUID | None:
    """The provider whose work the customer was asked to accept; None before there is any."""
    forms = unit.wcfs.of_order(order.id)
    assignment = unit.assignments.accepted(forms[-1].visit_id) if forms else None
    return assignment.provider_id if assignment else None


def payment_of(unit: UnitOfWork, order: ServiceOrder) -> ProviderPayment:
    """The order's payment; `NotKnown` before it was authorized."""
    return unit.payments.get(payment_id(order.id))


def pro_forma_of(unit: UnitOfWork, order: ServiceOrder) -> ProForma:
    """The order's pro forma."""
    return unit.pro_formas.get(pro_forma_id(order.id))


def price_lines(unit: UnitOfWork, order: ServiceOrder, form: WorkClosingForm) -> tuple[Line, ...]:
    """What the provider gets: the price agreed for the visit, else the one of the sale; less what the customer is paid back for
    the provider's faults.
    """
    assignment = unit.assignments.accepted(form.visit_id)
    agreed = assignment.agreed_price if assignment and assignment.agreed_price is not None else order.provider_total
    if not agreed:
        return ()
    back = compensation(form.reservations, CauseOwner.PROVIDER)
    deducted = (Line("Compensation of the customer", -back),) if back else ()
    return (Line(f"Service {order.order_number}", agreed), *deducted)


def hold(unit: UnitOfWork, order: ServiceOrder, reason: str) -> ProviderPayment | None:
    """Stops the payment in our records; None when there is none, or it is paid. The ERP is told by `hold-payment`."""
    payment = unit.payments.find(payment_id(order.id))
    if payment is None:
        return None
    held = payment.held(reason)
    if held is payment:
        return payment
    unit.announce(of_payment(order, held, HELD, reason=reason))
    unit.orders.note(order, "payment held", reason=reason)
    return unit.payments.save(held)


def kept_back(unit: UnitOfWork, order: ServiceOrder, form: WorkClosingForm, reason: str) -> Fact:
    """What a provider will not be paid for now: the work of a form, before any payment was authorized."""
    assignment = unit.assignments.accepted(form.visit_id)
    amount = sum((line.amount for line in price_lines(unit, order, form)), Decimal(0))
    body: dict[str, object] = {"providerId": str(assignment.provider_id) if assignment else None}
    body |= {"amount": float(amount), "currency": order.country.currency, "reason": reason}
    return _keyed(order, HELD, str(order.id), body)


def of_payment(order: ServiceOrder, payment: ProviderPayment, topic: str, **more: object) -> Fact:
    """A fact about the payment, keyed by its order."""
    body = {"providerId": str(payment.provider_id), "amount": float(payment.amount), "currency": payment.currency}
    return _keyed(order, topic, str(order.id), body | more)


def of_invoice(order: ServiceOrder, pro_forma: ProForma, topic: str, **more: object) -> Fact:
    """A fact about the pro forma, keyed by it."""
    body = {"invoiceId": str(pro_forma.id), "number": pro_forma.number, "total": float(pro_forma.total)}
    body |= {"currency": pro_forma.currency, "revision": pro_forma.revision}
    return _keyed(order, topic, str(pro_forma.id), body | more)


def _keyed(order: ServiceOrder, topic: str, key: str, body: dict[str, object]) -> Fact:
    return facts.Fact(
        topic, key, {"serviceOrderId": str(order.id), **body}, order.country_code, order.bu_code, order.order_key
    )


def payable_key(unit: UnitOfWork, pro_forma: ProForma) -> PayableKey:
    """What the ERP finds the payable by; `NotKnown` while the provider has no supplier number there."""
    supplier = unit.providers.get(pro_forma.provider_id).supplier_number
    if not supplier:
        raise NotKnown(f"Expected provider {pro_forma.provider_id} to have a supplier number, but there is none")
    return PayableKey(pro_forma.number, supplier)


def completed_message(invoice_id: UUID, result: Mapping[str, Any]) -> ProcessMessage:
    """The ERP's answer for the journey. The same answer told twice is one message; a payment after a failure is another."""
    said = f"{result.get('status')}:{result.get('reference') or result.get('failureReason') or ''}"
    identity = str(ids.derived_id(COMPLETED, invoice_id, said))
    return ProcessMessage(COMPLETED, str(invoice_id), identity, variables={"paymentResult": dict(result)})


def told(unit: UnitOfWork, order: ServiceOrder, post: Post) -> dict[str, object]:
    """What a message about the pro forma says, by the names of the texts' variables."""
    pro_forma, payment = pro_forma_of(unit, order), payment_of(unit, order)
    return {
        "invoiceNumber": pro_forma.number,
        "total": Money(pro_forma.total, pro_forma.currency),
        "dueDate": payment.due_on,
        "reference": payment.reference,
        "signUrl": post.links.to(
            Opens.PRO_FORMA, pro_forma.id, since=pro_forma.created_at, owner=pro_forma.provider_id
        ),
    }


def total_of(lines: Sequence[Line]) -> Decimal:
    """The sum of lines, without tax."""
    return sum((line.amount for line in lines), Decimal(0))
