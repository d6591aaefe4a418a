"""Connections with users that end: fresh credentials for each new connection, foreign errors in the platform's words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
import sqlalchemy as sa

from adapters.postgres.client import Database
from adapters.postgres.settings import PostgresSettings
from workers.ports.errors import Misconfigured, Unavailable
from workers.ports.secrets import DatabaseCredentials


class Users:
    """What Vault does: makes users that inherit the group, and drops them."""

    def __init__(self, admin_url: str, prefix: str) -> None:
        self._admin_url, self._prefix = admin_url, prefix
        self.made: list[str] = []

    def __call__(self) -> DatabaseCredentials:
        name = f"v_{self._prefix}_{len(self.made)}"
        with psycopg.connect(self._admin_url, autocommit=True) as admin:
            admin.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'secret' INHERIT IN ROLE field_service_rw")
        self.made.append(name)
        return DatabaseCredentials(name, "secret", f"lease-{name}", datetime.now(UTC) + timedelta(hours=1))

    def drop(self, name: str) -> None:
        with psycopg.connect(self._admin_url, autocommit=True) as admin:
            admin.execute(f"DROP ROLE IF EXISTS {name}")


@pytest.fixture
def users(postgres, url) -> Iterator[Users]:
    users = Users(postgres.admin_url, url.rsplit("/", 1)[1])
    yield users
    for name in users.made:
        users.drop(name)


def place(postgres, url: str, **changes) -> PostgresSettings:
    """The database without a user."""
    return PostgresSettings(url=f"postgresql://127.0.0.1:{postgres.port}/{url.rsplit('/', 1)[1]}", **changes)


def whoami(database: Database) -> str:
    with database.begin() as connection:
        return str(connection.execute(sa.text("SELECT session_user")).scalar())


def test_each_new_connection_asks_for_the_user_that_is_fresh(postgres, url, users):
    """Pooled connections are used again; a connection older than `recycle` is replaced with another user's."""
    database = Database(place(postgres, url, recycle=timedelta(seconds=1)), users)
    assert whoami(database) == whoami(database) == users.made[0]
    database.engine.pool._recycle = 0
    assert whoami(database) == users.made[1]
    database.close()


def test_a_user_that_was_dropped_is_replaced(postgres, url, users):
    """The server keeps sessions of dropped users and refuses their work: the pool is thrown away, the job comes again."""
    forgotten: list[str] = []
    database = Database(place(postgres, url), users, lambda: forgotten.append(users.made[-1]))
    whoami(database)
    users.drop(users.made[0])
    with pytest.raises(Unavailable, match="not valid any more"), database.begin() as connection:
        connection.execute(sa.text("SELECT count(*) FROM service_orders"))
    assert forgotten == [users.made[0]]
    assert whoami(database) == users.made[1]
    database.close()


def test_a_password_that_ended_before_its_time_is_forgotten(postgres, url, users):
    """A login that is refused although the lease is fresh: the credential is forgotten and the job comes again."""
    forgotten: list[bool] = []

    def revoked() -> DatabaseCredentials:
        return replace(users(), password="revoked")

    with pytest.raises(Unavailable, match="28P01"):
        whoami(Database(place(postgres, url), revoked, lambda: forgotten.append(True)))
    assert forgotten == [True]


def test_a_fixed_user_without_rights_is_a_mistake_in_the_settings(postgres, url):
    """Without rotation a refusal is nobody's fault but the operator's: no retry would help."""
    wrong = place(postgres, url, username="field_service_owner", password="wrong")
    with pytest.raises(Misconfigured):
        whoami(Database(wrong))


def test_a_server_that_is_away_is_unavailable():
    """Connection refused: try again later."""
    with pytest.raises(Unavailable, match="does not answer"):
        whoami(Database(PostgresSettings(url="postgresql://127.0.0.1:1/none", username="u", password="p")))


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("SELECT pg_sleep(5)", Unavailable),  # statement time-out
        ("SELECT * FROM no_such_table", Misconfigured),  # the migrations did not run
        ("SELECT 1/0", sa.exc.DataError),  # a bug of ours stays one
    ],
)
def test_errors_of_the_server(postgres, url, statement, error):
    """Time-outs are worth another try, a missing table is an operator's, anything else is a bug."""
    database = Database(PostgresSettings(url=url, statement_timeout=timedelta(milliseconds=200)))
    with pytest.raises(error), database.begin() as connection:
        connection.execute(sa.text(statement))
    database.close()


def test_a_pool_that_is_used_up_is_unavailable(url):
    """Nobody waits for ever for a connection."""
    database = Database(PostgresSettings(url=url, pool_size=1, max_overflow=0, pool_timeout=timedelta(milliseconds=50)))
    with database.begin(), pytest.raises(Unavailable, match="pool is used up"):
        whoami(database)
    database.close()


def test_settings_do_not_show_secrets(url):
    """Neither URL nor password is in a repr."""
    text = repr(PostgresSettings(url=url, username="u", password="hidden"))
    assert "hidden" not in text
    assert "postgresql://" not in text
