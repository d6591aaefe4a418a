"""Users that live for seconds, under a pool that works all the time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import hvac
import pytest
import sqlalchemy as sa

from adapters.postgres.client import Database
from adapters.postgres.local import LocalPostgres
from adapters.postgres.settings import PostgresSettings
from adapters.vault.client import VaultSecrets
from adapters.vault.local import LocalVault
from workers.ports.errors import Unavailable

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


def test_a_user_that_was_dropped_behind_our_back_is_replaced(postgres: LocalPostgres, vault: LocalVault) -> None:
    """Its sessions are cut off and it cannot log in: after at most two refusals work goes on under another user."""
    settings = PostgresSettings(url=postgres.place, pool_size=1)
    root = hvac.Client(url=vault.address, token=vault.token)
    with VaultSecrets(vault.settings) as secrets, root.adapter.session:
        forget = partial(secrets.forget, "worker-rw")
        database = Database(settings, partial(secrets.database, "worker-rw"), forget)
        before, refused = who(database), 0
        root.sys.revoke_lease(lease_id=secrets.database("worker-rw").lease_id)
        after = None
        while after is None and refused < 3:
            try:
                after = who(database)
            except Unavailable:
                refused += 1
        database.close()
    assert after is not None
    assert after != before
    assert refused <= 2


def who(database: Database) -> str:
    with database.begin() as connection:
        return str(connection.execute(WHO).one()[0])
