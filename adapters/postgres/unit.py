"""The unit of work: the repositories over one transaction, and the events that follow it."""

from __future__ import annotations

import json
from typing import Any

from adapters.postgres.audit import PostgresTrail
from adapters.postgres.client import Database
from adapters.postgres.repositories.closing import (
    AgreementRepository,
    ClaimRepository,
    ContractRepository,
    NumberRepository,
    WcfRepository,
)
from adapters.postgres.repositories.field import (
    AssignmentRepository,
    BookingRepository,
    BroadcastRepository,
    ExecutionRepository,
    NegotiationRepository,
    OfferRepository,
    RunRepository,
    TvOutcomeRepository,
    VisitRepository,
)
from adapters.postgres.repositories.gates import GoCheckRepository, OverrideRepository
from adapters.postgres.repositories.messages import NotificationRepository
from adapters.postgres.repositories.onboarding import (
    ApplicationRepository,
    DocumentRepository,
    OnboardingRepository,
)
from adapters.postgres.repositories.orders import OrderRepository
from adapters.postgres.repositories.paying import PAYMENTS, PRO_FORMAS
from adapters.postgres.repositories.people import OperatorRepository, OperatorTaskRepository
from adapters.postgres.repositories.reference import ProviderRepository, ReferenceRepository
from adapters.postgres.rows import Rows, Session
from workers.domain import ids
from workers.domain.facts import Fact
from workers.domain.payments import ProForma, ProviderPayment
from workers.ports.audit import Trail
from workers.ports.events import Event
from workers.ports.operators import Operators, OperatorTasks
from workers.ports.providers import Onboarding, ProviderApplications, ProviderDocuments, Providers
from workers.ports.repositories import (
    Agreements,
    Assignments,
    Bookings,
    Broadcasts,
    Claims,
    Contracts,
    Executions,
    GoChecks,
    Negotiations,
    Notifications,
    Numbers,
    Offers,
    Orders,
    Overrides,
    References,
    Runs,
    TvOutcomes,
    Visits,
    Wcfs,
)
from workers.ports.repository import Repository

SCHEMA_VERSION = 1


class PostgresUnit:
    """`workers.ports.repositories.UnitOfWork`."""

    def __init__(self, database: Database, session: Session) -> None:
        self._session = session
        self.events: list[Event] = []
        self.kept = False
        self.now = session.now
        orders = OrderRepository(session, self.announce)
        self.orders: Orders = orders
        self.visits: Visits = VisitRepository(session)
        self.bookings: Bookings = BookingRepository(session)
        self.providers: Providers = ProviderRepository(session)
        self.onboarding: Onboarding = OnboardingRepository(session, self.announce)
        self.provider_documents: ProviderDocuments = DocumentRepository(session)
        self.applications: ProviderApplications = ApplicationRepository(session)
        self.runs: Runs = RunRepository(session)
        self.offers: Offers = OfferRepository(session)
        self.broadcasts: Broadcasts = BroadcastRepository(session)
        self.negotiations: Negotiations = NegotiationRepository(session)
        self.assignments: Assignments = AssignmentRepository(session)
        self.go_checks: GoChecks = GoCheckRepository(session)
        self.overrides: Overrides = OverrideRepository(session)
        self.executions: Executions = ExecutionRepository(session)
        self.tv_outcomes: TvOutcomes = TvOutcomeRepository(session)
        self.wcfs: Wcfs = WcfRepository(session)
        self.contracts: Contracts = ContractRepository(session)
        self.agreements: Agreements = AgreementRepository(session)
        self.claims: Claims = ClaimRepository(session)
        self.pro_formas: Repository[ProForma] = Rows(session, PRO_FORMAS)
        self.payments: Repository[ProviderPayment] = Rows(session, PAYMENTS)
        self.notifications: Notifications = NotificationRepository(session, orders)
        self.operators: Operators = OperatorRepository(session)
        self.operator_tasks: OperatorTasks = OperatorTaskRepository(session)
        self.references: References = ReferenceRepository(session)
        self.numbers: Numbers = NumberRepository(database)
        self.trail: Trail = PostgresTrail(session, database)

    def announce(self, fact: Fact) -> Event:
        """The id is made of the effect key and the fact: the same effect tells the same event."""
        body = json.dumps(fact.payload, sort_keys=True)
        event = Event(
            event_id=ids.event_id(self._session.now, self._session.key, fact.topic, fact.key, body),
            topic=fact.topic,
            key=fact.key,
            type=fact.topic,
            payload={},
            headers={"correlation-id": fact.correlation_id},
        )
        event = _with_envelope(event, fact, self._session)
        self.emit(event)
        return event

    def emit(self, event: Event) -> None:
        """Kept with the effect and published after the commit; the same id twice is one event."""
        if all(event.event_id != known.event_id for known in self.events):
            self.events.append(event)

    def keep(self) -> None:
        """What was done so far survives a business error."""
        self.kept = True


def _with_envelope(event: Event, fact: Fact, session: Session) -> Event:
    envelope: dict[str, Any] = {
        "eventId": str(event.event_id),
        "occurredAt": session.now.isoformat(timespec="milliseconds"),
        "schemaVersion": SCHEMA_VERSION,
        "correlationId": fact.correlation_id,
        "causationId": session.key,
        "countryCode": fact.country_code,
        "buCode": fact.bu_code,
    }
    return Event(event.event_id, event.topic, event.key, event.type, {**envelope, **fact.payload}, event.headers)
