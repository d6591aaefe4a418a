"""The ERP's payables (Oracle Fusion): what we owe providers is announced there, held there and paid there.

There is no idempotency key on the other side: a payable is known by its invoice number and supplier, and an adapter looks
it up before it makes one. A time-out says nothing about whether it was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Protocol

from workers.ports.errors import Refused


class PayableStatus(StrEnum):
    """How a payable stands."""

    OPEN = "OPEN"
    HELD = "HELD"
    PAID = "PAID"
    CANCELLED = "CANCELLED"


class PayableKey(NamedTuple):
    """What a payable is found by: our invoice number, and the supplier's number in the ERP."""

    number: str
    supplier: str


@dataclass(frozen=True, slots=True)
class PayableLine:
    """One line, tax not included; below zero for a deduction."""

    text: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Payable:
    """A supplier's invoice to be made. `total` includes tax; `bu_code` is ours, the adapter knows the ERP's name for it."""

    key: PayableKey
    site: str
    country_code: str
    bu_code: str
    currency: str
    total: Decimal
    invoice_date: date
    due_on: date
    description: str
    lines: Sequence[PayableLine]
    tax: Decimal
    tax_code: str | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPayable:
    """A payable as the ERP tells it now."""

    erp_id: str
    key: PayableKey
    status: PayableStatus
    total: Decimal
    currency: str
    paid_at: datetime | None = None
    reference: str | None = None


class Problem(NamedTuple):
    """One thing the ERP does not accept: its words, its code, and the path of the field."""

    text: str
    code: str = ""
    path: str = ""


class PayableRefused(Refused):
    """The ERP refused the payable; `problems` says why, for the people who can mend it."""

    def __init__(self, message: str = "", *, problems: Sequence[Problem] = (), reference: str = "") -> None:
        super().__init__(message, system="oracle-fusion", reference=reference)
        self.problems = tuple(problems)


class Payables(Protocol):
    """Payables of the ERP. Raises `PortError`s; `PayableRefused` when the ERP says what is wrong with the data."""

    def create(self, payable: Payable) -> KnownPayable:
        """Makes it, or finds the one with the same key. `Conflict` when that one is about another amount."""
        ...

    def find(self, key: PayableKey) -> KnownPayable | None:
        """How it stands, with its payment; None when there is none."""
        ...

    def hold(self, key: PayableKey, *, reason: str) -> None:
        """Blocks its payment; a payable that is held already stays so."""
        ...

    def release(self, key: PayableKey, *, reason: str) -> None:
        """Ends the block we made; other people's stay."""
        ...

    def attach(self, key: PayableKey, *, name: str, content: bytes) -> None:
        """Adds a document to it, once per name."""
        ...
