"""The schema: the client's table as given, invariants the database holds by itself, rights of the workers' users."""

from __future__ import annotations

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from adapters.postgres.migrate import migrate, missing
from adapters.postgres.tables import metadata

CLIENT_COLUMNS = [
    ("id", "uuid", "NO"),
    ("source_system", "character varying", "NO"),
    ("external_order_id", "character varying", "NO"),
    ("sales_channel", "character varying", "NO"),
    ("country_code", "character varying", "NO"),
    ("bu_code", "character varying", "NO"),
    ("store_code", "character varying", "YES"),
    ("customer_data", "jsonb", "NO"),
    ("products", "jsonb", "NO"),
    ("service_type", "character varying", "NO"),
    ("raw_payload", "jsonb", "NO"),
    ("system_metadata", "jsonb", "YES"),
    ("created_at", "timestamp with time zone", "YES"),
    ("updated_at", "timestamp with time zone", "YES"),
]


def test_service_orders_is_the_clients_table(url):
    """Columns, their order, types and nullability are those of the requirements; so are the indexes."""
    with psycopg.connect(url) as connection:
        columns = connection.execute(
            "SELECT column_name, data_type, is_nullable FROM information_schema.columns"
            " WHERE table_name = 'service_orders' ORDER BY ordinal_position"
        ).fetchall()
        indexes = {
            row[0] for row in connection.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'service_orders'")
        }
    assert columns == CLIENT_COLUMNS
    assert {"idx_source_system", "idx_sales_channel", "idx_multi_tenant"} <= indexes


def test_migrations_make_what_the_code_expects(database):
    """The migrated database and the tables the repositories use are the same."""
    with database.begin() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), metadata)
        assert missing(connection) == []
    assert difference == []


def test_migrating_twice_changes_nothing(url, database):
    """A second run finds nothing to do."""
    migrate(url)
    with database.begin() as connection:
        assert missing(connection) == []


def test_raw_payload_never_changes(ledger, database, an_order):
    """I2: the document as received cannot be changed, not even by SQL."""
    with ledger.open("k", task_type="t") as effect:
        effect.unit.orders.add(an_order())
        effect.store({})
    with database.engine.connect() as connection, pytest.raises(sa.exc.IntegrityError, match="never changes"):
        connection.exec_driver_sql("UPDATE service_orders SET raw_payload = '{}'")


def test_dynamic_users_work_and_cannot_change_the_audit(postgres, ledger, an_order, url):
    """A user made by the administrator inherits the group: it reads and writes, but leaves timeline and schema alone."""
    with ledger.open("k", task_type="t") as effect:
        effect.unit.orders.add(an_order())
        effect.store({})
    name = url.rsplit("/", 1)[1]
    with psycopg.connect(postgres.admin_url, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE v_worker_{name} LOGIN PASSWORD 'p' INHERIT IN ROLE field_service_rw")
    user = f"postgresql://v_worker_{name}:p@127.0.0.1:{postgres.port}/{name}"
    with psycopg.connect(user, autocommit=True) as worker:
        assert worker.execute("SELECT count(*) FROM service_orders").fetchone() == (1,)
        assert worker.execute("UPDATE order_progress SET state = 'CREATED'").rowcount == 1
        assert worker.execute("DELETE FROM effects").rowcount == 1
        for forbidden in ("UPDATE order_events SET actor = 'x'", "DELETE FROM order_events", "DROP TABLE claims"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                worker.execute(forbidden)
    with psycopg.connect(postgres.admin_url, autocommit=True) as admin:
        admin.execute(f"DROP ROLE v_worker_{name}")
