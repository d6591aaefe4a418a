"""What to tell whom, about what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workers.domain.assignments import Offer
from workers.domain.closing import Agreement, WorkClosingForm
from workers.domain.desk import Operator
from workers.domain.negotiations import DateNegotiation
from workers.domain.providers import Provider
from workers.domain.values import Recipient
from workers.domain.visits import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message before it is written. `more` holds variables of the text that are not personal.

    `role` is an operator's, `operator` the person who is meant. `urgent` is for alerts that ring; whether an offer is urgent,
    the order says.
    """

    template: str
    recipient: Recipient
    visit: Visit | None = None
    provider: Provider | None = None
    offer: Offer | None = None
    wcf: WorkClosingForm | None = None
    agreement: Agreement | None = None
    negotiation: DateNegotiation | None = None
    channel: str | None = None
    role: str = "ops"
    operator: Operator | None = None
    urgent: bool | None = None
    more: Mapping[str, object] = field(default_factory=dict)
