"""An amount with its currency."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple


class Money(NamedTuple):
    """So much of a currency (`EUR`, `PLN`)."""

    amount: Decimal
    currency: str
