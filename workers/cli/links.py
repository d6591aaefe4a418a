"""The links customers and providers have in their messages, for whoever plays them on a laptop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workers.bootstrap import DeskReads, Links, Platform
from workers.domain.passes import Opens


def links_of(platform: Platform, view: Any) -> Iterator[tuple[str, str]]:
    """Who it is for and what it opens -> its address; those of open questions and of visits that are still to come."""
    asked_for, links = platform.get(DeskReads).questions(view), platform.get(Links)
    order, names = view.line, asked_for.names
    yield "customer: the order", links.to(Opens.ORDER, order.id, since=order.created_at)
    for row in asked_for.negotiations:
        if row["state"] == "IN_PROGRESS":
            asked = next(offer["provider_id"] for offer in view.offers if offer["id"] == row["offer_id"])
            key, since = row["id"], row["created_at"]
            yield "customer: the proposed date", links.to(Opens.CUSTOMER_DATES, key, since=since)
            yield "provider: the proposed date", links.to(Opens.PROVIDER_DATES, key, since=since, owner=asked)
    for row in view.offers:
        if row["state"] == "PENDING":
            address = links.to(Opens.OFFER, row["id"], since=row["sent_at"], owner=row["provider_id"])
            yield f"{names.get(row['provider_id'])}: the offer", address
    created = {visit["id"]: visit["created_at"] for visit in view.visits}
    for row in view.assignments:
        if row["state"] == "ACCEPTED":
            owner, visit = row["provider_id"], row["visit_id"]
            yield f"{names.get(owner)}: the visit", links.to(Opens.VISIT, visit, since=created[visit], owner=owner)
    for row in asked_for.pro_formas:
        owner = row["provider_id"]
        address = links.to(Opens.PRO_FORMA, row["id"], since=row["created_at"], owner=owner)
        yield f"{names.get(owner)}: the pro forma {row['number']}", address
