"""What is kept: one unit of work per effect, with a repository for each aggregate.

A unit is bound to one transaction and one effect key. Everything done through it commits together or not at all, and what
it emits goes out after the commit. An order that is read is locked: effects on one order come one after the other, so a
cancellation and an acceptance of the same second have one order of events.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from workers.domain.assignments import Assignment, AssignmentRun, Broadcast, Offer
from workers.domain.closing import Agreement, Claim, WorkClosingForm
from workers.domain.contracts import Contract
from workers.domain.facts import Fact
from workers.domain.gates import GoCheck, Override
from workers.domain.matters import Matter
from workers.domain.negotiations import DateNegotiation
from workers.domain.notifications import Block, Notification, Scope, Suppression
from workers.domain.orders import ServiceOrder
from workers.domain.payments import ProForma, ProviderPayment
from workers.domain.scheduling import Busy
from workers.domain.states import BroadcastState, OfferState, OrderState
from workers.domain.values import Recipient
from workers.domain.visits import Booking, Execution, TvOutcome, Visit
from workers.ports.audit import Trail
from workers.ports.events import Event
from workers.ports.operators import Operators, OperatorTasks
from workers.ports.providers import Onboarding, ProviderApplications, ProviderDocuments, Providers
from workers.ports.repository import Repository


class OrderScope(Protocol):
    """What every task input says: which order, and whose it should be."""

    @property
    def service_order_id(self) -> UUID:
        """The order."""
        ...

    @property
    def country_code(self) -> str:
        """The country the process believes in."""
        ...

    @property
    def bu_code(self) -> str:
        """The business unit the process believes in."""
        ...


class Orders(Repository[ServiceOrder], Protocol):
    """Service orders, their moves and their timeline."""

    def of(self, scope: OrderScope) -> ServiceOrder:
        """The order of a task, locked; `TenantMismatch` when it belongs to another country or business unit."""
        ...

    def move(self, order: ServiceOrder, *targets: OrderState, reason: str | None = None) -> ServiceOrder:
        """Moves and keeps the order. Each move leaves an audit row and an event, in this transaction."""
        ...

    def note(self, order: ServiceOrder, what: str, **detail: Any) -> None:
        """A line in the order's timeline beside its moves; `detail` is JSON-ready and holds no personal data."""
        ...


class Visits(Repository[Visit], Protocol):
    """Visits."""

    def of_order(self, order_id: UUID) -> list[Visit]:
        """All visits of an order, oldest first."""
        ...


class Load(NamedTuple):
    """What a team has to do on a day and in its week: bookings whole, open offers half."""

    day: float
    week: float


class Bookings(Repository[Booking], Protocol):
    """Bookings of teams' time."""

    def hold_all(self, items: Sequence[Booking]) -> list[Booking] | None:
        """Keeps new or moved bookings, all or none; None when a team is busy then (the database decides, not a look before)."""
        ...

    def of_visit(self, visit_id: UUID) -> list[Booking]:
        """All bookings of a visit, oldest first, part by part."""
        ...

    def live_of(self, visit_id: UUID) -> list[Booking]:
        """The live bookings of a visit, part by part."""
        ...

    def busy(
        self, teams: Sequence[UUID], first: date, last: date, *, without: UUID | None = None
    ) -> Mapping[UUID, list[Busy]]:
        """Live bookings of teams in a span of days, those of the visit `without` left out."""
        ...

    def lapse(self, teams: Sequence[UUID]) -> int:
        """Expires holds whose time is over, all parts of a visit together, so that their slots are free again."""
        ...


class Offers(Repository[Offer], Protocol):
    """Offers to providers."""

    def of_visit(self, visit_id: UUID) -> list[Offer]:
        """All offers of a visit, oldest first."""
        ...

    def answer(self, offer_id: UUID, state: OfferState, *, reason: str | None = None) -> Offer | None:
        """Ends an open offer by one conditional update; None when it was not open any more."""
        ...

    def half_loads(self, teams: Sequence[UUID], day: date) -> Mapping[UUID, Load]:
        """Open offers of teams for visits on that day and in its week, half a job each."""
        ...


class Runs(Repository[AssignmentRun], Protocol):
    """Searches for a provider."""

    def of_visit(self, visit_id: UUID) -> list[AssignmentRun]:
        """All searches for a visit, oldest first."""
        ...


class Broadcasts(Repository[Broadcast], Protocol):
    """Questions to several providers at once."""

    def end(self, broadcast_id: UUID, state: BroadcastState, *, winner: UUID | None = None) -> Broadcast | None:
        """Ends an active one by one conditional update; None when somebody, or the clock, was quicker."""
        ...

    def active_of(self, visit_id: UUID) -> list[Broadcast]:
        """The active ones of a visit."""
        ...


class Negotiations(Repository[DateNegotiation], Protocol):
    """Negotiations of dates."""

    def of_offer(self, offer_id: UUID) -> list[DateNegotiation]:
        """All negotiations about an offer, oldest first."""
        ...

    def open_of(self, offer_id: UUID) -> DateNegotiation | None:
        """The one in progress."""
        ...


class Assignments(Repository[Assignment], Protocol):
    """Assignments of visits to teams."""

    def of_visit(self, visit_id: UUID) -> list[Assignment]:
        """All assignments of a visit, oldest first."""
        ...

    def accepted(self, visit_id: UUID) -> Assignment | None:
        """The one that counts now."""
        ...


class GoChecks(Repository[GoCheck], Protocol):
    """Runs of the go check."""

    def of_visit(self, visit_id: UUID) -> list[GoCheck]:
        """All runs of a visit, oldest first."""
        ...


class Overrides(Repository[Override], Protocol):
    """Written exceptions from a gate."""

    def of_order(self, order_id: UUID) -> list[Override]:
        """All exceptions of an order, oldest first."""
        ...


class Executions(Repository[Execution], Protocol):
    """What was done on site."""

    def latest(self, visit_id: UUID) -> Execution | None:
        """The newest one of a visit."""
        ...


class TvOutcomes(Repository[TvOutcome], Protocol):
    """What technical visits found."""

    def latest(self, order_id: UUID) -> TvOutcome | None:
        """The newest one of an order."""
        ...


class Wcfs(Repository[WorkClosingForm], Protocol):
    """Work closing forms."""

    def of_order(self, order_id: UUID) -> list[WorkClosingForm]:
        """All forms of an order, oldest first."""
        ...


class Contracts(Repository[Contract], Protocol):
    """Contracts, a row for each version."""

    def of_order(self, order_id: UUID) -> list[Contract]:
        """All versions of an order's contract, oldest first."""
        ...

    def of_provider(self, provider_id: UUID) -> list[Contract]:
        """All versions of a provider's contract, oldest first."""
        ...


class Agreements(Repository[Agreement], Protocol):
    """Agreements."""

    def of_order(self, order_id: UUID) -> list[Agreement]:
        """All agreements of an order, oldest first."""
        ...


class Claims(Repository[Claim], Protocol):
    """Claims."""

    def of_provider(self, provider_id: UUID, since: datetime) -> list[Claim]:
        """Claims that speak against a provider, decided since then."""
        ...

    def jobs_of(self, provider_id: UUID, since: datetime) -> int:
        """Visits the provider was at since then: what the claims are a share of."""
        ...

    def of_order(self, order_id: UUID) -> list[Claim]:
        """All claims of an order, oldest first."""
        ...


class Blocked(NamedTuple):
    """A channel that is not to be used for an address."""

    channel: str
    scope: Scope
    reason: Block


class Notifications(Protocol):
    """The ledger of messages, and the channels people do not want."""

    def get(self, key: str) -> Notification:
        """A message; `NotKnown` when there is none."""
        ...

    def save(self, item: Notification) -> Notification:
        """Keeps a changed message; `Unavailable` when it was changed meanwhile."""
        ...

    def add(self, matter: Matter, sent: Notification) -> None:
        """Remembers a message once, and puts it into its order's timeline; the same id again is the same message."""
        ...

    def of_group(self, group_id: str) -> list[Notification]:
        """The rows of one message to one person: one per channel."""
        ...

    def told(self, visit_id: UUID, templates: Sequence[str], recipient: Recipient) -> list[Notification]:
        """What somebody was told about a visit in one of these messages, oldest first."""
        ...

    def by_message(self, message_id: str) -> Notification | None:
        """The message the service knows by this id."""
        ...

    def to_address(self, address_key: str) -> list[Notification]:
        """The newest message of each tenant to an address."""
        ...

    def blocks(self, keys: Mapping[str, str], *, country: str) -> list[Blocked]:
        """What stands against writing to these addresses: channel -> digest."""
        ...

    def block(self, suppression: Suppression) -> None:
        """From now on this channel is not used for that address."""
        ...


class References(Protocol):
    """Reference data of the client."""

    def knows_unit(self, country_code: str, bu_code: str) -> bool:
        """Whether this business unit is one of ours, in this country."""
        ...

    def store_name(self, store_code: str | None) -> str | None:
        """What people call a store."""
        ...

    def store_email(self, store_code: str | None) -> str | None:
        """Where a store reads its mail."""
        ...

    def signatory(self, country_code: str, bu_code: str) -> tuple[str, str] | None:
        """Name and address of who signs contracts for a business unit; None when nobody is entered."""
        ...

    def confidence(self, order: ServiceOrder) -> str | None:
        """How sure the seller was of the quote the order came of; None when there is none, or not any more."""
        ...

    def requires_tv(self, order: ServiceOrder) -> bool | None:
        """Whether the catalogue asks for a technical visit before the order's service; None when it does not say."""
        ...

    def service_categories(self, order: ServiceOrder) -> frozenset[str]:
        """The trades of all services that were sold together."""
        ...

    def service_minutes(self, order: ServiceOrder) -> int:
        """How long the order's service usually takes."""
        ...


class Numbers(Protocol):
    """Numbers people use."""

    def issue(self, series: str, owner: UUID, *, year: int) -> str:
        """The next number of a yearly series for `owner`; the same owner always gets the same one.

        It is kept at once, outside the unit's transaction, so that a run which died after printing it prints it again.
        """
        ...


class UnitOfWork(Protocol):
    """One transaction. `now`, by the platform's clock, is the same throughout."""

    now: datetime
    orders: Orders
    visits: Visits
    bookings: Bookings
    providers: Providers
    onboarding: Onboarding
    provider_documents: ProviderDocuments
    applications: ProviderApplications
    runs: Runs
    offers: Offers
    broadcasts: Broadcasts
    negotiations: Negotiations
    assignments: Assignments
    go_checks: GoChecks
    overrides: Overrides
    executions: Executions
    tv_outcomes: TvOutcomes
    wcfs: Wcfs
    contracts: Contracts
    agreements: Agreements
    claims: Claims
    pro_formas: Repository[ProForma]
    payments: Repository[ProviderPayment]
    notifications: Notifications
    operators: Operators
    operator_tasks: OperatorTasks
    references: References
    numbers: Numbers
    trail: Trail

    def announce(self, fact: Fact) -> Event:
        """Emits a fact as an event with a deterministic id and the common envelope."""
        ...

    def emit(self, event: Event) -> None:
        """Publishes `event` once this unit has committed."""
        ...

    def keep(self) -> None:
        """What was done so far is kept even if a business error ends the handler (an operator's half correction)."""
        ...
