"""Whose work a job, a request or a record claims to be, and the ids it names: what is checked before anything happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from workers.domain.callers import Kind, Owner
from workers.domain.errors import NotKnown, TenantMismatch

# What a field of this name holds, wherever it stands: the id of one such thing, or a list of them.
FIELDS: Mapping[str, Kind] = {
    "visit_id": Kind.VISIT,
    "offer_id": Kind.OFFER,
    "negotiation_id": Kind.NEGOTIATION,
    "broadcast_id": Kind.BROADCAST,
    "funnel_id": Kind.RUN,
    "booking_id": Kind.BOOKING,
    "execution_id": Kind.EXECUTION,
    "tv_outcome_id": Kind.TV_OUTCOME,
    "wcf_id": Kind.WCF,
    "contract_id": Kind.CONTRACT,
    "agreement_id": Kind.AGREEMENT,
    "claim_id": Kind.CLAIM,
    "invoice_id": Kind.PRO_FORMA,
    "notification_id": Kind.NOTIFICATION,
    "task_id": Kind.TASK,
    "provider_id": Kind.PROVIDER,
    "team_id": Kind.TEAM,
    "document_id": Kind.DOCUMENT,
    "rework_order_id": Kind.ORDER,
    "order_ids": Kind.ORDER,
    "contract_bundle": Kind.ORDER,
}
# Of these there are several per tenant that are no order's own: only the tenant counts.
OF_THE_TENANT = frozenset({Kind.ORDER, Kind.PROVIDER, Kind.TEAM})
# Ids that are text of somebody else's making.
FREE_IDS = frozenset({Kind.AGREEMENT, Kind.NOTIFICATION})


@dataclass(frozen=True, slots=True)
class Named:
    """A thing a scope names."""

    kind: Kind
    key: str

    @property
    def readable(self) -> bool:
        """Whether this can be an id of its kind at all; what cannot is refused by whoever looks for it."""
        if self.kind in FREE_IDS:
            return bool(self.key) and "\x00" not in self.key
        try:
            UUID(self.key)
        except ValueError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Scope:
    """An order (None: the work is about a provider), the tenant it is said to be of, and everything else that is named."""

    order_id: UUID | None
    country_code: str
    bu_code: str
    named: tuple[Named, ...] = ()

    @property
    def everything(self) -> tuple[Named, ...]:
        """What is named, the order first."""
        mine = () if self.order_id is None else (Named(Kind.ORDER, str(self.order_id)),)
        return (*mine, *(thing for thing in self.named if thing.readable))

    def check(self, thing: Named, owner: Owner) -> None:
        """Raises `TenantMismatch` for what is another tenant's, `NotKnown` for what is another order's. The text does not tell
        whose it is."""
        if (owner.country_code, owner.bu_code) != (self.country_code, self.bu_code):
            raise TenantMismatch(
                f"Expected {thing.kind} {thing.key} to be of {self.country_code} {self.bu_code}, but it is of another tenant"
            )
        mine = owner.order_id is None or self.order_id is None or owner.order_id == self.order_id
        if thing.kind not in OF_THE_TENANT and not mine:
            raise NotKnown(f"Expected {thing.kind} {thing.key} to belong to order {self.order_id}, but it does not")


# Of work that is about all tenants, such as the daily look at documents that end.
EVERYBODY = Scope(None, "*", "*")
