"""Where scenarios are played: one PostgreSQL, the emulators and our API, started once; each scenario finds them as new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.adobe_sign import local as adobe_sign
from adapters.adobe_sign.client import AdobeSign
from adapters.documents.local import LocalDocuments
from adapters.documents.settings import DocumentSettings
from adapters.emulator import LocalServer
from adapters.messaging import local as messages
from adapters.messaging.client import HttpMessaging
from adapters.oracle_fusion.client import OracleFusion
from adapters.oracle_fusion.local import LocalFusion, begin_books_anew
from adapters.postgres.client import Database
from adapters.postgres.local import LocalPostgres
from adapters.postgres.seed import seed
from adapters.postgres.settings import PostgresSettings
from adapters.texts.client import FileTexts
from workers.api.app import make_app
from workers.bootstrap import Platform, build
from workers.ports.clock import Clock
from workers.ports.decisions import Decisions
from workers.ports.erp import Payables
from workers.ports.events import EventBus
from workers.ports.messaging import Messaging
from workers.ports.people import TaskList, TaskLog
from workers.ports.processes import Processes
from workers.ports.signatures import Signatures
from workers.ports.texts import Texts
from workers.settings import MODELS, AdobeSignPlace, ApiSettings, LinkSettings, Settings

TOKEN = "scenario"  # noqa: S105 - our own API on this machine, for one scenario
# Tables no scenario empties: what `seed` writes is put back when a scenario changed it.
KEPT = frozenset({"alembic_version"})


class Door:
    """One listening server for the API of whichever scenario is played."""

    def __init__(self) -> None:
        self.app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on."""
        assert self.app is not None, "no scenario is played"
        await self.app(scope, receive, send)


@dataclass(frozen=True)
class Outside:
    """What one scenario finds around it."""

    platform: Platform
    api: httpx.Client
    adobe: adobe_sign.LocalAdobeSign
    messaging: messages.LocalMessaging
    fusion: LocalFusion
    url: str
    documents: Path
    tables: Tables


class Stage:
    """`with Stage() as stage:` then `stage.set(...)` once per scenario, one after the other."""

    def __init__(self, *, url: str | None = None) -> None:
        """`url`: a migrated database of somebody else, as its owner, that may be emptied; else one of our own is started."""
        self._given = url
        self._closing = ExitStack()
        self._count = 0
        self._texts = FileTexts(MODELS)  # reading them takes longer than playing a short scenario

    def __enter__(self) -> Self:
        """Starts everything."""
        try:
            enter = self._closing.enter_context
            self.url = self._given or enter(LocalPostgres()).url
            self._reference = frozenset(seed(self.url))
            self.tables = Tables(self.url)
            self._closing.callback(self.tables.close)
            self.database = Database(PostgresSettings(url=self.url))
            self._closing.callback(self.database.close)
            self.adobe, self.messaging = enter(adobe_sign.LocalAdobeSign()), enter(messages.LocalMessaging())
            self.fusion = enter(LocalFusion())
            self.documents = enter(LocalDocuments()).settings.folder
            self._door = Door()
            self._server = enter(LocalServer(self._door))
        except BaseException:
            self._closing.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops everything."""
        self._closing.close()

    @contextmanager
    def set(self, clock: Clock, processes: Processes, bus: EventBus, **more: Any) -> Iterator[Outside]:
        """Everything as new around one engine."""
        self._clear()
        self.tables.forget()
        adobe_sign.begin_anew(self.adobe, clock.now)
        messages.begin_anew(self.messaging)
        begin_books_anew(self.fusion)
        self._count += 1
        documents = self.documents / str(self._count)
        documents.mkdir()
        settings = self._settings(documents)
        parts = self._parts(clock, processes, bus) | {
            TaskLog: more["people"],
            TaskList: more["tasks"],
            Decisions: more["decisions"],
        }
        headers = {"Authorization": f"Bearer {TOKEN}"}
        with (
            build(settings, parts=parts) as platform,
            httpx.Client(base_url=self._server.address, headers=headers, timeout=30) as api,
        ):
            self._door.app = make_app(platform)
            self.adobe.webhooks.register(f"{self._server.address}/webhooks/adobe-sign")
            yield Outside(platform, api, self.adobe, self.messaging, self.fusion, self.url, documents, self.tables)
            _close(parts[Signatures], parts[Messaging], parts[Payables])

    def _parts(self, clock: Clock, processes: Processes, bus: EventBus) -> dict[Any, Any]:
        return {
            Clock: clock,
            Processes: processes,
            EventBus: bus,
            Database: self.database,
            Signatures: AdobeSign(self.adobe.settings, clock=_seconds(clock.now)),
            Messaging: HttpMessaging(self.messaging.settings),
            Payables: OracleFusion(self.fusion.settings),
            Texts: self._texts,
        }

    def _settings(self, documents: Path) -> Settings:
        adobe = self.adobe.settings
        return Settings(
            postgres=PostgresSettings(url=self.url),
            adobe_sign=AdobeSignPlace(discovery_url=adobe.discovery_url, client_ids=adobe.client_ids),
            documents=DocumentSettings(folder=documents),
            links=LinkSettings(
                customer="https://customer.example",
                provider="https://provider.example",
                tasklist="https://tasks.example",
            ),
            api=ApiSettings(token=TOKEN),
        )

    def _clear(self) -> None:
        """Empties what a scenario wrote and puts the reference data back."""
        with psycopg.connect(self.url) as connection:
            # The audit log refuses to be emptied, as it should: its owner lifts the guard for as long as that takes.
            connection.execute("ALTER TABLE audit_log DISABLE TRIGGER USER")
            connection.execute(emptying(connection))
            connection.execute("ALTER TABLE audit_log ENABLE TRIGGER USER")
        seed(self.url)


def emptying(connection: psycopg.Connection[Any], *roots: str) -> sql.Composed:
    """Deletes, children first: much quicker for few rows than TRUNCATE, which is left where rows hide or tables are a ring.

    With `roots` only these tables are emptied and whatever refers to them.
    """
    found = connection.execute(TABLES).fetchall()
    references = connection.execute(REFERENCES).fetchall()
    names = _closed(set(roots), references) if roots else {name for name, _ in found if name not in KEPT}
    order = TopologicalSorter({name: set[str]() for name in names})
    for child, parent in references:
        if child != parent and {child, parent} <= names:
            order.add(parent, child)
    guarded = {name for (name,) in connection.execute(GUARDED).fetchall()}
    try:
        children_first = list(order.static_order())
    except CycleError:
        children_first = []
    if not children_first or any(hidden for _, hidden in found):
        listed = sql.SQL(", ").join(map(sql.Identifier, sorted(names)))
        return sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(listed)
    return sql.SQL("; ").join(part for name in children_first for part in _emptied(name, guarded=name in guarded))


def _closed(names: set[str], references: Iterable[tuple[Any, ...]]) -> set[str]:
    """The tables and those that refer to them, at any distance."""
    more = {child for child, parent in references if parent in names} - names
    return _closed(names | more, references) if more else names


def _emptied(table: str, *, guarded: bool) -> Iterator[sql.Composed]:
    """What nobody may delete, the audit log, is a scenario's own all the same: its owner takes the guard away meanwhile."""
    words = ("ALTER TABLE {} DISABLE TRIGGER USER", "DELETE FROM {}", "ALTER TABLE {} ENABLE TRIGGER USER")
    yield from (sql.SQL(text).format(sql.Identifier(table)) for text in (words if guarded else words[1:2]))


TABLES = """SELECT relname, relforcerowsecurity FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"""
GUARDED = (
    "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgtype & 8 <> 0"  # on DELETE
)
REFERENCES = """SELECT child.relname, parent.relname FROM pg_constraint
JOIN pg_class child ON child.oid = conrelid JOIN pg_class parent ON parent.oid = confrelid WHERE contype = 'f'"""


def _seconds(now: Callable[[], datetime]) -> Callable[[], float]:
    return lambda: now().timestamp()


def _close(*parts: Any) -> None:
    for part in parts:
        part.close()


class Tables:
    """Reads tables over one connection that sees what is committed. What was read is kept until something may have changed."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True, row_factory=dict_row)
        self._known: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
        self.names = tuple(
            str(row["tablename"])
            for row in self._connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY 1"
            )
        )

    def forget(self) -> None:
        """Something may have changed."""
        self._known.clear()

    def rows(self, table: str, **where: Any) -> list[Mapping[str, Any]]:
        """Rows whose columns have these values, compared as text; none of a table that is not there."""
        if table not in self.names:
            return []
        asked = (table, *sorted((name, str(value)) for name, value in where.items()))
        if asked not in self._known:
            self._known[asked] = self._read(table, where)
        return list(self._known[asked])

    def _read(self, table: str, where: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        tests = [sql.SQL("{}::text = {}").format(sql.Identifier(name), str(value)) for name, value in where.items()]
        condition = sql.SQL(" AND ").join(tests) if tests else sql.SQL("true")
        query = sql.SQL("SELECT * FROM {} WHERE {}").format(sql.Identifier(table), condition)
        return list(self._connection.execute(query).fetchall())

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()
