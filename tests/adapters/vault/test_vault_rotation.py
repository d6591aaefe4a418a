"""Users that live for seconds, under a pool that works all the time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from adapters.postgres.client import Database
from adapters.postgres.local import LocalPostgres
from adapters.postgres.settings import PostgresSettings
from adapters.vault.client import VaultSecrets
from adapters.vault.local import LocalVault

pytestmark = pytest.mark.stack
WHO = sa.text("SELECT session_user, count(*) FROM service_orders")


@pytest.fixture
def short_lived(postgres: LocalPostgres) -> Iterator[LocalVault]:
    with LocalVault() as vault:
        vault.configure(postgres.admin_url, ttl="3s", max_ttl="4s")
        yield vault


def test_transactions_go_on_while_their_users_come_and_go(postgres: LocalPostgres, short_lived: LocalVault) -> None:
    """Leases of 3 s (4 at most), connections of 1 s, seven seconds of work: several users, not one error."""
    settings = PostgresSettings(url=postgres.place, recycle=timedelta(seconds=1), pool_size=2)
    users: set[str] = set()
    with VaultSecrets(short_lived.settings) as secrets:
        database = Database(settings, partial(secrets.database, "worker-rw"))
        deadline = time.monotonic() + 7
        while time.monotonic() < deadline:
            with database.begin() as connection:
                users.add(connection.execute(WHO).one()[0])
        database.close()
    assert len(users) >= 2
