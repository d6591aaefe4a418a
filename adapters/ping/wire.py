"""What a token's claims say in our words. Total: whatever a claim holds, it is read or it says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from adapters.ping.settings import PingSettings
from workers.domain.callers import Caller, Role, groups_of

LONGEST_SUBJECT = 200


def words(claim: Any) -> list[str]:
    """A claim of several values: a list, or one text with spaces (PingFederate writes either, by its settings)."""
    if isinstance(claim, str):
        return claim.split()
    return [item for item in claim if isinstance(item, str)] if isinstance(claim, list) else []


def scopes(claims: Mapping[str, Any]) -> set[str]:
    """`scope` and `scp`, each a text or a list."""
    return {*words(claims.get("scope")), *words(claims.get("scp"))}


def subject(claims: Mapping[str, Any]) -> str:
    """`sub`; of a machine, which often has none, its client id."""
    for name in ("sub", "client_id", "azp"):
        if isinstance(claims.get(name), str) and claims[name]:
            return str(claims[name])[:LONGEST_SUBJECT]
    return ""


def caller(claims: Mapping[str, Any], settings: PingSettings) -> Caller:
    """The caller of a verified token.

    Roles are those of the groups (`ops-FR`) and of the scopes (`fsm.erp`); the countries those of the groups and of the claim.
    """
    groups = groups_of(words(claims.get(settings.groups_claim)))
    scoped = {name.removeprefix(settings.role_scope_prefix) for name in scopes(claims) if _ours(name, settings)}
    machine = {Role(name) for name in scoped if name in _SCOPED}
    return Caller(
        subject(claims),
        roles=frozenset({role for role, _ in groups} | machine),
        countries=frozenset(words(claims.get(settings.country_claim))),
        bu_codes=frozenset(words(claims.get(settings.bu_claim))),
        store_codes=frozenset(words(claims.get(settings.store_claim))),
        provider_id=_uuid(claims.get(settings.provider_claim)),
        groups=groups,
    )


# Roles a scope may give. People have theirs from groups: a scope is asked for by the client, a group is given by somebody.
_SCOPED = frozenset({Role.PROVIDER, Role.PROVIDER_APP, Role.CUSTOMER_PAGES, Role.ERP})


def _ours(name: str, settings: PingSettings) -> bool:
    return name.startswith(settings.role_scope_prefix)


def _uuid(claim: Any) -> UUID | None:
    try:
        return UUID(claim) if isinstance(claim, str) else None
    except ValueError:
        return None
