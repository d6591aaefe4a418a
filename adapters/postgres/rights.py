"""Who may do what to which table: one database role per process, and row-level security by country and business unit.

A worker's connection sees no tenant's rows until a job binds its transaction to one (`fsm.countries`, `fsm.units`); the API's is
bound to the countries of its caller. The settings guard against our own mistakes: a query that forgets its tenant finds nothing.
What a process may never do, its role does not allow, whatever it says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from adapters.postgres.ownership import ADMIT, function
from adapters.postgres.tables import metadata

ALL = "*"
WORK, INTAKE, API, SUPPORT = "fsm_work", "fsm_intake", "fsm_api", "fsm_support"
ROLES = (WORK, INTAKE, API, SUPPORT)
# The group of versions before: it sees everything. Drop it when no process of theirs runs any more.
FORMER = "field_service_rw"
# Kept by others, read by all.
REFERENCE = frozenset({"business_units", "places", "service_catalogue", "signatories", "stores"})
# Kept by the database's own triggers. Open: the search's index cannot be used behind a policy (its operator may leak), and what
# is found is joined with the orders, which have theirs.
OF_TRIGGERS = frozenset({"order_search"})
# Rows of any tenant are read here: what they hold is no one person's or order's (addresses are digests).
SHARED = frozenset({"business_units", "places", "signatories", "suppressions", *OF_TRIGGERS})
# People do the tasks of their country, whichever unit's they are.
OF_A_COUNTRY = frozenset({"operators"})
APPEND_ONLY = frozenset({"order_events", "issued_numbers", "provider_moves", "audit_log"})
INTAKE_TABLES = frozenset({"service_orders", "order_progress", "order_events", "effects", "inbox", "pre_estimations"})
# Told by the client's own events: the intake keeps them, everybody else reads.
TOLD = frozenset({"service_catalogue", "pre_estimations"})
# What an answer of the ERP is about.
READ_BY_INTAKE = frozenset({"pro_formas"})
# What support may not see of an order: the customer, the document as it came.
HIDDEN = frozenset({"customer_data", "raw_payload", "system_metadata", "raw", "change", "messages"})


class Grant(NamedTuple):
    """Rights of a role on a table; `columns` empty: all of them."""

    role: str
    table: str
    verbs: Sequence[str]
    columns: Sequence[str] = ()

    @property
    def sql(self) -> str:
        """As a statement."""
        columns = "({})".format(", ".join(f'"{name}"' for name in self.columns)) if self.columns else ""
        verbs = ", ".join(f"{verb}{columns}" for verb in self.verbs)
        return f"GRANT {verbs} ON {self.table} TO {self.role}"


def grants() -> list[Grant]:
    """All rights, table by table."""
    found = [Grant(role, name, ("SELECT",)) for name in sorted(OF_TRIGGERS) for role in (API, SUPPORT)]
    return found + [grant for table in metadata.sorted_tables if table.name not in OF_TRIGGERS for grant in _of(table)]


def _of(table: sa.Table) -> Iterator[Grant]:
    name = table.name
    told = ("INSERT", "UPDATE") if name in TOLD else ()
    changing = () if name in REFERENCE | TOLD else ("INSERT",) if name in APPEND_ONLY else ("INSERT", "UPDATE")
    deleting = ("DELETE",) if name == "effects" else ()
    if name != "inbox":
        yield Grant(WORK, name, ("SELECT", *changing, *deleting))
    yield Grant(API, name, ("SELECT", *changing))
    if name in INTAKE_TABLES:
        yield Grant(INTAKE, name, ("SELECT", *changing, *told))
    elif name in REFERENCE | READ_BY_INTAKE:
        yield Grant(INTAKE, name, ("SELECT", *told))
    open_columns = [column.name for column in table.columns if column.name not in HIDDEN]
    yield Grant(SUPPORT, name, ("SELECT",), () if len(open_columns) == len(table.columns) else open_columns)


def _visible(setting: str, column: str) -> str:
    """Evaluated once per statement, not per row."""
    said = f"(SELECT current_setting('{setting}', true))"
    return f"({said} = '{ALL}' OR {column} = ANY ((SELECT string_to_array(current_setting('{setting}', true), ','))::text[]))"


def policies() -> Iterator[str]:
    """Statements that put row-level security on every table that says whose its rows are."""
    everybody = ", ".join(ROLES)
    for table in metadata.sorted_tables:
        name = table.name
        rule = _rule(table)
        if rule is None:
            continue
        yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
        yield f"DROP POLICY IF EXISTS tenant ON {name}"
        # An entry of the audit log is about whosever data was asked for: anybody writes it, its tenant reads it.
        check = " WITH CHECK (true)" if name == "audit_log" else ""
        yield f"CREATE POLICY tenant ON {name} TO {everybody} USING ({rule}){check}"
        yield f"DROP POLICY IF EXISTS former ON {name}"
        yield f"CREATE POLICY former ON {name} TO {FORMER} USING (true)"


def _rule(table: sa.Table) -> str | None:
    """Which rows a role of ours sees and writes; None for a table whose rows are nobody's."""
    if table.name in SHARED:
        return "true"
    if table.name in OF_A_COUNTRY:
        return _visible("fsm.countries", "country_code")
    if "country_code" in table.c:
        return f"{_visible('fsm.countries', 'country_code')} AND {_visible('fsm.units', 'bu_code')}"
    if "order_id" in table.c:
        return f"EXISTS (SELECT FROM service_orders o WHERE o.id = {table.name}.order_id)"
    if "provider_id" in table.c:
        return f"EXISTS (SELECT FROM providers p WHERE p.id = {table.name}.provider_id)"
    return None


def statements() -> list[str]:
    """Everything that follows from the tables as they are: the same again changes nothing."""
    role = "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{0}') THEN CREATE ROLE {0} NOLOGIN; END IF; END $$"
    everybody = ", ".join(ROLES)
    return [
        *(role.format(name) for name in ROLES),
        function(),
        ADMIT,
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {everybody}",
        f"GRANT USAGE ON SCHEMA public TO {everybody}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {WORK}, {INTAKE}, {API}",
        f"GRANT SELECT ON alembic_version TO {everybody}",
        *(grant.sql for grant in grants()),
        "REVOKE ALL ON FUNCTION forget_audit() FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION forget_audit() TO {WORK}",
        "ALTER FUNCTION keep_order_search() SECURITY DEFINER SET search_path = public, pg_temp",
        *policies(),
    ]


def digest(made: Iterable[str]) -> str:
    """What tells one set of statements from another."""
    return hashlib.sha256("\n".join(made).encode()).hexdigest()


def settle(connection: sa.Connection) -> bool:
    """Applies the statements unless they were; returns whether it did. The function carries their digest as its comment."""
    made = statements()
    told = digest(made)
    known = connection.exec_driver_sql(
        "SELECT obj_description(to_regprocedure('owner_of(text, text)'), 'pg_proc')"
    ).scalar()
    if known == told:
        return False
    for statement in made:
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(f"COMMENT ON FUNCTION owner_of(text, text) IS '{told}'")
    return True
