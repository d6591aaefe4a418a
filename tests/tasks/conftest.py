"""One real PostgreSQL, small fakes of the outside that keep the ports' promises, and a world that walks an order along."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from fpdf import FPDF
from psycopg import sql
from psycopg.rows import dict_row

import workers.tasks  # noqa: F401 - fills the registry
from adapters.calendar import PublicHolidays
from adapters.documents.pages import PdfPages
from adapters.kafka.avro import unfit
from adapters.postgres.client import Database
from adapters.postgres.ledger import PostgresLedger
from adapters.postgres.local import LocalPostgres, user_of
from adapters.postgres.reads import Reads
from adapters.postgres.seed import seed
from adapters.postgres.settings import PostgresSettings
from adapters.texts.client import FileTexts
from workers.domain import ids
from workers.domain.links import Links
from workers.domain.onboarding import DocumentKind, ProviderType
from workers.domain.orders import Address, Customer, Product, ServiceOrder
from workers.domain.registration import Crew, Registration
from workers.domain.values import PaymentStatus, Preference, SalesChannel, SourceSystem, ZoneKind
from workers.intake.providers import Upload, register, upload
from workers.journey.almanac import Almanac
from workers.journey.post import Post
from workers.journey.scans import Scans
from workers.ports.clock import Clock
from workers.ports.decisions import Decisions
from workers.ports.documents import DocumentRequest, DocumentStore, PageCounter, Renderer
from workers.ports.erp import KnownPayable, Payable, PayableKey, PayableRefused, Payables, PayableStatus, Problem
from workers.ports.errors import Conflict, NotFound, Refused
from workers.ports.events import Event
from workers.ports.messaging import Channel, OptedOut, OutgoingMessage, Receipt
from workers.ports.outcomes import Outcome as WorkOutcome
from workers.ports.outcomes import OutcomeWebhooks
from workers.ports.people import TaskList, TaskLog
from workers.ports.processes import Processes, ProcessMessage
from workers.ports.sales import OutcomeReport, SalesSystem, StatusReport
from workers.ports.signatures import Agreement, AgreementRequest, AgreementStatus, Signatures
from workers.runtime.outcome import Completed, Outcome
from workers.runtime.testing import TaskEnvironment
from workers.settings import MODELS
from workers.workshop.decisions import FileDecisions
from workers.workshop.scenarios.stage import emptying
from zeebelet import dmn

_NAMES = count(1)
TEXTS = FileTexts(MODELS)
LINKS = Links(customer="https://customer.test", provider="https://provider.test", tasklist="https://tasklist.test")
DECISIONS = Path(__file__).parents[2] / "dmn"
START = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)


class MovedClock:
    """A clock that moves when a test says so."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)


class Mailbox:
    """Messaging: one message per idempotency key."""

    def __init__(self) -> None:
        self.sent: dict[str, OutgoingMessage] = {}
        self.refused: set[str] = set()
        self.opted_out: set[str] = set()
        self.asked: list[str] = []

    def send(self, message: OutgoingMessage) -> Receipt:
        self.asked.append(message.to)
        if message.to in self.opted_out:
            raise OptedOut
        if message.to in self.refused:
            raise Refused("bad address", system="messaging")
        self.sent.setdefault(message.idempotency_key, message)
        return Receipt(f"m-{message.idempotency_key}", "queued")

    def canonical(self, channel: Channel, address: str, country: str) -> str:
        return address

    def by_template(self, template: str) -> list[OutgoingMessage]:
        return [message for message in self.sent.values() if message.template == template]


TABLES = FileDecisions(sorted((MODELS / "dmn").glob("*.dmn")))
ALMANAC = Almanac(TABLES, PublicHolidays())


class Signing:
    """Signatures: one agreement per external id."""

    def __init__(self) -> None:
        self.requests: dict[str, AgreementRequest] = {}
        self.status: dict[str, AgreementStatus] = {}
        self.fields: dict[str, Mapping[str, str]] = {}
        self.refused: set[str] = set()

    def upload(self, *, name: str, content: bytes, mime_type: str = "application/pdf") -> str:
        return "transient-" + hashlib.sha256(content).hexdigest()[:8]

    def create(self, request: AgreementRequest) -> str:
        if any(signer.email in self.refused for signer in request.signers):
            raise Refused("bad signer", system="adobe-sign")
        agreement_id = "agreement-" + request.external_id
        self.requests.setdefault(agreement_id, request)
        self.status.setdefault(agreement_id, AgreementStatus.PENDING_SIGNATURE)
        return agreement_id

    def get(self, agreement_id: str) -> Agreement:
        if agreement_id not in self.status:
            raise NotFound(reference=agreement_id)
        return Agreement(agreement_id, self.requests[agreement_id].external_id, self.status[agreement_id])

    def form_data(self, agreement_id: str) -> Mapping[str, str]:
        return self.fields.get(agreement_id, {})

    def signed_document(self, agreement_id: str) -> bytes:
        return f"signed {agreement_id}".encode()

    def audit_trail(self, agreement_id: str) -> bytes:
        return f"audit {agreement_id}".encode()

    def signing_page(self, agreement_id: str, email: str) -> str:
        if self.status.get(agreement_id) is not AgreementStatus.PENDING_SIGNATURE:
            raise Refused("not to be signed", system="adobe-sign", reference=agreement_id)
        return f"https://sign.test/{agreement_id}"

    def cancel(self, agreement_id: str, *, comment: str) -> None:
        if self.status[agreement_id] is AgreementStatus.PENDING_SIGNATURE:
            self.status[agreement_id] = AgreementStatus.VOIDED

    def sign(self, agreement_id: str, **fields: str) -> None:
        self.status[agreement_id] = AgreementStatus.SIGNED
        self.fields[agreement_id] = fields


class Archive:
    """Documents: a name keeps its bytes."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def put(self, name: str, content: bytes, *, content_type: str = "application/pdf") -> str:
        if self.files.setdefault(name, content) != content:
            raise Conflict("other bytes under a known name", reference=name)
        return f"doc:{name}"

    def get(self, reference: str) -> bytes:
        return self.files[reference.removeprefix("doc:")]

    def find(self, name: str) -> str | None:
        return f"doc:{name}" if name in self.files else None


class PlainRenderer:
    """The same request gives the same bytes."""

    def render(self, request: DocumentRequest) -> bytes:
        return repr(request).encode()


class Erp:
    """Payables: one per key; a key in `refuses` is refused with its problem."""

    def __init__(self) -> None:
        self.made: dict[PayableKey, Payable] = {}
        self.status: dict[PayableKey, PayableStatus] = {}
        self.refuses: dict[str, Problem] = {}

    def create(self, payable: Payable) -> KnownPayable:
        if payable.site in self.refuses:
            problem = self.refuses[payable.site]
            raise PayableRefused(problem.text, problems=[problem])
        self.made.setdefault(payable.key, payable)
        self.status.setdefault(payable.key, PayableStatus.OPEN)
        return self._known(payable.key)

    def find(self, key: PayableKey) -> KnownPayable | None:
        return self._known(key) if key in self.made else None

    def hold(self, key: PayableKey, *, reason: str) -> None:
        self.status[key] = PayableStatus.HELD

    def release(self, key: PayableKey, *, reason: str) -> None:
        self.status[key] = PayableStatus.OPEN

    def attach(self, key: PayableKey, *, name: str, content: bytes) -> None:
        raise NotImplementedError

    def _known(self, key: PayableKey) -> KnownPayable:
        total, status = self.made[key].total, self.status[key]
        return KnownPayable(erp_id=f"erp-{key.number}", key=key, status=status, total=total, currency="EUR")


class Broker:
    """Processes: one message per name, key and id."""

    def __init__(self) -> None:
        self.messages: dict[tuple[str, str, str], ProcessMessage] = {}

    def publish(self, message: ProcessMessage) -> None:
        self.messages.setdefault((message.name, message.correlation_key, message.message_id), message)

    def names(self) -> list[str]:
        return [message.name for message in self.messages.values()]


class Called:
    """The sales side's webhook: remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[WorkOutcome] = []
        self.wanted = True

    def deliver(self, outcome: WorkOutcome) -> bool:
        if self.wanted and outcome.event_id not in {known.event_id for known in self.told}:
            self.told.append(outcome)
        return self.wanted


class Sales:
    """A sales system that is told everything in our own words."""

    name = "pyxis"

    def status_event(self, report: StatusReport) -> Event:
        return self._event("fsm.order.status_updated", report, status=report.status.value, **report.details)

    def outcome_event(self, report: OutcomeReport) -> Event:
        return self._event("fsm.tv.outcome_recorded", report, outcome=report.outcome)

    def modifications_event(self, report: OutcomeReport) -> Event:
        return self._event("fsm.tv.modifications_required", report, outcome=report.outcome)

    def _event(self, topic: str, report: StatusReport | OutcomeReport, **payload: Any) -> Event:
        key = f"{report.order.source_system}_{report.order.external_order_id}"
        return Event(ids.derived_id(report.report_id, topic), topic, key, topic, payload)


class CrashingLedger(PostgresLedger):
    """Dies once, after the handler did its work and before the commit."""

    crash = True

    def open(self, key: str, *, task_type: str) -> Any:
        return self._dying(key, task_type)

    def _dying(self, key: str, task_type: str) -> Any:
        from contextlib import contextmanager

        @contextmanager
        def opened() -> Iterator[Any]:
            with super(CrashingLedger, self).open(key, task_type=task_type) as effect:
                yield effect
                if self.crash:
                    self.crash = False
                    raise ConnectionResetError("the worker died")

        return opened()


def decide(name: str, **inputs: Any) -> Any:
    """What one of the journey's own decisions says."""
    file = "-".join(word.lower() for word in re.findall("[A-Z][a-z]+", name))
    graph = dmn.parse((DECISIONS / f"{file}.dmn").read_bytes())
    return graph.evaluate(name, inputs).output


def an_order(external_order_id: str = "8841207", **changes: Any) -> ServiceOrder:
    service = Product(
        line_id="1",
        sku="70011200",
        name="Kitchen installation, up to 12 units",
        quantity=Decimal(1),
        unit_price=Decimal("1890.00"),
        currency="EUR",
        kind="SERVICE",
    )
    worktop = Product(
        line_id="2",
        sku="70450033",
        name="Worktop oak 3 m",
        quantity=Decimal(2),
        unit_price=Decimal("550.00"),
        currency="EUR",
    )
    fields: dict[str, Any] = {
        "source_system": SourceSystem.PYXIS,
        "sales_channel": SalesChannel.STORE,
        "country_code": "FR",
        "bu_code": "FR-HOME",
        "store_code": "FR-0112",
        "customer": Customer(id="C-1", name="Paul Garnier", email="paul@example.com", phone="+33639981234"),
        "address": Address(street="rue des Lilas", number="14", postal_code="59000", city="Lille", country="FR"),
        "products": (service, worktop),
        "service_type": "INSTALLATION",
        "service_code": "INSTALL_KITCHEN_12",
        "category": "KITCHEN",
        "delivery_date": datetime(2027, 1, 20, tzinfo=UTC).date(),
        "payment_status": PaymentStatus.FULLY_PAID,
        "provider_total": Decimal("1450.00"),
        "raw_payload": {"order": {"id": external_order_id}},
        "system_metadata": {"tvMandatory": False},
        "created_at": START,
        "updated_at": START,
    }
    return ServiceOrder.received(external_order_id=external_order_id, **fields | changes)


class People:
    """The task list: a person for every human task that was done."""

    def __init__(self) -> None:
        self.done: dict[str, str] = {
            "ResolveGo": "ana",
            "ApproveOverride": "bo",
            "ChaseContract": "ana",
            "ApproveWaiver": "bo",
            "ChaseWCF": "ana",
            "ApproveForce": "bo",
            "ContactRecipient": "cleo",
            "ReviewDocument": "dora",
        }

    def done_by(self, process_instance_key: int, *element_ids: str) -> str | None:
        return next((self.done[name] for name in element_ids if self.done.get(name)), None)


class TaskDesk:
    """The open human tasks: what was changed about them. `gone` are answered or taken away."""

    def __init__(self) -> None:
        self.due: dict[int, tuple[datetime, int]] = {}
        self.assigned: dict[int, str] = {}
        self.withdrawn: set[int] = set()
        self.shown: dict[int, Any] = {}
        self.gone: set[int] = set()
        self.busy: set[int] = set()

    def update(self, user_task_key: int, *, due: datetime, priority: int) -> None:
        self._there(user_task_key)
        self.due[user_task_key] = (due, priority)

    def assign(self, user_task_key: int, person: str) -> None:
        self._there(user_task_key)
        self.assigned[user_task_key] = person

    def show(self, element_instance_key: int, variables: Mapping[str, Any]) -> None:
        self._there(5500)
        self.shown[element_instance_key] = dict(variables)

    def withdraw(self, process_instance_key: int, element_instance_key: int) -> None:
        self.withdrawn.add(element_instance_key)

    def _there(self, key: int) -> None:
        if key in self.gone:
            raise NotFound(reference=str(key))
        if key in self.busy:
            raise Conflict("it changes hands", reference=str(key))


def listens(kind: str = "correct-order", role: str = "ops", *, who: str = "", action: str = "") -> dict[str, str]:
    """The headers of a listener's job: what the model sets, and what Camunda tells of the task."""
    told = {"userTaskKey": "5500", "candidateGroups": f'["{role}-FR"]', "assignee": who, "action": action}
    return {"taskType": kind} | {f"io.camunda.zeebe:{name}": value for name, value in told.items() if value}


class World:
    """An order on its way: each step runs the real handler through the runtime and remembers what it set."""

    def __init__(self, url: str, work: str, database: Database | None = None) -> None:
        """`url` is the owner's; handlers run as `work`, a user with a worker's rights that sees its job's tenant only."""
        self.url = url
        self.database = database or Database(PostgresSettings(url=work), bound=True)
        self.owner = Database(PostgresSettings(url=url, pool_size=1))
        self.clock, self.mail, self.signing = MovedClock(), Mailbox(), Signing()
        self.archive, self.broker, self.sales, self.called = Archive(), Broker(), Sales(), Called()
        self.people = People()
        self.almanac = ALMANAC
        self.desk = TaskDesk()
        self.erp = Erp()
        self.post = Post(
            messaging=self.mail,
            texts=TEXTS,
            links=LINKS,
            signing_page=self.signing.signing_page,
            decisions=TABLES,
            processes=self.broker,
        )
        self.env = TaskEnvironment(
            {
                Clock: self.clock,
                Post: self.post,
                Signatures: self.signing,
                DocumentStore: self.archive,
                Renderer: PlainRenderer(),
                PageCounter: PdfPages(),
                Processes: self.broker,
                Payables: self.erp,
                Almanac: ALMANAC,
                TaskLog: self.people,
                TaskList: self.desk,
                Links: LINKS,
                Decisions: TABLES,
                Mapping[str, SalesSystem]: {"pyxis": self.sales},
                OutcomeWebhooks: self.called,
            }
        )
        self.ledger = PostgresLedger(self.owner, self.clock)
        self.env.ledger = PostgresLedger(self.database, self.clock)  # type: ignore[assignment]
        self.reads = Reads(self.owner)
        self.vars: dict[str, Any] = {}
        self._keys = count(1)

    def order(self, **changes: Any) -> World:
        order = an_order(**changes)
        with self.ledger.open(f"intake:{order.order_key}", task_type="intake") as effect:
            effect.unit.orders.add(order)
            effect.store({})
        self.vars = {
            "serviceOrderId": str(order.id),
            "orderKey": order.order_key,
            "countryCode": order.country_code,
            "buCode": order.bu_code,
        }
        return self

    def run(self, task: str, headers: Mapping[str, str] | None = None, *, key: int = 0, **more: Any) -> Outcome:
        key = key or next(self._keys)
        outcome = self.env.run(task, {**self.vars, **more}, key=key, headers=dict(headers or {}))
        # Every event fits the schema of its topic (adapters/kafka/schemas): nobody has to remember to check.
        wrong = {e.topic: unfit(e.topic, e.payload) for e in self.env.bus.published if not e.topic.startswith("fsm.")}
        assert not {topic: found for topic, found in wrong.items() if found}
        return outcome

    def do(self, task: str, headers: Mapping[str, str] | None = None, **more: Any) -> World:
        outcome = self.run(task, headers, **more)
        assert isinstance(outcome, Completed), f"Expected {task} to complete, but: {outcome}"
        self.vars |= json.loads(outcome.variables)
        return self

    def unit(self, name: str = "test") -> Any:
        return self.ledger.open(f"{name}:{next(self._keys)}", task_type=name)

    def view(self) -> Any:
        found = self.reads.order(str(self.vars["serviceOrderId"]))
        assert found is not None
        return found

    @property
    def state(self) -> str:
        return str(self.view().line.state)

    def moves(self) -> list[str]:
        return [entry.target for entry in self.view().timeline if entry.target]

    def topics(self) -> list[str]:
        return [event.topic for event in self.env.bus.published]

    def rows(self) -> dict[str, list[Any]]:
        """Everything in the database, but for when effects were published."""
        with psycopg.connect(self.url) as connection:
            names = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
            ).fetchall()
            return {
                name: connection.execute(
                    sql.SQL("SELECT to_jsonb(t) - 'published_at' AS row FROM {} t ORDER BY 1").format(
                        sql.Identifier(name)
                    )
                ).fetchall()
                for (name,) in names
            }

    def outside(self) -> tuple[Any, ...]:
        """What the outside has seen, each thing once."""
        events = {event.event_id for event in self.env.bus.published}
        return (
            set(self.mail.sent),
            dict(self.signing.status),
            (set(self.archive.files), dict(self.erp.status)),
            (set(self.broker.messages), dict(self.desk.due), dict(self.desk.assigned)),
            events,
        )

    # -- human tasks -----------------------------------------------------------------------------------------------
    def task_opened(self, kind: str = "correct-order", role: str = "ops", *, key: int = 6_000, **more: Any) -> World:
        """A human task of the order is being made; its listener has seen it."""
        outcome = self.run("open-task", listens(kind, role), key=key, **more)
        assert isinstance(outcome, Completed), outcome
        self.vars["taskId"] = str(ids.derived_id("user-task", 10_000 + key, 20_000 + key))
        return self

    def task_timed(self, priority: str = "HIGH") -> World:
        """Its due date is set, by the tables."""
        sla = TABLES.decide("SlaTargets", priority=priority, taskType="correct-order")
        return self.do("update-user-task", priority=priority, sla=sla, clockFrom=self.clock.now().isoformat())

    def late_task(self) -> World:
        return self.created().task_opened().task_timed()

    # -- messages --------------------------------------------------------------------------------------------------
    def waiting(self) -> World:
        """A text message that waits for eight in the morning."""
        self.created().scheduled()
        self.clock.at = datetime(2027, 1, 11, 22, 0, tzinfo=UTC)
        return self.do("send-notification", {"template": "appointment-confirmed", "recipient": "customer"})

    def deferred(self) -> str:
        """The newest message that waits."""
        waiting = [row for row in self.view().notifications if row["status"] == "deferred"]
        rows = [row for row in waiting if row["template"] != "appointment-reminder"]
        return str(rows[-1]["id"])

    # -- the way of an order ---------------------------------------------------------------------------------------
    def created(self, **changes: Any) -> World:
        return self.order(**changes).do("validate-order")

    def scheduled(self, kind: str = "MAIN", minutes: int = 240, service: str = "INSTALLATION", **more: Any) -> World:
        return self.do(
            "schedule-service", visitKind=kind, serviceType=service, durationMin=minutes, crew=2, certs=[], **more
        )

    def searched(self, **more: Any) -> World:
        """Providers searched and screened by the real table; `fit` are those that may take the visit."""
        self.do("find-providers", **more)
        judged = [decide("ProviderEligibility", candidate=candidate) for candidate in self.vars["candidates"]]
        self.vars["screened"] = [
            {**candidate, "exclusions": reasons or []}
            for candidate, reasons in zip(self.vars["candidates"], judged, strict=True)
        ]
        self.vars["fit"] = [candidate for candidate in self.vars["screened"] if not candidate["exclusions"]]
        return self

    def ranked(self, **more: Any) -> World:
        self.searched(**more)
        scored = [{**candidate, "score": 98 - 3 * n} for n, candidate in enumerate(self.vars["fit"])]
        return self.do("rank-providers", scored=scored)

    def offered(self, rank: int = 0, mode: str = "OFFER", timeout: str = "PT24H") -> World:
        if "ranked" not in self.vars:
            self.ranked()
        modes = {"name": mode, "timeout": timeout, "onTimeout": "NEXT", "maxOffers": 4, "parallel": 1}
        return self.do("send-offer", candidate=self.vars["ranked"][rank], mode=modes)

    def asked_at_once(self, count: int = 3) -> World:
        if "ranked" not in self.vars:
            self.ranked()
        mode = {"name": "BROADCAST", "timeout": "PT1H", "onTimeout": "NEXT", "maxOffers": 1, "parallel": count}
        return self.do("send-broadcast", mode=mode)

    def answered(self, *, accepted: bool = True) -> World:
        from workers.intake.answers import answer_offer

        with self.unit("api") as effect:
            answer_offer(effect.unit, self.vars["offerId"], accepted=accepted)
            effect.store({})
        return self

    def negotiated(self, day: str = "2027-02-02") -> World:
        """The provider of the open offer proposes another date."""
        from workers.intake.dates import propose_date
        from workers.journey.dates import Wanted

        wanted = Wanted(date.fromisoformat(day))
        with self.unit("api") as effect:
            answer = propose_date(effect.unit, ALMANAC, self.vars["offerId"], wanted=wanted)
            effect.store({})
        self.vars |= answer.message.variables
        self.vars["negotiationId"] = self.vars["dateProposal"]["negotiationId"]
        return self

    def assigned(self) -> World:
        return self.offered().answered().do("confirm-assignment").do("confirm-booking")

    def contracted(self, kind: str = "CUSTOMER_CONTRACT", **more: Any) -> World:
        """A contract made, sent and stored."""
        self.do("generate-contract", contractType=kind, **more).do("adobe-upload-document", **more)
        return self.do("adobe-create-agreement", **more).do("store-agreement", **more)

    def cleared(self, contract: str = "NOT_NEEDED") -> World:
        """Paid, delivered, signed: the go check let the visit pass. A survey has none."""
        go = {"status": "OK", "reasons": [], "overridableBy": "NONE"}
        told = {"paymentStatus": "FULLY_PAID", "deliveryStatus": "FULLY_DELIVERED", "contractStatus": contract}
        return self.do("set-go-status", go=go, **told)

    def dispatched(self, *, checked: bool = True) -> World:
        self.clock.at = datetime.fromisoformat(self.vars["visitStartMinus2h"])
        if checked and self.view().visits[-1]["kind"] != "TECHNICAL_VISIT":
            self.cleared()
        return self.do("execute-service")

    def on_site(self) -> World:
        self.clock.at = datetime.fromisoformat(self.vars["scheduledAt"])
        return self.do("record-checkin", checkIn={"at": self.clock.at.isoformat()})

    def worked(self, status: str = "COMPLETED", **report: Any) -> World:
        self.clock.forward(hours=3)
        return self.do("record-checkout", checkout={"completionStatus": status, **report})

    def done(self) -> World:
        return self.created().scheduled().assigned().dispatched().on_site().worked()

    # -- a provider without an order -------------------------------------------------------------------------------
    def registered(self, name: str = "Nouvel Atelier", **changes: Any) -> World:
        """A provider that applied on the portal."""
        given: dict[str, Any] = {
            "reference": name,
            "country_code": "FR",
            "bu_code": "FR-HOME",
            "name": name,
            "type": ProviderType.COMPANY,
            "email": "bureau@atelier.example.com",
            "phone": "+33639980099",
            "preferences": {"KITCHEN": Preference.P1},
            "zones": {"59": ZoneKind.PRIMARY},
            "teams": [Crew(name=f"{name} 1", lat=50.63, lng=3.05)],
        }
        with self.unit("api") as effect:
            told = register(effect.unit, Registration(**given | changes), f"register:{name}")
            effect.store({})
        self.vars = {**told.message.variables, "requiredDocuments": ["INSURANCE", "PLUMBING_LICENSE"]}
        return self

    def handed_in(self, kind: str = "INSURANCE", until: date | None = date(2027, 6, 30)) -> World:
        """A document of it; the variable `documentId` names it."""
        document = FPDF()
        document.set_creation_date(self.clock.now())
        document.add_page()
        handed = Upload(kind=DocumentKind(kind), content=bytes(document.output()), valid_until=until)
        with self.unit("api") as effect:
            scans = Scans(self.archive, PdfPages())
            told = upload(effect.unit, UUID(self.vars["providerId"]), handed, scans, f"upload:{kind}:{until}")
            effect.store({})
        self.heard = told.message
        digest = hashlib.sha256(handed.content).hexdigest()
        self.vars["documentId"] = str(handed.identity(UUID(self.vars["providerId"]), digest))
        return self

    def reviewed(self, decision: str = "APPROVE", **form: Any) -> World:
        """Compliance looked at the document that was handed in last."""
        review = {"decision": decision, "resolutionNotes": "looked at", **form}
        return self.do("record-document-review", {"decidedIn": "ReviewDocument"}, documentReview=review)

    def under_contract(self) -> World:
        """The provider's papers are there, and both sides have signed."""
        self.registered().handed_in().reviewed().handed_in("PLUMBING_LICENSE", date(2029, 1, 1)).reviewed()
        self.do("generate-contract", contractType="PROVIDER_CONTRACT").do("adobe-upload-document")
        self.do("adobe-create-agreement").do("store-agreement").signed()
        return self.do("archive-document")

    def working(self) -> World:
        """It may be offered work."""
        return self.under_contract().do("activate-provider")

    def documents(self) -> list[dict[str, Any]]:
        """Documents of providers, oldest first."""
        return self.table("provider_documents", "uploaded_at, kind")

    def table(self, name: str, order: str = "1") -> list[dict[str, Any]]:
        """Rows of a table."""
        with psycopg.connect(self.url, row_factory=dict_row) as connection:
            query = sql.SQL("SELECT * FROM {} ORDER BY {}").format(sql.Identifier(name), sql.SQL(order))
            return connection.execute(query).fetchall()

    def scanned(self, order_id: UUID | None = None, pages: int = 2) -> str:
        """The code of a scan that was uploaded for the order (or for another one)."""
        document = FPDF()
        document.set_creation_date(self.clock.now())
        for _ in range(pages):
            document.add_page()
        scans = Scans(self.archive, PdfPages())
        return scans.keep(order_id or UUID(self.vars["serviceOrderId"]), bytes(document.output())).code

    def sent(self) -> World:
        self.do("generate-wcf", wcfTemplate="INSTALLATION").do("adobe-upload-document")
        return self.do("adobe-create-agreement").do("store-agreement")

    def signed(self, **fields: str) -> World:
        self.signing.sign(self.vars["agreementId"], **fields)
        return self

    def accepted(self, **fields: str) -> World:
        """Signed without reservations: the provider may be paid."""
        return self.done().sent().signed(**fields).do("adobe-read-form-data")

    def pro_forma(self) -> World:
        return self.accepted().do("generate-proforma", terms={"vatPercent": 20, "dueDays": 30})

    def pro_forma_answered(self, *, accepted: bool = True, **answer: Any) -> World:
        from workers.intake.invoices import answer_pro_forma

        with self.unit("api") as effect:
            answer_pro_forma(effect.unit, UUID(self.vars["invoiceId"]), accepted=accepted, **answer)
            effect.store({})
        return self

    def surveyed(self, outcome: str = "YES", **report: Any) -> World:
        self.created().scheduled("TECHNICAL_VISIT", 60, "CONFIRMATION_TV").assigned().dispatched().on_site()
        return self.do("record-tv-outcome", checkout={"tvOutcome": outcome, **report})


@pytest.fixture(scope="session")
def postgres() -> Iterator[LocalPostgres]:
    with LocalPostgres() as server:
        seed(server.url)
        yield server


@pytest.fixture(scope="session")
def shared(postgres: LocalPostgres) -> Iterator[World]:
    world = World(postgres.copy("tasks"), user_of(postgres, "fsm_work", "tasks"))
    yield world
    world.database.close()


WRITTEN = ("service_orders", "effects", "inbox", "issued_numbers", "suppressions", "provider_applications",
           "provider_documents", "provider_moves", "operator_tasks")  # fmt: skip


@pytest.fixture
def world(shared: World) -> Iterator[World]:
    """A world without orders: emptying tables is much quicker than another database. Reference data must not be changed."""
    with psycopg.connect(shared.url, autocommit=True) as connection:
        connection.execute(emptying(connection, *WRITTEN))
        # Providers that applied have no number in the ERP yet; those of the reference data stay.
        applied = "(SELECT id FROM providers WHERE supplier_number IS NULL)"
        for table in ("provider_zones", "work_teams"):
            connection.execute(f"DELETE FROM {table} WHERE provider_id IN {applied}")
        connection.execute("DELETE FROM providers WHERE supplier_number IS NULL")
    emptied = World(shared.url, "", shared.database)
    yield emptied
    emptied.owner.close()


@pytest.fixture
def own_world(postgres: LocalPostgres) -> Iterator[World]:
    """A world with a database of its own, whose providers and teams may be changed."""
    name = f"tasks_{next(_NAMES)}"
    world = World(postgres.copy(name), user_of(postgres, "fsm_work", name))
    yield world
    world.database.close()


@pytest.fixture
def crashing(world: World) -> CrashingLedger:
    """A ledger for `world.env` that dies once before it commits."""
    return CrashingLedger(world.database, world.clock)
