"""generate-proforma: says what the provider will be paid, to be signed or contested. The payment is authorized with it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from workers.domain.closing import WorkClosingForm
from workers.domain.errors import NothingToPay, TenantMismatch
from workers.domain.orders import ServiceOrder
from workers.domain.payments import (
    SERIES,
    BillingModel,
    PaymentState,
    ProForma,
    ProFormaState,
    ProviderPayment,
    payment_id,
    pro_forma_id,
)
from workers.domain.providers import Provider
from workers.journey import notify, paying
from workers.journey.contract import OrderInput
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskInput, TaskOutput, task

INVOICE_SENT = "payment.invoice.sent"


class Terms(TaskInput):
    """What the decision `PaymentTerms` says for the country."""

    vat_percent: Decimal
    due_days: int


class Input(OrderInput):
    """The order whose work was accepted."""

    terms: Terms


class Output(TaskOutput):
    """The id of the pro forma is the key of its answers."""

    invoice_id: UUID
    invoice_number: str
    invoice_total: float
    currency: str
    billing_model: BillingModel


@task("generate-proforma", raises=(NothingToPay, TenantMismatch))
def generate_proforma(data: Input, ctx: Context, *, unit: UnitOfWork) -> Output:
    """One payment and one pro forma per order: they are found again, not made twice."""
    order = unit.orders.of(data)
    pro_forma = unit.pro_formas.find(pro_forma_id(order.id))
    if pro_forma is None:
        pro_forma = _made(unit, order, data.terms)
    elif unit.payments.get(payment_id(order.id)).state is PaymentState.PAID:
        raise NothingToPay(f"The provider of order {order.id} was paid before")
    provider = unit.providers.get(pro_forma.provider_id)
    return Output(
        invoice_id=pro_forma.id,
        invoice_number=pro_forma.number,
        invoice_total=float(pro_forma.total),
        currency=pro_forma.currency,
        billing_model=provider.billing_model,
    )


def _made(unit: UnitOfWork, order: ServiceOrder, terms: Terms) -> ProForma:
    form = paying.accepted_form(unit, order)
    provider = notify.provider_of(unit, order, unit.visits.get(form.visit_id))
    lines = paying.price_lines(unit, order, form)
    if provider is None or paying.total_of(lines) <= 0:
        raise NothingToPay(f"Nobody is to be paid for order {order.id}")
    identity = pro_forma_id(order.id)
    draft = ProForma(
        id=identity,
        number=unit.numbers.issue(SERIES, identity, year=unit.now.year),
        order_id=order.id,
        provider_id=provider.id,
        country_code=order.country_code,
        bu_code=order.bu_code,
        currency=order.country.currency,
        lines=lines,
        vat_percent=terms.vat_percent,
        due_days=terms.due_days,
        created_at=unit.now,
        updated_at=unit.now,
    )
    pro_forma = unit.pro_formas.add(replace(draft.moved(ProFormaState.SENT), sent_at=unit.now))
    _authorize(unit, order, form, provider, pro_forma)
    unit.announce(paying.of_invoice(order, pro_forma, INVOICE_SENT))
    unit.orders.note(order, "pro forma sent", number=pro_forma.number, total=str(pro_forma.total))
    return pro_forma


def _authorize(
    unit: UnitOfWork, order: ServiceOrder, form: WorkClosingForm, provider: Provider, pro_forma: ProForma
) -> None:
    """The payment begins held when a claim came before the acceptance."""
    claims = paying.holding_claims(unit, order)
    payment = ProviderPayment(
        id=payment_id(order.id),
        order_id=order.id,
        provider_id=provider.id,
        wcf_id=form.id,
        country_code=order.country_code,
        bu_code=order.bu_code,
        amount=pro_forma.total,
        currency=pro_forma.currency,
        created_at=unit.now,
        updated_at=unit.now,
        state=PaymentState.HELD if claims else PaymentState.AUTHORIZED,
        hold_reason=f"claim {claims[0].id}" if claims else None,
    )
    unit.payments.add(payment)
    topic = paying.HELD if claims else paying.AUTHORIZED
    unit.announce(paying.of_payment(order, payment, topic, reason=payment.hold_reason))
