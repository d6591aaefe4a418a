"""Attack: a process, or a query that forgot its tenant, reaches for rows it has no business with."""

from __future__ import annotations

from decimal import Decimal

import psycopg
import pytest
import sqlalchemy as sa

from adapters.postgres.client import Database, seeing
from adapters.postgres.inbox import PostgresInbox
from adapters.postgres.ledger import PostgresLedger
from adapters.postgres.local import user_of
from adapters.postgres.rights import API, INTAKE, REFERENCE, ROLES, SHARED, SUPPORT, WORK
from adapters.postgres.settings import PostgresSettings
from adapters.postgres.tables import metadata, service_orders
from workers.domain.errors import TenantMismatch
from workers.domain.orders import ServiceOrder
from workers.domain.scope import Scope
from workers.domain.values import Category, ServiceType
from workers.ports.errors import Misconfigured
from workers.ports.feeds import CatalogueChange, Confidence, PreEstimation
from workers.ports.inbox import InboxMessage, Reception


@pytest.fixture
def orders(ledger, an_order):
    """A French order and a Spanish one; also one of another French unit."""
    made = [
        an_order(external_order_id="1"),
        an_order(external_order_id="2", country_code="ES", bu_code="ES-HOME"),
        an_order(external_order_id="3", bu_code="FR-OTHER"),
    ]
    with ledger.open("k", task_type="t") as effect:
        for order in made:
            effect.unit.orders.add(order)
        effect.store({})
    return made


def user(postgres, url, role, **options):
    return Database(PostgresSettings(url=user_of(postgres, role, url.rsplit("/", 1)[1]), pool_size=1), **options)


def seen(database):
    with database.begin() as connection:
        return set(connection.execute(sa.select(service_orders.c.external_order_id)).scalars())


def test_every_table_that_names_a_tenant_is_protected(database):
    """A new table with a country has row-level security, or stands among those everybody reads."""
    with database.begin() as connection:
        protected = set(
            connection.exec_driver_sql("SELECT relname FROM pg_class WHERE relrowsecurity AND relkind = 'r'").scalars()
        )
    tenants = {t.name for t in metadata.sorted_tables if {"country_code", "order_id", "provider_id"} & set(t.c.keys())}
    assert tenants <= protected
    assert {t.name for t in metadata.sorted_tables if "country_code" in t.c and "bu_code" not in t.c} <= SHARED


@pytest.mark.parametrize("role", ROLES)
def test_a_role_sees_the_tenants_it_is_bound_to(postgres, url, orders, role):
    """Nothing unbound, one country, one unit, or all of them, whoever asks."""
    database = user(postgres, url, role, bound=True)
    assert seen(database) == set()
    with seeing(["FR"]):
        assert seen(database) == {"1", "3"}
    with seeing(["FR"], ["FR-HOME"]):
        assert seen(database) == {"1"}
    with seeing():
        assert seen(database) == {"1", "2", "3"}
    assert seen(database) == set(), "a pooled connection remembers nobody"
    database.close()


def test_a_job_is_bound_to_its_tenant(postgres, url, orders, clock):
    """Within a job's transaction another tenant's order does not exist, to read or to write; naming it is a mismatch."""
    ledger = PostgresLedger(user(postgres, url, WORK, bound=True), clock)
    french, spanish, _ = orders
    with pytest.raises(TenantMismatch), ledger.open("a", task_type="t") as effect:
        effect.admit(Scope(spanish.id, "FR", "FR-HOME"))
    with ledger.open("b", task_type="t") as effect:
        effect.admit(Scope(french.id, "FR", "FR-HOME"))
        assert effect.unit.orders.find(spanish.id) is None
        assert effect.unit.orders.find(french.id) is not None
    with pytest.raises(Misconfigured, match="another tenant"):
        _add_another(ledger, french, spanish)


def _add_another(ledger, french, spanish):
    with ledger.open("c", task_type="t") as effect:
        effect.admit(Scope(french.id, "FR", "FR-HOME"))
        effect.unit.orders.add(ServiceOrder.received(**_again(spanish)))


def _again(order):
    fields = (
        "source_system",
        "sales_channel",
        "country_code",
        "bu_code",
        "store_code",
        "customer",
        "address",
        "products",
    )
    more = ("service_type", "service_code", "category", "created_at", "updated_at", "raw_payload", "urgency")
    return {name: getattr(order, name) for name in (*fields, *more)} | {"external_order_id": "9"}


FORBIDDEN = {
    WORK: (
        "SELECT FROM inbox",
        "DELETE FROM service_orders",
        "UPDATE order_events SET actor = 'x'",
        "SELECT FROM order_search",
    ),
    INTAKE: ("SELECT FROM offers", "UPDATE visits SET state = 'x'", "SELECT FROM notifications", "DELETE FROM inbox"),
    API: ("DELETE FROM offers", "UPDATE stores SET email = 'x'", "DELETE FROM effects"),
    SUPPORT: (
        "UPDATE order_progress SET state = 'x'",
        "SELECT customer_data FROM service_orders",
        "SELECT raw_payload FROM service_orders",
        "SELECT raw FROM inbox",
        "INSERT INTO suppressions DEFAULT VALUES",
    ),
}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_not_more_than_its_process_needs(postgres, url, role):
    """Each is refused by the database itself; so is a change of reference data or of the schema."""
    reference = [
        f"UPDATE {table} SET country_code = 'XX'" for table in sorted(REFERENCE & {"business_units", "places"})
    ]
    with psycopg.connect(user_of(postgres, role, url.rsplit("/", 1)[1]), autocommit=True) as connection:
        for statement in (*FORBIDDEN[role], *reference, "CREATE TABLE mine (a int)", "DROP TABLE claims"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_the_intake_keeps_what_the_client_tells(postgres, url, orders, clock):
    """Quotes and services are its own to write; workers and the API only read them."""
    inbox = PostgresInbox(user(postgres, url, INTAKE), clock)
    quote = PreEstimation(
        id="PE-1", country_code="FR", bu_code="FR-HOME", value=Decimal(9), currency="EUR", confidence=Confidence.LOW,
        told_at=clock.now(),
    )  # fmt: skip
    service = CatalogueChange(
        source_system="pyxis", sku="s", told_at=clock.now(), service_code="X", category=Category.OTHER,
        service_type=ServiceType.REPAIR, minutes=60,
    )  # fmt: skip
    for number, news in enumerate((quote, service)):
        row = InboxMessage("reference", str(number), "t", str(number), b"{}")
        assert inbox.learn(row, news, publish=[]).reception is Reception.NEW
    for role in (WORK, API):
        with pytest.raises(Misconfigured), user(postgres, url, role).begin() as connection:
            connection.exec_driver_sql("UPDATE pre_estimations SET value = 1")
