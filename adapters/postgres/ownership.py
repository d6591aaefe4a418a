"""Whose something is, answered by the database itself: `owner_of(kind, key)` follows the chain child -> order -> tenant.

The function runs with the rights of the schema's owner, since who asks may not see other tenants' rows: it learns whose a thing
is and nothing else of it. It is made anew after each migration (`settle`), so a new kind is a line of the table here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from workers.domain.callers import Kind, Owner
from workers.domain.scope import FREE_IDS, Scope

_ORDERS = "LEFT JOIN service_orders o ON o.id = c.order_id"
_TENANT = "coalesce(o.country_code, c.country_code)::text, coalesce(o.bu_code, c.bu_code)::text, o.store_code::text"


def _of(table: str, provider: str = "NULL::uuid") -> str:
    """Of a row that names its order."""
    return f"SELECT c.order_id, {_TENANT}, {provider} FROM {table} c {_ORDERS} WHERE c.id = "


# The provider a visit was given to last; one that was withdrawn from it has no say any more.
_ACCEPTED = "a.visit_id = c.id AND a.state = 'ACCEPTED'"
_VISITS_PROVIDER = f"(SELECT a.provider_id FROM assignments a WHERE {_ACCEPTED} LIMIT 1)"
_NEGOTIATIONS_PROVIDER = "(SELECT f.provider_id FROM offers f WHERE f.id = c.offer_id)"
_PROVIDERS = "SELECT NULL::uuid, p.country_code::text, p.bu_code::text, NULL::text, p.id FROM providers p"
KINDS: Mapping[Kind, str] = {
    Kind.ORDER: (
        "SELECT c.id, c.country_code::text, c.bu_code::text, c.store_code::text, NULL::uuid FROM service_orders c WHERE c.id = "
    ),
    Kind.VISIT: _of("visits", _VISITS_PROVIDER),
    Kind.OFFER: _of("offers", "c.provider_id"),
    Kind.NEGOTIATION: _of("date_negotiations", _NEGOTIATIONS_PROVIDER),
    Kind.BROADCAST: _of("broadcasts"),
    Kind.RUN: _of("assignment_runs"),
    Kind.BOOKING: _of("bookings"),
    Kind.EXECUTION: _of("executions", "c.provider_id"),
    Kind.TV_OUTCOME: _of("tv_outcomes"),
    Kind.WCF: _of("wcfs"),
    Kind.CONTRACT: _of("contracts", "c.provider_id"),
    Kind.AGREEMENT: _of("agreements"),
    Kind.CLAIM: _of("claims", "c.provider_id"),
    Kind.PRO_FORMA: _of("pro_formas", "c.provider_id"),
    Kind.TASK: _of("operator_tasks"),
    Kind.NOTIFICATION: _of("notifications", "c.provider_id"),
    Kind.PROVIDER: f"{_PROVIDERS} WHERE p.id = ",
    Kind.TEAM: f"{_PROVIDERS} JOIN work_teams t ON t.provider_id = p.id WHERE t.id = ",
    Kind.DOCUMENT: f"{_PROVIDERS} JOIN provider_documents d ON d.provider_id = p.id WHERE d.id = ",
}


def function() -> str:
    """The SQL that makes `owner_of`."""
    cases = "\n".join(
        f"        WHEN '{kind}' THEN RETURN QUERY {query}{'key' if kind in FREE_IDS else 'key::uuid'};"
        for kind, query in KINDS.items()
    )
    return f"""
CREATE OR REPLACE FUNCTION owner_of(kind text, key text)
RETURNS TABLE (order_id uuid, country_code text, bu_code text, store_code text, provider_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    CASE owner_of.kind
{cases.replace("key", "owner_of.key")}
    END CASE;
END $$"""


# Binds a transaction to a tenant and answers whose the things it names are: one way to the server and back for each job.
ADMIT = """
CREATE OR REPLACE FUNCTION admit(countries text, units text, kinds text[], keys text[])
RETURNS TABLE (nr bigint, order_id uuid, country_code text, bu_code text, store_code text, provider_id uuid)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('fsm.countries', countries, true), set_config('fsm.units', units, true);
    RETURN QUERY SELECT asked.nr, owner.* FROM unnest(kinds, keys) WITH ORDINALITY AS asked(kind, key, nr)
        CROSS JOIN LATERAL owner_of(asked.kind, asked.key) AS owner;
END $$"""
_ASKED = sa.text(
    "SELECT asked.nr, owner.* FROM unnest(CAST(:kinds AS text[]), CAST(:keys AS text[])) WITH ORDINALITY AS asked(kind, key, nr)"
    " CROSS JOIN LATERAL owner_of(asked.kind, asked.key) AS owner"
)
_ADMITTED = sa.text("SELECT * FROM admit(:countries, :units, CAST(:kinds AS text[]), CAST(:keys AS text[]))")


def owners(connection: sa.Connection, asked: list[tuple[str, str]]) -> dict[int, Owner]:
    """Whose these (kind, key) are, by their place in the list; what does not exist is left out."""
    return _by_place(connection.execute(_ASKED, _columns(asked)))


def admit(connection: sa.Connection, scope: Scope) -> None:
    """Binds the transaction to the scope's tenant. Raises `TenantMismatch` or `NotKnown` for the first thing it may not name."""
    things = scope.everything
    told = _columns([(thing.kind.value, thing.key) for thing in things])
    tenant = {"countries": scope.country_code, "units": scope.bu_code}
    found = _by_place(connection.execute(_ADMITTED, tenant | told))
    for place, thing in enumerate(things):
        if place in found:
            scope.check(thing, found[place])


def _columns(asked: list[tuple[str, str]]) -> dict[str, Any]:
    return {"kinds": [kind for kind, _ in asked], "keys": [key for _, key in asked]}


def _by_place(rows: sa.CursorResult[Any]) -> dict[int, Owner]:
    names = ("country_code", "bu_code", "store_code", "provider_id", "order_id")
    return {row["nr"] - 1: Owner(**{name: row[name] for name in names}) for row in rows.mappings()}
