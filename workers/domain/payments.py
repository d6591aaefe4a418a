"""What a provider is paid: the pro forma they agree to, and the payment that follows (domain brief 2.2 and 5.13).

We announce the provider's payable to the ERP; the ERP pays. Customer receipts are none of our business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from uuid import UUID

from workers.domain import ids
from workers.domain.states import Machine

CENT = Decimal("0.01")
# The yearly series of pro formas; the ERP knows the invoice by this number.
SERIES = "PF"


class BillingModel(StrEnum):
    """Who writes the invoice: we do for the provider, or the provider sends one to the ERP."""

    SELF_BILLING = "SELF_BILLING"
    INVOICE_SUBMISSION = "INVOICE_SUBMISSION"


class ProFormaState(StrEnum):
    """Where a pro forma stands."""

    DRAFT = "DRAFT"
    SENT = "SENT"
    SIGNED = "SIGNED"
    CONTESTED = "CONTESTED"
    VOID = "VOID"


P = ProFormaState
PRO_FORMA: Machine[ProFormaState] = Machine(
    "pro forma",
    {
        P.DRAFT: {P.SENT, P.VOID},
        P.SENT: {P.SIGNED, P.CONTESTED, P.VOID},
        P.CONTESTED: {P.SENT, P.SIGNED, P.VOID},
        P.SIGNED: {P.VOID},
    },
)


class PaymentState(StrEnum):
    """Where a provider's payment stands."""

    HELD = "HELD"
    AUTHORIZED = "AUTHORIZED"
    REQUESTED = "REQUESTED"
    PAID = "PAID"
    FAILED = "FAILED"


S = PaymentState
PAYMENT: Machine[PaymentState] = Machine(
    "provider payment",
    {
        # HELD -> PAID: the ERP was quicker than our hold. What it paid is recorded, not argued with.
        S.HELD: {S.AUTHORIZED, S.REQUESTED, S.PAID, S.FAILED},
        S.AUTHORIZED: {S.REQUESTED, S.HELD},
        S.REQUESTED: {S.PAID, S.FAILED, S.HELD},
        S.FAILED: {S.REQUESTED, S.HELD, S.PAID},
    },
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a pro forma, without tax; what is deducted is below zero."""

    text: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Contest:
    """Why a provider does not agree, and what they would agree to (with tax)."""

    reason: str
    proposed: Decimal | None = None

    def difference(self, total: Decimal) -> tuple[Decimal, Decimal]:
        """How far apart both sides are: the amount, and its share of our total in percent."""
        apart = abs((self.proposed if self.proposed is not None else total) - total)
        share = (apart * 100 / total).quantize(Decimal("0.1")) if total else Decimal(100)
        return apart, share


@dataclass(frozen=True, slots=True, kw_only=True)
class ProForma:
    """What a provider will be paid for an order, to be signed or contested. A revision keeps id and number."""

    id: UUID
    number: str
    order_id: UUID
    provider_id: UUID
    country_code: str
    bu_code: str
    currency: str
    lines: tuple[Line, ...]
    vat_percent: Decimal
    due_days: int
    created_at: datetime
    updated_at: datetime
    revision: int = 1
    state: ProFormaState = ProFormaState.DRAFT
    contest: Contest | None = None
    explanation: str | None = None
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    version: int = 1

    @property
    def net(self) -> Decimal:
        """All lines, without tax."""
        return sum((line.amount for line in self.lines), Decimal(0)).quantize(CENT, ROUND_HALF_UP)

    @property
    def tax(self) -> Decimal:
        """The tax on it."""
        return (self.net * self.vat_percent / 100).quantize(CENT, ROUND_HALF_UP)

    @property
    def total(self) -> Decimal:
        """What is paid."""
        return self.net + self.tax

    def moved(self, target: ProFormaState) -> ProForma:
        """This pro forma in state `target`."""
        PRO_FORMA.check(self.state, target)
        return replace(self, state=target)

    def revised(self, lines: Sequence[Line], explanation: str) -> ProForma:
        """The next revision, with other lines or the same ones explained; it has to be sent and answered again."""
        changed = replace(self, lines=tuple(lines), revision=self.revision + 1, contest=None, explanation=explanation)
        return changed.moved(ProFormaState.SENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderPayment:
    """The payment of a provider for an order: one per order."""

    id: UUID
    order_id: UUID
    provider_id: UUID
    wcf_id: UUID
    country_code: str
    bu_code: str
    amount: Decimal
    currency: str
    created_at: datetime
    updated_at: datetime
    state: PaymentState = PaymentState.AUTHORIZED
    hold_reason: str | None = None
    # What finance corrected because the ERP refused the payable.
    supplier_site: str | None = None
    tax_code: str | None = None
    account: str | None = None
    erp_invoice_id: str | None = None
    requested_at: datetime | None = None
    due_on: date | None = None
    paid_at: datetime | None = None
    reference: str | None = None
    failure: str | None = None
    version: int = 1

    def moved(self, target: PaymentState) -> ProviderPayment:
        """This payment in state `target`."""
        PAYMENT.check(self.state, target)
        return replace(self, state=target)

    def held(self, reason: str) -> ProviderPayment:
        """This payment stopped; one that is paid, or held already, stays as it is."""
        if not PAYMENT.allows(self.state, PaymentState.HELD):
            return self
        return replace(self.moved(PaymentState.HELD), hold_reason=reason)

    def released(self) -> ProviderPayment:
        """This payment as it went on before it was held."""
        if self.state is not PaymentState.HELD:
            return self
        onward = PaymentState.REQUESTED if self.erp_invoice_id else PaymentState.AUTHORIZED
        return replace(self.moved(onward), hold_reason=None)


def payment_id(order_id: UUID) -> UUID:
    """The id of an order's payment."""
    return ids.derived_id("payment", order_id)


def pro_forma_id(order_id: UUID) -> UUID:
    """The id of an order's pro forma; revisions keep it."""
    return ids.derived_id("pro-forma", order_id)
