"""Who sees which part of an order's page, and who may do what on it. Whose orders: the table of routes (`workers.api.access`)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from workers.domain.callers import Caller, Owner, Role


class Part(StrEnum):
    """A part of an order's page."""

    STANDING = "standing"  # where it stands, timeline, visits
    CONTACT = "contact"  # the customer's name, address and telephone, and messages as they read
    DOCUMENTS = "documents"
    MONEY = "money"  # what the customer pays
    PAY = "pay"  # what the provider is paid
    RESUME = "resume"  # try what is stuck again


OFFICE = frozenset({Role.OPS, Role.SUPERVISOR, Role.FINANCE, Role.QUALITY, Role.CAPACITY, Role.SUPPORT})
SEES: Mapping[Part, frozenset[Role]] = {
    Part.STANDING: OFFICE,
    Part.CONTACT: frozenset({Role.OPS, Role.SUPERVISOR, Role.QUALITY, Role.SUPPORT}),
    Part.DOCUMENTS: OFFICE - {Role.CAPACITY},
    Part.MONEY: OFFICE - {Role.CAPACITY},
    Part.PAY: frozenset({Role.SUPERVISOR, Role.FINANCE}),
    Part.RESUME: frozenset({Role.SUPERVISOR, Role.SUPPORT}),
}


def parts_for(caller: Caller, owner: Owner) -> frozenset[Part]:
    """What a caller sees of an order: by the roles it has for this very order, not by those it has elsewhere."""
    if Role.EVERYTHING in caller.roles:
        return frozenset(Part)
    return frozenset(part for part, roles in SEES.items() if any(caller.may(role, owner) for role in roles))
