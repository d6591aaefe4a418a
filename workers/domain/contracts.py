"""Contracts: the customer's before the work, the provider's before any work. Each sending is a version of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from workers.domain.errors import BundleInvalid
from workers.domain.gates import SETTLED
from workers.domain.orders import ServiceOrder
from workers.domain.states import CONTRACT, AgreementState, OrderState


class ContractKind(StrEnum):
    """Whom a contract binds."""

    CUSTOMER = "CUSTOMER_CONTRACT"
    PROVIDER = "PROVIDER_CONTRACT"


# Orders in these states can still be put under one contract.
BUNDLED = frozenset({OrderState.CREATED, OrderState.SCHEDULED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One version of a contract. A customer's has an order (and perhaps a bundle of them), a provider's has its provider."""

    id: UUID
    number: str
    kind: ContractKind
    sequence: int
    country_code: str
    bu_code: str
    template: str
    created_at: datetime
    updated_at: datetime
    order_id: UUID | None = None
    provider_id: UUID | None = None
    bundle: Sequence[UUID] = ()
    document_ref: str | None = None
    sha256: str | None = None
    scan_ref: str | None = None
    agreement_id: str | None = None
    state: AgreementState = AgreementState.DRAFT
    sent_at: datetime | None = None
    signed_at: datetime | None = None
    expires_at: datetime | None = None
    version: int = 1

    def moved(self, target: AgreementState) -> Contract:
        """This contract in state `target`; a repeat of the same state changes nothing."""
        if self.state is target:
            return self
        CONTRACT.check(self.state, target)
        return replace(self, state=target)


def check_bundle(orders: Sequence[ServiceOrder]) -> None:
    """Raises `BundleInvalid` unless one contract can cover all the orders: one customer, one tenant, nothing signed or begun."""
    first = orders[0]
    refused = {
        "of one customer": any(order.customer.id != first.customer.id for order in orders),
        "of one sales system": any(order.source_system is not first.source_system for order in orders),
        "of one business unit": any(
            (order.country_code, order.bu_code) != (first.country_code, first.bu_code) for order in orders
        ),
        "not signed elsewhere": any(order.contract_status in SETTLED - {"NOT_NEEDED"} for order in orders),
        "not begun": any(order.state not in BUNDLED for order in orders),
    }
    why = [rule for rule, broken in refused.items() if broken]
    if why:
        raise BundleInvalid(f"Expected the orders of a contract to be {', '.join(why)}, but one is not")
