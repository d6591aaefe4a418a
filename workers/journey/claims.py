"""Claims: opened once per ground, told, and what they do to the payment."""

from __future__ import annotations

from uuid import UUID

from workers.domain import facts, ids
from workers.domain.closing import Claim
from workers.domain.errors import NotKnown
from workers.domain.orders import ServiceOrder
from workers.domain.visits import Visit
from workers.journey import notify, paying
from workers.ports.processes import ProcessMessage
from workers.ports.repositories import UnitOfWork

SERIES = "CL"
OPENED = "claim-opened"


def opened(
    unit: UnitOfWork,
    order: ServiceOrder,
    visit: Visit,
    category: str,
    *,
    ground: object,
    wcf_id: UUID | None,
    provider_id: UUID | None = None,
) -> Claim:
    """The claim about a visit for one ground (a form, a call): found again, not opened twice. The payment is held with it."""
    claim_id = ids.derived_id("claim", visit.id, ground)
    known = unit.claims.find(claim_id)
    if known is not None:
        return known
    provider = None if provider_id else notify.provider_of(unit, order, visit)
    claim = unit.claims.add(
        Claim(
            id=claim_id,
            order_id=order.id,
            visit_id=visit.id,
            wcf_id=wcf_id,
            country_code=order.country_code,
            bu_code=order.bu_code,
            category=category,
            created_at=unit.now,
            number=unit.numbers.issue(SERIES, claim_id, year=unit.now.year),
            provider_id=provider.id if provider else provider_id,
        )
    )
    unit.announce(of_claim(order, claim, "created"))
    unit.orders.note(order, "claim opened", claimId=str(claim.id), number=claim.number)
    if claim in paying.holding_claims(unit, order):
        paying.hold(unit, order, f"claim {claim.number}")
    return claim


def started(order: ServiceOrder, claim: Claim) -> ProcessMessage:
    """The message that starts the claim's own process."""
    identities = {"serviceOrderId": str(order.id), "orderKey": order.order_key}
    tenant = {"countryCode": order.country_code, "buCode": order.bu_code}
    more = {"claimId": str(claim.id), "claimNumber": claim.number, "category": claim.category}
    return ProcessMessage(OPENED, str(claim.id), f"{OPENED}:{claim.id}", variables={**identities, **tenant, **more})


def of_claim(order: ServiceOrder, claim: Claim, what: str) -> facts.Fact:
    """`created`, `validated`, `rejected`, `resolved` or `closed`; the record's key is the claim."""
    body = {
        "serviceOrderId": str(order.id),
        "claimId": str(claim.id),
        "category": claim.category,
        "cause": claim.cause,
        "owner": claim.owner.value if claim.owner else None,
        "reworkOrderId": str(claim.rework_order_id) if claim.rework_order_id else None,
        "compensation": float(claim.compensation) if claim.compensation is not None else None,
    }
    topic = f"quality.claim.{what}"
    return facts.Fact(topic, str(claim.id), body, order.country_code, order.bu_code, order.order_key)


def claim_of(unit: UnitOfWork, order: ServiceOrder, claim_id: UUID) -> Claim:
    """A claim, which must be one of this order."""
    claim = unit.claims.get(claim_id)
    if claim.order_id != order.id:
        raise NotKnown(f"Expected claim {claim_id} to belong to order {order.id}, but it belongs to another")
    return claim
