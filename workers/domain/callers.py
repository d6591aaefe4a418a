"""Who calls, and what may be done on whose data.

A caller has roles and the countries, business units and stores it works for; a provider is one provider and nobody else. Group
names of people are those of Tasklist: `<role>-<country>` (`ops-FR`). What is not allowed by a rule is forbidden.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from workers.domain.errors import DomainError


class Role(StrEnum):
    """What a caller is here."""

    PROVIDER = "provider"  # one provider: claim `provider_id`
    PROVIDER_APP = "provider-app"  # the providers' portal, which knows its users itself
    CUSTOMER_PAGES = "customer-pages"  # the pages customers answer on
    ERP = "erp"
    OPS = "ops"
    SUPERVISOR = "ops-supervisor"
    FINANCE = "finance"
    QUALITY = "quality"
    CAPACITY = "capacity"
    COMPLIANCE = "compliance"
    SUPPORT = "support"
    EVERYTHING = "everything"  # the one key of a laptop without an identity provider


class Kind(StrEnum):
    """What an id names."""

    ORDER = "order"
    VISIT = "visit"
    OFFER = "offer"
    NEGOTIATION = "date-negotiation"
    PRO_FORMA = "pro-forma"
    BROADCAST = "broadcast"
    RUN = "assignment-run"
    BOOKING = "booking"
    EXECUTION = "execution"
    TV_OUTCOME = "tv-outcome"
    WCF = "work-closing-form"
    CONTRACT = "contract"
    AGREEMENT = "agreement"
    CLAIM = "claim"
    NOTIFICATION = "notification"
    PROVIDER = "provider"
    TEAM = "work-team"
    DOCUMENT = "provider-document"
    TASK = "task"


class Forbidden(DomainError):
    """Expected a caller who may do this on this data."""

    code = "FORBIDDEN"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose something is: the tenant of its order, the order, and the provider it was given to (None: nobody yet, or not a
    provider's)."""

    country_code: str
    bu_code: str
    store_code: str | None = None
    provider_id: UUID | None = None
    order_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with a valid token. `bu_codes` and `store_codes` empty: all of its countries."""

    subject: str
    roles: frozenset[Role] = frozenset()
    countries: frozenset[str] = frozenset()
    bu_codes: frozenset[str] = frozenset()
    store_codes: frozenset[str] = frozenset()
    provider_id: UUID | None = None
    # (role, country) of people, so that who is a supervisor in France is none in Spain.
    groups: frozenset[tuple[Role, str]] = frozenset()

    def may(self, role: Role, owner: Owner) -> bool:
        """Whether the caller has a role for this owner's data."""
        if role not in self.roles or not self._works_for(role, owner):
            return False
        return role is not Role.PROVIDER or (self.provider_id is not None and self.provider_id == owner.provider_id)

    def _works_for(self, role: Role, owner: Owner) -> bool:
        countries = {country for held, country in self.groups if held is role} or self.countries
        return (
            owner.country_code in countries
            and (not self.bu_codes or owner.bu_code in self.bu_codes)
            and (not self.store_codes or owner.store_code in self.store_codes)
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may call a route; `of` is what its id names, None when the route is about nobody's data."""

    roles: frozenset[Role]
    of: Kind | None = None

    def check(self, caller: Caller, owner: Owner | None) -> None:
        """Raises `Forbidden` unless one of the roles fits; the text names the roles, never the data."""
        if Role.EVERYTHING in caller.roles:
            return
        fits = self.roles & caller.roles if owner is None else {role for role in self.roles if caller.may(role, owner)}
        if not fits:
            raise Forbidden(
                f"Expected a caller who is {_listed(self.roles)} for this {self.of or 'route'},"
                f" but {caller.subject} is {_listed(caller.roles)} for other data or does something else."
            )


def rule(*roles: Role, of: Kind | None = None) -> Rule:
    """A rule, as the table of routes writes it."""
    return Rule(frozenset(roles), of)


def groups_of(names: Iterable[str]) -> frozenset[tuple[Role, str]]:
    """The (role, country) pairs of group names `<role>-<country>`; other groups say nothing here."""
    found = set()
    for name in names:
        role, _, country = name.rpartition("-")
        if role in _ROLES and len(country) == 2 and country.isupper():
            found.add((Role(role), country))
    return frozenset(found)


_ROLES = frozenset(Role) - {Role.EVERYTHING}


def _listed(roles: Iterable[Role]) -> str:
    return " or ".join(sorted(roles)) or "nobody we know"
