"""Attack: somebody wants no trace. The audit log is added to and read, by nobody changed, for seven years."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from adapters.postgres.audit import PostgresAudit
from adapters.postgres.client import Database, seeing
from adapters.postgres.ledger import PostgresLedger
from adapters.postgres.local import user_of
from adapters.postgres.rights import API, ROLES, SUPPORT
from adapters.postgres.settings import PostgresSettings
from workers.domain.audit import AuditEntry
from workers.domain.errors import TenantMismatch
from workers.domain.scope import Scope
from workers.ports.audit import AuditQuery

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)


def entry(who: str, **more):
    fields = {
        "at": NOW,
        "what": "POST /offers/{offer_id}/answer",
        "allowed": True,
        "country_code": "FR",
        "bu_code": "FR-HOME",
    }
    return AuditEntry(**fields | {"who": who} | more)


@pytest.mark.parametrize("statement", ["UPDATE audit_log SET who = 'x'", "DELETE FROM audit_log", "TRUNCATE audit_log"])
def test_nobody_changes_it(postgres, url, database, statement):
    """Not the owner of the schema, not a process."""
    PostgresAudit(database).write(entry("ana"))
    with psycopg.connect(url, autocommit=True) as owner, pytest.raises(psycopg.errors.RestrictViolation):
        owner.execute(statement)
    for role in ROLES:
        address = user_of(postgres, role, url.rsplit("/", 1)[1])
        with psycopg.connect(address) as process, pytest.raises(psycopg.errors.InsufficientPrivilege):
            process.execute(statement)


def test_what_is_older_than_seven_years_goes(database, ledger):
    """By the workers' own house-keeping; what is younger stays."""
    audit = PostgresAudit(database)
    audit.write(entry("long-ago", at=datetime.now(UTC) - timedelta(days=7 * 366)))
    audit.write(entry("six-years-ago", at=datetime.now(UTC) - timedelta(days=6 * 365)))
    ledger.forget(older_than=timedelta(days=180))
    assert [found.who for found in audit.find(AuditQuery(limit=1000)) if found.who.endswith("ago")] == ["six-years-ago"]


def test_it_is_found_by_what_it_says(database):
    """Filters count together, the newest entry first; what an attacker wrote is one short printable line."""
    audit = PostgresAudit(database)
    audit.write(entry("bo", allowed=False, reason="answered 403", at=NOW + timedelta(hours=1)))
    audit.write(entry("bo", country_code="ES", bu_code="ES-HOME", at=NOW + timedelta(hours=2)))
    audit.write(entry("x\x00\ud800\x1b[31m" + "y" * 5000))
    assert [found.country_code for found in audit.find(AuditQuery(who="bo"))] == ["ES", "FR"]
    assert [found.reason for found in audit.find(AuditQuery(who="bo", allowed=False))] == ["answered 403"]
    assert [found.who for found in audit.find(AuditQuery(who="bo", since=NOW + timedelta(hours=2)))] == ["bo"]
    kept = next(found.who for found in audit.find(AuditQuery(limit=1000)) if found.who.startswith("x"))
    assert kept.isprintable()
    assert len(kept) <= 300


def test_its_tenants_read_it_and_anybody_writes_it(postgres, url):
    """A refused call is about another country's data: it is written all the same, and read by that country."""
    database = Database(PostgresSettings(url=user_of(postgres, API, url.rsplit("/", 1)[1])), bound=True)
    audit = PostgresAudit(database)
    with seeing(["FR"]):
        audit.write(entry("nosy", country_code="ES", bu_code="ES-HOME", allowed=False))
        assert audit.find(AuditQuery(who="nosy")) == []
    with seeing(["ES"]):
        assert [found.allowed for found in audit.find(AuditQuery(who="nosy"))] == [False]
    database.close()


def test_a_job_that_names_anothers_thing_leaves_an_entry(postgres, url, ledger, an_order, clock):
    """Although everything else of the job is undone."""
    order = an_order(external_order_id="audited")  # the log is not emptied between tests: nobody can
    with ledger.open("k", task_type="intake") as effect:
        effect.unit.orders.add(order)
        effect.store({})
    with pytest.raises(TenantMismatch):
        _try(ledger, order)
    support = PostgresAudit(Database(PostgresSettings(url=user_of(postgres, SUPPORT, url.rsplit("/", 1)[1]))))
    (found,) = support.find(AuditQuery(order_id=order.id))
    assert (found.who, found.allowed, found.country_code) == ("send-offer", False, "ES")


def _try(ledger: PostgresLedger, order) -> None:
    with ledger.open("send-offer:1", task_type="send-offer") as effect:
        effect.admit(Scope(order.id, "ES", "ES-HOME"))
