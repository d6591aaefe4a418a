"""The only place where ports meet adapters: `build(settings)` gives a `Platform`, tests give stand-ins by port.

A part is opened when somebody first asks for it, once per process, and closed in reverse when the platform closes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from adapters.adobe_sign.client import AdobeSign
from adapters.calendar.client import PublicHolidays
from adapters.camunda.clock import EngineClock
from adapters.camunda.decisions import CamundaDecisions
from adapters.camunda.definitions import CamundaDefinitions
from adapters.camunda.desk import CamundaDesk
from adapters.camunda.jobs import ZeebeJobs
from adapters.camunda.people import RestTaskList, RestTaskLog
from adapters.camunda.processes import ZeebeProcesses
from adapters.camunda.rest import CamundaRest
from adapters.camunda.session import RestSession
from adapters.documents.pages import PdfPages
from adapters.documents.renderer import PdfRenderer
from adapters.kafka.avro import AvroCodec, PlainCodec
from adapters.kafka.client import KafkaEventBus, KafkaStream
from adapters.kafka.registry import registry_client
from adapters.messaging.client import HttpMessaging
from adapters.messaging.webhook import MessagingWebhook
from adapters.messaging.webhook import Told as MessagingNews
from adapters.oracle_fusion.client import OracleFusion
from adapters.ping.client import PingIdentity
from adapters.ping.people import LaptopTokens
from adapters.postgres.audit import PostgresAudit
from adapters.postgres.client import Database, seeing
from adapters.postgres.dead_letters import DeadLetters
from adapters.postgres.desk import DeskReads, OrderFile
from adapters.postgres.inbox import PostgresInbox
from adapters.postgres.ledger import PostgresLedger
from adapters.postgres.owners import PostgresOwners
from adapters.postgres.reads import OrderLine, Reads
from adapters.postgres.sales_reads import SalesReads
from adapters.postgres.search import OrderSearch, Within
from adapters.redis.alone import LocalCache, LocalRateLimits
from adapters.redis.client import RedisCache, RedisLink, RedisRateLimits
from adapters.sales.reference.client import ReferenceDocuments
from adapters.sales.statuses.client import StatusDocuments
from adapters.sales.systems import SYSTEMS
from adapters.texts.client import FileTexts
from adapters.vault.client import VaultSecrets
from workers import parts
from workers.domain.links import Links
from workers.domain.passes import Passes
from workers.journey.almanac import Almanac
from workers.journey.post import Post
from workers.parts import Process, SignWebhook
from workers.ports.audit import AuditLog
from workers.ports.cache import Cache
from workers.ports.calendar import HolidayCalendar
from workers.ports.clock import Clock
from workers.ports.decisions import Decisions
from workers.ports.documents import DocumentStore, PageCounter, Renderer
from workers.ports.effects import EffectLedger
from workers.ports.erp import Payables
from workers.ports.events import EventBus
from workers.ports.feeds import ReferenceFeed, Source
from workers.ports.identity import Identity, Owners
from workers.ports.inbox import Inbox
from workers.ports.jobs import JobGateway
from workers.ports.limits import RateLimits
from workers.ports.messaging import Messaging
from workers.ports.outcomes import OutcomeWebhooks
from workers.ports.people import TaskList, TaskLog
from workers.ports.processes import Processes
from workers.ports.sales import SalesSystem
from workers.ports.secrets import Secrets
from workers.ports.signatures import Signatures
from workers.ports.statuses import StatusFeed
from workers.ports.streams import Codec, Stream
from workers.ports.texts import Texts
from workers.runtime.registry import Registry, registry
from workers.settings import Settings, required

__all__ = [
    "CamundaDefinitions",
    "CamundaDesk",
    "CamundaRest",
    "Database",
    "DeadLetters",
    "DeskReads",
    "LaptopTokens",
    "Links",
    "MessagingNews",
    "MessagingWebhook",
    "OrderFile",
    "OrderLine",
    "OrderSearch",
    "Platform",
    "Process",
    "Reads",
    "SalesReads",
    "SalesSystems",
    "SignWebhook",
    "Within",
    "build",
    "seeing",
]

T = TypeVar("T")


@dataclass(frozen=True)
class SystemClock:
    """This machine's clock."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.now(UTC)


class Platform:
    """The running parts of one process. `get(Port)` opens a part; `overrides` replace parts by port, in tests."""

    def __init__(
        self, settings: Settings, overrides: Mapping[Any, Any] | None = None, *, process: Process = Process.SUPPORT
    ) -> None:
        self.settings = settings
        self.process = process
        self._parts: dict[Any, Any] = dict(overrides or {})
        self._lock = threading.Lock()
        self._opening: dict[Any, threading.RLock] = {}
        self._closing = ExitStack()

    def get(self, port: type[T]) -> T:
        """The part behind a port, opened now if nobody asked before. Raises `Misconfigured` for missing settings.

        A part waits for itself and for those it is made of: while one system is slow to open, the others are there. What a part
        is made of forms no circle, so neither do these waits.
        """
        if port in self._parts:
            return cast("T", self._parts[port])
        with self._lock:
            opening = self._opening.setdefault(port, threading.RLock())
        with opening:
            if port not in self._parts:
                part = PARTS[port](self)
                if hasattr(part, "close"):
                    self._closing.callback(part.close)
                self._parts[port] = part
            return cast("T", self._parts[port])

    @property
    def registry(self) -> Registry:
        """Every task type there is: importing the table of tasks fills it."""
        import workers.tasks  # noqa: F401 - imported for its table, and only by processes that work

        return registry

    @property
    def jobs(self) -> Callable[[], JobGateway]:
        """Makes a job gateway; the worker opens it inside its own event loop."""
        return partial(ZeebeJobs, self.settings.camunda)

    @property
    def ledger(self) -> EffectLedger:
        """The effect ledger."""
        return self.get(EffectLedger)

    @property
    def bus(self) -> EventBus:
        """The message bus."""
        return self.get(EventBus)

    def stream(self, system: str) -> tuple[str, Stream]:
        """The consumer group and the records of a sales system's topics. The caller closes the stream."""
        group, names = INTAKES[system]
        return group, self.records(group, *names)

    def records(self, group: str, *names: str) -> KafkaStream:
        """The records of some topics for a consumer group. The caller closes the stream."""
        return KafkaStream(required(self.settings.kafka, "kafka"), group=group, topics=names)

    @property
    def resources(self) -> dict[Any, Any]:
        """What task handlers may ask for, by the type of their parameter; each is opened by the first job that needs it."""
        return {asked: partial(_of_job, self, part) for asked, part in HANDED_TO_TASKS.items()}

    def close(self) -> None:
        """Closes what was opened, the last first."""
        self._closing.close()

    def __enter__(self) -> Self:
        """The platform itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes."""
        self.close()


def build(settings: Settings, *, process: Process = Process.SUPPORT, **overrides: Any) -> Platform:
    """A platform over these settings; nothing is opened yet. `process`: as whom, for Vault and the database."""
    if settings.tracing:
        from adapters.datadog.tracing import install

        install()
    return Platform(settings, overrides.get("parts"), process=process)


def _of_job(platform: Platform, port: Any, _context: Any) -> Any:
    return platform.get(port)


def _clock(platform: Platform) -> Clock:
    return EngineClock(platform.get(CamundaRest)) if platform.settings.clock == "camunda" else SystemClock()


def _database(platform: Platform) -> Database:
    settings = required(platform.settings.postgres, "postgres")
    if settings.username is not None:  # a fixed user: for migrations and tools
        return Database(settings)
    # A process gets a user of its role from Vault that ends and is replaced; one the server refuses earlier is asked for anew.
    secrets, role = platform.get(Secrets), platform.process.value
    return Database(
        settings, partial(secrets.database, role), partial(secrets.forget, role), bound=platform.process.bound
    )


def _signatures(platform: Platform) -> AdobeSign:
    place = required(platform.settings.adobe_sign, "adobe_sign")
    return AdobeSign(place.settings(platform.get(Secrets).read(place.secret)))


def _messaging(platform: Platform) -> HttpMessaging:
    place = required(platform.settings.messaging, "messaging")
    secrets = platform.get(Secrets)
    return HttpMessaging(
        place.settings(secrets.read(place.secret)), renew=lambda: secrets.read(place.secret)["api_key"]
    )


def _messaging_webhook(platform: Platform) -> MessagingWebhook:
    """The secret is read for each call: there are few, and it may be replaced at any time."""
    place, secrets = required(platform.settings.messaging, "messaging"), platform.get(Secrets)
    return MessagingWebhook(lambda: secrets.read(place.secret).get("webhook_secret", ""))


def _post(platform: Platform) -> Post:
    """The signature service is asked only by messages that lead to a signature."""
    return Post(
        messaging=platform.get(Messaging),
        texts=platform.get(Texts),
        links=platform.get(Links),
        signing_page=lambda agreement, email: platform.get(Signatures).signing_page(agreement, email),
        decisions=platform.get(Decisions),
        processes=platform.get(Processes),
        operators=platform.settings.operators,
    )


def _links(platform: Platform) -> Links:
    places = required(platform.settings.links, "links")
    passes = platform.get(Passes) if places.secret else None
    return Links(**places.model_dump(exclude={"secret"}), passes=passes)


def _erp(platform: Platform) -> OracleFusion:
    place = required(platform.settings.oracle_fusion, "oracle_fusion")
    return OracleFusion(place.settings(platform.get(Secrets).read(place.secret)))


def _bus(platform: Platform) -> EventBus:
    bus = KafkaEventBus(required(platform.settings.kafka, "kafka"), codec=platform.get(Codec))
    if not platform.settings.tracing:
        return bus
    from adapters.datadog.ports import TracedBus

    return TracedBus(bus)


def _codec(platform: Platform) -> Codec:
    registry = platform.settings.schema_registry
    return PlainCodec() if registry is None else AvroCodec(registry_client(registry))


def _processes(platform: Platform) -> Processes:
    processes = ZeebeProcesses(platform.settings.camunda)
    if not platform.settings.tracing:
        return processes
    from adapters.datadog.ports import TracedProcesses

    return TracedProcesses(processes)


def _sales(platform: Platform) -> dict[str, SalesSystem]:
    reads = platform.get(Reads)
    return {system.name: system.make(partial(reads.reference, system.name)) for system in SYSTEMS}


class SalesSystems(dict[str, SalesSystem]):
    """Sales systems by name: one line in `adapters.sales.systems` is what a third one adds."""


# Port -> how to open it. Readable from top to bottom: what talks to what.
PARTS: Mapping[Any, Callable[[Platform], Any]] = {
    Clock: _clock,
    Secrets: lambda p: VaultSecrets(required(p.settings.vault, "vault")),
    Database: _database,
    Reads: lambda p: Reads(p.get(Database)),
    SalesReads: lambda p: SalesReads(p.get(Database)),
    DeadLetters: lambda p: DeadLetters(p.get(Database)),
    DeskReads: lambda p: DeskReads(p.get(Database)),
    OrderSearch: lambda p: OrderSearch(p.get(Database)),
    EffectLedger: lambda p: PostgresLedger(p.get(Database), p.get(Clock)),
    Inbox: lambda p: PostgresInbox(p.get(Database), p.get(Clock)),
    Codec: _codec,
    AuditLog: lambda p: PostgresAudit(p.get(Database)),
    Identity: lambda p: PingIdentity(required(p.settings.oidc, "oidc")),
    LaptopTokens: lambda p: LaptopTokens(required(p.settings.oidc, "oidc")),
    Owners: lambda p: PostgresOwners(p.get(Database)),
    EventBus: _bus,
    Signatures: _signatures,
    Messaging: _messaging,
    Decisions: lambda p: CamundaDecisions(p.settings.camunda),
    Texts: lambda p: FileTexts(p.settings.models),
    Links: _links,
    Passes: lambda p: parts.passes(p.settings, lambda: p.get(Secrets)),
    Post: _post,
    Payables: _erp,
    MessagingWebhook: _messaging_webhook,
    Renderer: lambda p: PdfRenderer(required(p.settings.documents, "documents")),
    PageCounter: lambda _: PdfPages(),
    DocumentStore: lambda p: parts.documents(p.settings),
    Processes: _processes,
    TaskLog: lambda p: RestTaskLog(p.get(CamundaRest)),
    TaskList: lambda p: RestTaskList(RestSession(p.settings.camunda)),
    CamundaRest: lambda p: CamundaRest(p.settings.camunda),
    CamundaDefinitions: lambda p: CamundaDefinitions(p.get(CamundaRest), RestSession(p.settings.camunda)),
    CamundaDesk: lambda p: CamundaDesk(p.get(CamundaRest), RestSession(p.settings.camunda)),
    HolidayCalendar: lambda _: PublicHolidays(),
    Almanac: lambda p: Almanac(p.get(Decisions), p.get(HolidayCalendar)),
    SalesSystems: lambda p: SalesSystems(_sales(p)),
    OutcomeWebhooks: lambda p: parts.webhooks(p.settings, lambda: p.get(Secrets)),
    RedisLink: lambda p: RedisLink(required(p.settings.redis, "redis")),
    RateLimits: lambda p: RedisRateLimits(p.get(RedisLink)) if p.settings.redis else LocalRateLimits(),
    Cache: lambda p: RedisCache(p.get(RedisLink)) if p.settings.redis else LocalCache(),
    StatusFeed: lambda _: StatusDocuments(),
    ReferenceFeed: lambda _: ReferenceDocuments(),
    SignWebhook: lambda p: SignWebhook(required(p.settings.adobe_sign, "adobe_sign").client_ids),
}
# Sales system -> consumer group and topics of its intake.
INTAKES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    **{system.name: (system.group, system.topics) for system in SYSTEMS},
    **{feed.name: (feed.group, feed.topics) for feed in (StatusDocuments, ReferenceDocuments)},
}


def source_of(platform: Platform, system: str) -> Source:
    """What reads the documents of an intake: a sales system, or one of the feeds."""
    feeds: dict[str, Source] = {feed.name: feed for feed in (platform.get(StatusFeed), platform.get(ReferenceFeed))}
    return platform.get(SalesSystems).get(system) or feeds[system]


# What a handler's parameter may be annotated with -> the part it gets.
HANDED_TO_TASKS: Mapping[Any, Any] = {
    **{
        port: port
        for port in (
            Clock,
            Signatures,
            Post,
            Payables,
            Renderer,
            PageCounter,
            DocumentStore,
            Processes,
            EventBus,
            Almanac,
            OutcomeWebhooks,
            TaskLog,
            TaskList,
            Decisions,
            Links,
        )
    },
    Mapping[str, SalesSystem]: SalesSystems,
}
