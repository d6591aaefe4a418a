"""A real PostgreSQL for these tests, seeded once; every test finds the reference data and no orders."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from adapters.postgres.client import Database
from adapters.postgres.ledger import PostgresLedger
from adapters.postgres.local import LocalPostgres
from adapters.postgres.seed import seed
from adapters.postgres.settings import PostgresSettings
from workers.domain.orders import Address, Customer, Product, ServiceOrder
from workers.domain.values import PaymentStatus, SalesChannel, SourceSystem
from workers.workshop.scenarios.stage import emptying


class MovedClock:
    """A clock that moves when a test says so."""

    def __init__(self, now: datetime) -> None:
        self.at = now

    def now(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)


@pytest.fixture(scope="session")
def postgres() -> Iterator[LocalPostgres]:
    with LocalPostgres() as server:
        seed(server.url)
        yield server


@pytest.fixture(scope="session")
def shared_url(postgres: LocalPostgres) -> str:
    return postgres.copy("adapter_tests")


@pytest.fixture
def url(shared_url: str) -> str:
    """Emptying tables is much quicker than another database."""
    with psycopg.connect(shared_url, autocommit=True) as connection:
        connection.execute(emptying(connection, "service_orders", "effects", "inbox", "issued_numbers", "suppressions"))
    return shared_url


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = Database(PostgresSettings(url=url))
    yield database
    database.close()


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock(datetime(2027, 1, 11, 9, 0, tzinfo=UTC))


@pytest.fixture
def ledger(database: Database, clock: MovedClock) -> PostgresLedger:
    return PostgresLedger(database, clock)


@pytest.fixture
def an_order() -> Any:
    def make(external_order_id: str = "8841207", **changes: Any) -> ServiceOrder:
        created = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
        lines = (
            Product(
                line_id="1",
                sku="70011200",
                name="Kitchen installation, up to 12 units",
                quantity=Decimal(1),
                unit_price=Decimal("1890.00"),
                currency="EUR",
                kind="SERVICE",
            ),
        )
        fields: dict[str, Any] = {
            "sales_channel": SalesChannel.STORE,
            "country_code": "FR",
            "bu_code": "FR-HOME",
            "store_code": "FR-0112",
            "customer": Customer(id="C-1", name="Paul Garnier", email="paul@example.com", phone="+33639981234"),
            "address": Address(street="rue des Lilas", number="14", postal_code="59000", city="Lille", country="FR"),
            "products": lines,
            "service_type": "INSTALLATION",
            "service_code": "INSTALL_KITCHEN_12",
            "category": "KITCHEN",
            "payment_status": PaymentStatus.FULLY_PAID,
            "raw_payload": {"order": {"id": external_order_id}},
            "system_metadata": {"tvMandatory": False},
            "created_at": created,
            "updated_at": created,
        }
        return ServiceOrder.received(
            source_system=SourceSystem.PYXIS, external_order_id=external_order_id, **fields | changes
        )

    return make
