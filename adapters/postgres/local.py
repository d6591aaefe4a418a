"""A real PostgreSQL for a laptop and the tests: on a free port of this machine, migrated, with the roles production has."""

from __future__ import annotations

import secrets
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg import sql

from adapters.children import free_port
from adapters.postgres.cluster import SUPERUSER, Cluster
from adapters.postgres.migrate import migrate
from adapters.postgres.rights import FORMER, ROLES

OWNER, ADMIN = "field_service_owner", "vaultadmin"
GROUPS = (FORMER, *ROLES)
DATABASE = "field_service"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "120",
    "shared_buffers": "64MB",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_min_messages": "warning",
}
# A throw-away database need not survive a power cut; everything else behaves as in production.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the local server."""

    username: str
    password: str = field(default_factory=lambda: secrets.token_urlsafe(18), repr=False)


class LocalPostgres:
    """`with LocalPostgres() as postgres:` then `postgres.url` is the owner's, `postgres.admin_url` Vault's.

    With `data` the database stays in that folder and is there again next time; without, it is gone afterwards.
    """

    def __init__(self, *, data: Path | None = None, port: int = 0, migrated: bool = True) -> None:
        self.port = port or free_port()
        self.owner, self.admin, self.superuser = Account(OWNER), Account(ADMIN), Account(SUPERUSER)
        self._folder = None if data else tempfile.TemporaryDirectory(prefix="fsm-postgres-")
        self._settings = SETTINGS | (FAST if self._folder else {}) | {"port": str(self.port)}
        self._cluster = Cluster(data or Path(self._folder.name if self._folder else ""))
        self._migrated = migrated

    def __enter__(self) -> Self:
        """Starts, makes the roles and the database, and migrates it."""
        try:
            self.superuser = Account(SUPERUSER, self._cluster.initialise(self.superuser.password))
            self._cluster.start(self._settings, self._answers)
            self._prepare()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops fast; a temporary folder is removed."""
        self.stop()

    def stop(self) -> None:
        """Ends the server and removes a temporary folder."""
        self._cluster.stop()
        if self._folder:
            self._folder.cleanup()

    def address(self, account: Account, database: str = DATABASE) -> str:
        """The URL of a database for an account."""
        return f"postgresql://{account.username}:{account.password}@127.0.0.1:{self.port}/{database}"

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs."""
        return self._cluster.pid

    @property
    def url(self) -> str:
        """The database as its owner: for migrations, seeds and tests."""
        return self.address(self.owner)

    @property
    def admin_url(self) -> str:
        """The database as the user with which Vault makes and drops dynamic users."""
        return self.address(self.admin)

    @property
    def place(self) -> str:
        """The database without a user: what workers get, whose user comes from Vault."""
        return f"postgresql://127.0.0.1:{self.port}/{DATABASE}"

    def copy(self, name: str) -> str:
        """A database of its own, made from the migrated one as it is now; returns the owner's URL. Nobody may be connected
        to the original meanwhile."""
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}")
        with psycopg.connect(self.address(self.superuser, SUPERUSER), autocommit=True) as connection:
            connection.execute(made.format(*map(sql.Identifier, (name, DATABASE, OWNER))))
        return self.address(self.owner, name)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.address(self.superuser, SUPERUSER), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _prepare(self) -> None:
        with psycopg.connect(self.address(self.superuser, SUPERUSER), autocommit=True) as connection:
            for statement in _roles(self.owner, self.admin):
                connection.execute(statement)
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
            if not known:
                named = (sql.Identifier(DATABASE), sql.Identifier(OWNER))
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*named))
        if self._migrated:
            migrate(self.url)


def user_of(server: LocalPostgres, role: str, database: str = DATABASE) -> str:
    """The URL of a user with a role's rights (`fsm_work`), as Vault would make one."""
    account = Account(f"{role}_{secrets.token_hex(4)}")
    names = (sql.Identifier(account.username), sql.Literal(account.password), sql.Identifier(role))
    with psycopg.connect(server.address(server.superuser, SUPERUSER), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} IN ROLE {}").format(*names))
    return server.address(account, database)


def _roles(owner: Account, admin: Account) -> list[sql.Composed]:
    """The roles of production: who owns the schema, who may use it, and who makes users that may."""
    made = [
        *((group, "NOLOGIN", None) for group in GROUPS),
        (OWNER, "LOGIN", owner.password),
        (ADMIN, "LOGIN CREATEROLE", admin.password),
    ]
    create = sql.SQL("DO $$ BEGIN CREATE ROLE {}; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
    alter = sql.SQL("ALTER ROLE {} WITH {} PASSWORD {}")
    administrator = sql.Identifier(ADMIN)
    return [
        *(create.format(sql.Identifier(name)) for name, _, _ in made),
        *(alter.format(sql.Identifier(name), sql.SQL(may), sql.Literal(password)) for name, may, password in made),
        # The administrator may put users into the groups, and end their sessions before it drops them.
        *(sql.SQL("GRANT {} TO {} WITH ADMIN OPTION").format(sql.Identifier(group), administrator) for group in GROUPS),
        sql.SQL("GRANT pg_signal_backend TO {}").format(administrator),
    ]
