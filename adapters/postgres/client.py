"""The engine: connections with credentials that change, and foreign errors in the platform's words."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from adapters.postgres.settings import PostgresSettings
from workers.ports.errors import InUse, Misconfigured, PortError, Unavailable
from workers.ports.secrets import DatabaseCredentials

# The countries and business units that the transactions of this context may see: those of a request's caller.
_SEEN: ContextVar[tuple[str, str] | None] = ContextVar("seen tenants", default=None)
EVERYTHING = ("*", "*")
_BIND = sa.text("SELECT set_config('fsm.countries', :countries, true), set_config('fsm.units', :units, true)")
Credentials = Callable[[], DatabaseCredentials]
SYSTEM = "postgres"
# SQLSTATE prefixes, the most specific first. A dynamic user that ended shows as any of the first four.
STALE_USER = frozenset({"28P01", "28000", "42501", "42704"})
ROW_RULE = "row-level security"
# A refused connection carries no SQLSTATE, only the server's words.
REFUSED_AT_CONNECT: Mapping[str, str] = {
    "password authentication failed": "28P01",
    "no pg_hba.conf entry": "28000",
    "is not permitted to log in": "28000",
    'role "': "28000",
    'database "': "3D000",
}
ERRORS: Mapping[str, type[PortError]] = {
    "55P03": InUse,  # lock time-out
    "57014": Unavailable,  # statement time-out
    "57P": Unavailable,  # shutting down, crashed, starting up
    "40": Unavailable,  # serialization failure, deadlock
    "53": Unavailable,  # too many connections, out of memory, disk full
    "08": Unavailable,  # connection broken
    "25P03": Unavailable,  # idle in transaction for too long
    "3D000": Misconfigured,  # no such database
    "42P01": Misconfigured,  # no such table: the migrations did not run
    "28": Misconfigured,
    "42501": Misconfigured,
}


def engine_url(url: str) -> URL:
    """`url` with the driver we use."""
    return make_url(url).set(drivername="postgresql+psycopg")


@contextlib.contextmanager
def seeing(countries: Iterable[str] = ("*",), units: Iterable[str] = ()) -> Iterator[None]:
    """What transactions in this block see of a bound database: these countries, these business units (none named: all)."""
    token = _SEEN.set((",".join(sorted(countries)), ",".join(sorted(units)) or "*"))
    try:
        yield
    finally:
        _SEEN.reset(token)


class Database:
    """One pool of connections. With `credentials`, each new connection asks for the user that is fresh then.

    `forget` is called when the server refuses that user before its time, so that the next connection gets another. A `bound` one
    sees no tenant's rows (row-level security) but within `seeing`, or once its transaction is bound to a tenant.
    """

    def __init__(
        self,
        settings: PostgresSettings,
        credentials: Credentials | None = None,
        forget: Callable[[], None] | None = None,
        *,
        bound: bool = False,
    ) -> None:
        self.settings = settings
        self._bound = bound
        self._credentials = credentials
        self._forget = forget
        self.engine = sa.create_engine(
            engine_url(settings.url),
            pool_size=settings.pool_size,
            max_overflow=settings.max_overflow,
            pool_timeout=settings.pool_timeout.total_seconds(),
            pool_recycle=int(settings.recycle.total_seconds()),
            pool_pre_ping=True,
            connect_args=_connect_args(settings, () if bound else EVERYTHING),
        )
        event.listen(self.engine, "do_connect", self._authenticate)

    def _authenticate(self, dialect: Any, record: Any, args: Any, parameters: dict[str, Any]) -> None:
        if self._credentials:
            fresh = self._credentials()
            parameters.update(user=fresh.username, password=fresh.password)
        elif self.settings.username:
            secret = self.settings.password
            parameters.update(user=self.settings.username, password=secret.get_secret_value() if secret else None)

    @contextlib.contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """A transaction: committed when the block ends, rolled back when it raises."""
        with self.mapped_errors(), self.engine.begin() as connection:
            self.bind(connection)
            yield connection

    def bind(self, connection: sa.Connection) -> None:
        """Lets the transaction see what its context may."""
        seen = _SEEN.get()
        if self._bound and seen is not None:
            connection.execute(_BIND, dict(zip(("countries", "units"), seen, strict=True)))

    @contextlib.contextmanager
    def mapped_errors(self) -> Iterator[None]:
        """Turns the library's errors into the port's; a fault of our own SQL stays what it is: a bug."""
        try:
            yield
        except PoolTimeout as error:
            raise Unavailable("Expected a free connection, but the pool is used up", system=SYSTEM) from error
        except SQLAlchemyError as error:
            translated = self._translate(error)
            if translated is None:
                raise
            raise translated from error

    def _translate(self, error: SQLAlchemyError) -> PortError | None:
        state = sqlstate(error)
        if state == "42501" and ROW_RULE in str(error):  # the user is well: it was about to write another tenant's row
            return Misconfigured("PostgreSQL refused a row of another tenant than the transaction's", system=SYSTEM)
        if state in STALE_USER and self._credentials:
            self.engine.dispose()
            if self._forget:
                self._forget()
            return Unavailable(f"The database user is not valid any more (SQLSTATE {state})", system=SYSTEM)
        if state is None:
            refused = isinstance(error, DBAPIError) and isinstance(error, sa.exc.OperationalError)
            return Unavailable("The database does not answer", system=SYSTEM) if refused else None
        kind = next((ERRORS[state[:n]] for n in (5, 3, 2) if state[:n] in ERRORS), None)
        return kind(f"PostgreSQL refused with SQLSTATE {state}", system=SYSTEM) if kind else None

    def close(self) -> None:
        """Closes idle connections; the pool opens new ones when it is used again."""
        self.engine.dispose()


def sqlstate(error: BaseException) -> str | None:
    """The SQLSTATE behind an error of SQLAlchemy, if the server gave one."""
    cause = getattr(error, "orig", None)
    found = getattr(cause, "sqlstate", None)
    if isinstance(found, str):
        return found
    refusal = str(cause).partition("FATAL:")[2]
    return next((state for words, state in REFUSED_AT_CONNECT.items() if words in refusal), None)


def _connect_args(settings: PostgresSettings, seen: tuple[str, ...]) -> dict[str, Any]:
    limits = {"lock_timeout": settings.lock_timeout, "statement_timeout": settings.statement_timeout}
    options = " ".join(f"-c {name}={int(limit.total_seconds() * 1000)}" for name, limit in limits.items())
    options += "".join(f" -c fsm.{name}={said}" for name, said in zip(("countries", "units"), seen, strict=False))
    return {
        "connect_timeout": max(1, int(settings.connect_timeout.total_seconds())),
        "options": f"{options} -c timezone=UTC",
        "application_name": settings.application_name,
    }
