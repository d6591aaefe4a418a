"""Plays the models in process: the real engine, decisions and forms; the jobs are answered as workers would answer them.

The clock is moved, never waited for. `Play` answers every job at once with what its type promises; a test says beforehand
where an answer differs (`will`), plays the people and systems outside (`publish`, `complete`) and looks at the way the
tokens took (`went`, `now_at`)."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from zeebelet.records import (
    Deployment,
    DeploymentResource,
    Job,
    JobBatch,
    Message,
    Record,
    RecordType,
    UserTask,
)
from zeebelet.testing.kit import TestEngine
from zeebelet.testing.plugin import collect

ROOT = Path(__file__).parents[2]
START = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)  # a Monday
RUNS = {"WaitForGoCheck", "WaitNextRun"}
NOTES = "Checked with the customer by telephone."
# Processes that run beside the journey of an order: their way is kept apart from it.
BY_THE_CLOCK = {"expiry-watch"}
BESIDE = {"ProviderPayment", "ClaimHandling"}
FACTS = {
    "sourceSystem": "pyxis",
    "serviceCode": "INSTALL_KITCHEN_STD",
    "category": "KITCHEN",
    "total": 2400,
    "tvMandatory": False,
    "confidence": "HIGH",
    "validTv": False,
    "urgency": "STANDARD",
    "createdAt": "2027-01-11T09:00:00Z",
}


class Trouble(NamedTuple):
    """A BPMN error a worker throws instead of completing its job."""

    code: str
    variables: dict[str, Any]


class Done(NamedTuple):
    """One job as it was answered."""

    type: str
    element: str
    variables: dict[str, Any]
    headers: dict[str, str]


Answer = dict[str, Any] | Trouble


def iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def candidate(number: int, **other: Any) -> dict[str, Any]:
    """A provider that fits, each a bit farther away than the one before."""
    base = {"providerId": f"P{number}", "teamId": f"T{number}", "servicePreference": "P1", "tier": number}
    rates = {"firstTimeRate": 0.96, "satisfaction": 4.3, "punctuality": 0.9, "sameProvider": False}
    return base | rates | {"distanceKm": 8.5 * number} | other


class Watch:
    """Sees every record: the way of the tokens, what is open, what was told to whom."""

    def __init__(self, kit: TestEngine) -> None:
        self.kit, self.engine = kit, kit.engine
        self.done: list[Done] = []
        self.path: list[str] = []
        self.beside: list[str] = []
        self.ended: list[str] = []
        self.incidents: list[str] = []
        self.tasks: dict[str, tuple[int, UserTask]] = {}
        self.waiting: dict[int, str] = {}
        self.open_jobs: dict[int, str] = {}
        self._watchers = {
            "PROCESS_INSTANCE": self._see_element,
            "JOB": self._see_job,
            "USER_TASK": self._see_task,
            "INCIDENT": self._see_incident,
        }
        self.engine.subscribe(self._see)

    def went(self, *elements: str) -> bool:
        """Whether the tokens entered these elements in this order, others in between allowed."""
        steps = iter(self.path)
        return all(element in steps for element in elements)

    def times(self, element: str) -> int:
        return self.path.count(element)

    def now_at(self) -> set[str]:
        """Elements in which something waits."""
        return set(self.waiting.values())

    def jobs(self, kind: str) -> list[Done]:
        return [d for d in self.done if d.type == kind]

    def statuses(self) -> list[str]:
        """What sales was told, in order."""
        return [d.variables["status"] for d in self.jobs("report-to-sales")]

    def variables(self, element: str) -> dict[str, Any]:
        """What the form of an open human task can show."""
        return dict(self.engine.state.variables.document(self.tasks[element][1].element_instance_key))

    def _see(self, record: Record) -> None:
        watcher = self._watchers.get(record.value_type)
        if watcher is not None and record.record_type is RecordType.EVENT:
            watcher(record)

    def _see_element(self, record: Record) -> None:
        name = record.value.element_id
        if record.intent == "ELEMENT_ACTIVATING" and record.value.bpmn_element_type != "SEQUENCE_FLOW":
            beside = record.value.bpmn_process_id in BESIDE and "OrderCreated" in self.path
            (self.beside if beside else self.path).append(name)
        if record.intent == "ELEMENT_ACTIVATED":
            self.waiting[record.key] = name
        if record.intent in ("ELEMENT_COMPLETED", "ELEMENT_TERMINATED"):
            self.waiting.pop(record.key, None)
        if record.intent == "ELEMENT_COMPLETED" and record.value.bpmn_element_type == "PROCESS":
            self.ended.append(name)

    def _see_job(self, record: Record) -> None:
        if record.intent == "CREATED":
            self.open_jobs[record.key] = record.value.type
        if record.intent in ("COMPLETED", "CANCELED", "ERROR_THROWN"):
            self.open_jobs.pop(record.key, None)

    def _see_task(self, record: Record) -> None:
        if record.intent == "CREATED":
            self.tasks[record.value.element_id] = (record.key, record.value)
        if record.intent in ("COMPLETED", "CANCELED"):
            self.tasks.pop(record.value.element_id, None)

    def _see_incident(self, record: Record) -> None:
        if record.intent == "CREATED":
            self.incidents.append(f"{record.value.element_id}: {record.value.error_message}")


class Staff(Watch):
    """Answers every job at once."""

    signs = True  # the customer signs the contract at once, whatever else is planned; a test about contracts says no

    def __init__(self, kit: TestEngine) -> None:
        super().__init__(kit)
        self.facts = dict(FACTS)
        self.appointment: dict[str, Any] = {}
        self._planned: dict[str, deque[Answer]] = defaultdict(deque)
        self._count: dict[str, int] = defaultdict(int)

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.engine.clock.now() / 1000, UTC)

    def will(self, kind: str, *answers: Answer) -> None:
        """The next jobs of this type are answered like this, then as usual."""
        self._planned[kind].extend(answers)

    def error(self, code: str, **variables: Any) -> Trouble:
        return Trouble(code, variables)

    def new(self, prefix: str) -> str:
        """The next identity of a kind."""
        self._count[prefix] += 1
        return f"{prefix}-{self._count[prefix]}"

    def work(self) -> None:
        """Workers do every job there is, as long as there is one."""
        while self.open_jobs:
            for kind in sorted(set(self.open_jobs.values())):
                for key, job in self._activate(kind):
                    self._do(key, job)

    def _activate(self, kind: str) -> list[tuple[int, Job]]:
        batch = self.kit.submit("JOB_BATCH", "ACTIVATE", JobBatch(kind, "play", 60_000, 100)).value
        return list(zip(batch.job_keys, batch.jobs, strict=True))

    def _do(self, key: int, job: Job) -> None:
        if key not in self.open_jobs:
            return  # cancelled by what another job of the same batch led to
        self.done.append(Done(job.type, job.element_id, dict(job.variables), dict(job.custom_headers)))
        answer = self._answer(job)
        if job.type == "schedule-service" and isinstance(answer, dict):
            self.appointment = {name: value for name, value in answer.items() if name != "visitId"}
        if isinstance(answer, Trouble):
            thrown = job._replace(error_code=answer.code, variables=answer.variables)
            self.engine.submit("JOB", "THROW_ERROR", thrown, key=key)
        else:
            self.engine.submit("JOB", "COMPLETE", job._replace(variables=answer), key=key)

    def _answer(self, job: Job) -> Answer:
        planned = self._planned[job.type]
        if planned and not (self.signs and job.variables.get("contractId")):
            return planned.popleft()
        maker = USUAL.get(job.type)
        return maker(self, job.variables, job.custom_headers) if maker else {}


class Play(Staff):
    """One engine with everything deployed, and the outside world of one order."""

    def deploy(self, resources: tuple[DeploymentResource, ...]) -> None:
        """Models, decisions and forms, together."""
        self.kit.submit("DEPLOYMENT", "CREATE", Deployment(resources))

    def work(self) -> None:
        """Every job; a contract that would be sent in two hours is sent and signed at once."""
        super().work()
        while self.signs and self.now_at() & {"SendDelay", "AwaitContract"}:
            if "SendDelay" in self.now_at():
                self.kit.publish("contract-send-now", f"contract-{self._count['contract']}", ttl=timedelta(days=1))
            else:
                signed = {"agreementStatus": "SIGNED"}
                agreement = f"contract-agreement-{self._count['contract-agreement']}"
                self.kit.publish("agreement-closed", agreement, signed, ttl=timedelta(days=1))
            super().work()

    def order(self, country: str = "FR", urgency: str = "STANDARD", *, number: int = 1, **facts: Any) -> None:
        """A new order arrives from sales."""
        self.facts |= facts
        key = f"pyxis:{number}"
        identity = {"serviceOrderId": f"so-{number}", "orderKey": key, "countryCode": country, "buCode": f"{country}-1"}
        told = {"storeCode": "S1", "urgency": urgency, "sourceSystem": "pyxis"}
        self.publish("order-created", key, identity | told)

    def publish(self, name: str, key: str, variables: dict[str, Any] | None = None, *, work: bool = True) -> None:
        """A message from outside; the jobs that follow are done at once."""
        self.kit.publish(name, key, variables, ttl=timedelta(days=1))
        if work:
            self.work()

    def complete(self, element: str, variable: str, decision: str, **other: Any) -> None:
        """Somebody fills in the form of a human task."""
        self.kit.complete_user_task(element, {variable: {"decision": decision, "resolutionNotes": NOTES} | other})
        self.work()

    def forward(self, **duration: float) -> None:
        """Time passes; every timer on the way fires at its own moment and its jobs are done."""
        self.until(self.now + timedelta(**duration))

    def until(self, moment: datetime) -> None:
        goal = max(round(moment.timestamp() * 1000), self.engine.clock.now())
        while (due := self.engine.next_timer()) is not None and due <= goal:
            self.engine.clock.pin(max(due, self.engine.clock.now()))
            self.engine.tick()
            self.work()
        self.engine.clock.pin(goal)
        self.engine.tick()
        self.work()

    def to_next_timer(self) -> None:
        """Time passes until the next timer that is no run of the go check; those pass by the way."""
        while True:
            due = self.engine.next_timer()
            assert due is not None, "no timer is waiting"
            self.until(datetime.fromtimestamp(due / 1000, UTC))
            if not self.now_at() & RUNS:
                return


def _validated(play: Staff, variables: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    return {"orderNumber": "8841207", "facts": play.facts}


def _scheduled(play: Staff, variables: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    at = (play.now + timedelta(days=7)).replace(hour=8, minute=0, second=0, microsecond=0)
    slot = {"date": at.date().isoformat(), "label": "AM", "start": iso(at), "end": iso(at + timedelta(hours=4))}
    dates = {
        "scheduledAt": iso(at),
        "visitStartMinus2h": iso(at - timedelta(hours=2)),
        "noShowAt": iso(at + timedelta(minutes=30)),
        "timeZone": "Europe/Paris",
    }
    return {"visitId": play.new("visit"), "bookingId": play.new("booking"), "scheduledSlot": slot} | dates


def _found(play: Staff, variables: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    return {"candidates": [candidate(1), candidate(2), candidate(3)], "funnelId": "funnel-1", "hoursToVisit": 160}


def _ranked(play: Staff, variables: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    ranked = sorted(variables["scored"], key=lambda s: -s["score"])
    ranked = [r | {"servicePreference": "P1"} for r in ranked]
    fit = {"considered": len(variables["screened"]), "fit": len(ranked), "excluded": []}
    known = {"funnel": fit, "teamOptions": [], "reworkSameProvider": False}
    return {"ranked": ranked, "topScore": ranked[0]["score"] if ranked else 0, "topPreference": "P1"} | known


def _offered(play: Staff, variables: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    hours = {"PT4H": 4, "PT24H": 24, "PT1H": 1, "PT30M": 0.5}[variables["mode"]["timeout"]]
    return {"offerId": play.new("offer"), "offerExpiresAt": iso(play.now + timedelta(hours=hours))}


def _proposed(play: Staff, variables: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    within = {"P2D": 48, "P1D": 24}[variables["answerWithin"]]
    possible = bool(variables["dateProposal"].get("originalStillPossible"))
    return {"answerBy": iso(play.now + timedelta(hours=within)), "originalStillPossible": possible}


def _confirmed(play: Staff, variables: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    return {"assignmentId": play.new("assignment"), "providerId": "P1", "workTeamId": "T1"} | play.appointment


def _dispatched(play: Staff, variables: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    start = datetime.fromisoformat(variables["scheduledAt"])
    return {
        "executionId": play.new("execution"),
        "visitStart": iso(start),
        "noShowAt": iso(start + timedelta(minutes=30)),
    }


def _contract(play: Staff, variables: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    identity = play.new("contract")
    return {
        "contractId": identity,
        "contractNumber": identity,
        "contractVersion": int(identity[9:]),
        "documentRef": f"documents/{identity}.pdf",
    }


def _outcome(play: Staff, variables: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    checkout = variables["checkout"]
    changes = checkout.get("modifications") or []
    minutes = sum(c.get("extraMinutes", 0) for c in changes)
    price = any(c.get("requiresRepricing") for c in changes)
    percent = 100 * sum(c.get("estimatedDelta", 0) for c in changes) / play.facts["total"]
    told = {"tvOutcome": checkout["tvOutcome"], "tvOutcomeId": play.new("outcome")}
    return told | {"repricingNeeded": price, "extraMinutes": minutes, "changePercent": percent}


def _published(play: Staff, variables: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    copied = {n: variables[n] for n in headers.get("variables", "").split(",") if n}
    lives = {"PT24H": 86_400_000, "PT1H": 3_600_000, "PT1M": 60_000, "PT10S": 10_000, "PT0S": 0}
    ttl = lives[headers["ttl"]]
    message = Message(headers["message"], variables[headers["key"]], ttl, variables=copied)
    play.engine.submit("MESSAGE", "PUBLISH", message)
    return {}


def _assessed(play: Staff, variables: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    days = {"daysSinceOrder": 3, "hoursToVisit": 100, "salesChannel": "store"}
    return {"orderState": "SCHEDULED", "workStarted": False} | days


USUAL: dict[str, Callable[[Staff, dict[str, Any], dict[str, str]], dict[str, Any]]] = {
    "validate-order": _validated,
    "schedule-service": _scheduled,
    "find-providers": _found,
    "rank-providers": _ranked,
    "send-offer": _offered,
    "send-broadcast": lambda p, v, h: {
        "broadcastId": p.new("broadcast"),
        "broadcastExpiresAt": iso(p.now + timedelta(hours=1)),
    },
    "record-date-proposal": _proposed,
    "finalize-date-agreement": lambda p, v, h: {"agreedDate": "2027-02-04", "tellSales": True},
    "confirm-assignment": _confirmed,
    "execute-service": _dispatched,
    "report-tv-modifications": lambda p, v, h: {"tvOutcomeNumber": p.new("TVO")},
    "apply-order-update": lambda p, v, h: {"impact": "NONE", "earliestDate": None, "validationErrors": []},
    "apply-delivery-date": lambda p, v, h: {"stillValid": True, "earliestDate": None},
    "check-payment-status": lambda p, v, h: {"paymentStatus": "FULLY_PAID", "payment": {}},
    "check-delivery-status": lambda p, v, h: {"deliveryStatus": "FULLY_DELIVERED", "openProducts": []},
    "block-checkin": lambda p, v, h: {"blockedAnew": True},
    "record-checkout": lambda p, v, h: {
        "completionStatus": v["checkout"]["completionStatus"],
        "reason": v["checkout"].get("reason"),
    },
    "record-no-show": lambda p, v, h: {
        "absentParty": "CUSTOMER" if v["noShow"].get("absentParty") == "CUSTOMER" else "PROVIDER",
        "travelFee": v["noShow"].get("travelFee"),
    },
    "record-incomplete": lambda p, v, h: {"incompleteNext": v["incomplete"]["decision"]},
    "record-tv-outcome": _outcome,
    "apply-scope-change": lambda p, v, h: {"durationMin": v["durationMin"]},
    "publish-message": _published,
    "generate-wcf": lambda p, v, h: {"wcfId": p.new("wcf"), "documentRef": "documents/wcf.pdf"},
    "adobe-upload-document": lambda p, v, h: {"transientDocumentId": p.new("transient")},
    "validate-contract-bundle": lambda p, v, h: {"contractBundle": [v["serviceOrderId"]]},
    "generate-contract": _contract,
    "adobe-cancel-agreement": lambda p, v, h: {"agreementStatus": "VOIDED" if v.get("agreementId") else None},
    "adobe-create-agreement": lambda p, v, h: {
        "agreementId": p.new("contract-agreement" if v.get("contractId") else "agreement")
    },
    "adobe-read-form-data": lambda p, v, h: {"reservations": [], "worstSeverity": "NONE"},
    "archive-document": lambda p, v, h: {"storageRef": "archive/wcf.pdf", "sha256": "0" * 64},
    "generate-proforma": lambda p, v, h: {
        "invoiceId": p.new("invoice"),
        "invoiceNumber": "PF-2027-000001",
        "invoiceTotal": 350,
        "currency": "EUR",
        "billingModel": "SELF_BILLING",
    },
    "revise-proforma": lambda p, v, h: {"invoiceTotal": 350},
    "oracle-create-payable": lambda p, v, h: {
        "erpInvoiceId": "300100",
        "paymentOverdueAt": iso(p.now + timedelta(days=35)),
    },
    "record-provider-payment": lambda p, v, h: {"paymentState": "PAID", "erpProblem": None},
    "resolve-reservations": lambda p, v, h: {"wcfResult": "ACCEPTED"},
    "create-rework-order": lambda p, v, h: {"reworkOrderId": "so-rework", "reworkOrderKey": "custom:RW-1"},
    "settle-claim": lambda p, v, h: {"claimNext": "NOTHING"},
    "measure-provider": lambda p, v, h: {
        "figures": {"claimRate": 0, "criticalClaims": 0, "satisfaction": 4, "firstTimeRate": 1, "punctuality": 1}
    },
    "open-claim": lambda p, v, h: {"claimId": p.new("claim")},
    "assess-cancellation": _assessed,
}


@pytest.fixture(scope="session")
def resources() -> tuple[DeploymentResource, ...]:
    """Every model, decision and form, deployed together; but for what starts by itself every day and is no order's."""
    files = [
        p
        for folder, kind in (("bpmn", "bpmn"), ("dmn", "dmn"), ("forms", "form"))
        for p in (ROOT / folder).glob(f"*.{kind}")
        if p.stem not in BY_THE_CLOCK
    ]
    return tuple(DeploymentResource(p.name, p.read_bytes()) for p in sorted(files))


@pytest.fixture
def play(request: pytest.FixtureRequest, resources: tuple[DeploymentResource, ...]) -> Iterator[Play]:
    """An engine with the journey deployed; at the end nothing may have become an incident."""
    playing = Play(TestEngine(now=START))
    playing.deploy(resources)
    yield playing
    if request.config.getoption("--process-coverage", default=None):
        collect(request.config, playing.kit)
    playing.engine.close()
    assert playing.incidents == []
