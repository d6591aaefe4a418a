"""How jobs end: through `TaskEnvironment`, which is binding, contract, ledger, outcome table and middleware without an engine."""

from __future__ import annotations

import json
import logging
import threading
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid4

import pytest

from adapters.documents.client import FileDocumentStore
from adapters.documents.settings import DocumentSettings
from workers.domain.errors import DomainError
from workers.ports.documents import DocumentStore
from workers.ports.errors import Conflict, Misconfigured, NotFound, PortError, Refused, Unavailable
from workers.ports.events import Event
from workers.runtime import LARGE, Context, Permanent, RetryLater, RetryPolicy, TaskHeaders, TaskInput, TaskOutput
from workers.runtime.errors import MissingProvider
from workers.runtime.execute import Attempt
from workers.runtime.middleware import Proceed, log_outcome, only_tenants
from workers.runtime.outcome import BpmnError, Completed, Failed, HandedBack, Outcome
from workers.runtime.registry import Registry
from workers.runtime.republish import republish
from workers.runtime.retention import expire
from workers.runtime.testing import MemoryBus, MemoryLedger, TaskEnvironment

POLICY = RetryPolicy(attempts=3, first=timedelta(seconds=10), factor=6, cap=timedelta(seconds=60), jitter=0)


class Order(TaskInput):
    service_order_id: UUID
    customer_email: str = ""


class Number(TaskOutput):
    run: int


class Headers(TaskHeaders):
    template: str


class NotBookable(DomainError):
    """No slot."""

    code = "NOT_BOOKABLE"


class Surprise(DomainError):
    """Nobody named this one."""

    code = "SURPRISE"


class Raiser:
    """A port that raises what the test wants, else counts."""

    def __init__(self) -> None:
        self.error: BaseException | None = None
        self.calls = 0

    def call(self) -> int:
        self.calls += 1
        if self.error is not None:
            raise self.error
        return self.calls


def book(data: Order, ctx: Context, *, unit: Any, port: Raiser) -> Number:
    unit.emit(Event(uuid4(), "orders", "k", "Booked", {}))
    return Number(run=port.call())


async def look(data: Order, ctx: Context, *, port: Raiser, headers: Headers) -> Number:
    ctx.log.info("looking %s", headers.template, extra={"slot": 1})
    return Number(run=port.call())


async def keep(data: Order, ctx: Context, *, port: Raiser) -> Number:
    return Number(run=port.call())


def by_order(data: Order, ctx: Context) -> str:
    return str(data.service_order_id)


def registry() -> Registry:
    made = Registry()
    made.task("book", raises=(NotBookable,), retry=POLICY, system="erp")(book)
    made.task("look", effect="none", retry=POLICY)(look)
    made.task("keep", effect=by_order)(keep)
    return made


ORDER = {"serviceOrderId": "6f0c1b7e-3d58-4a1c-9d36-1b7f7d5f2a11", "ignored": 1}


@pytest.fixture
def port() -> Raiser:
    return Raiser()


@pytest.fixture
def env(port: Raiser) -> TaskEnvironment:
    return TaskEnvironment({Raiser: port}, tasks=registry())


def test_a_result_completes_the_job_with_declared_variables_only(env: TaskEnvironment) -> None:
    """What the handler returns is sent under camelCase names."""
    assert env.run("book", ORDER) == Completed('{"run":1}')


@pytest.mark.parametrize(
    ("error", "retries", "seconds", "words"),
    [
        (
            Unavailable("HTTP 503", system="adobe-sign", reference="A-1"),
            2,
            10,
            "adobe-sign did not answer on A-1: HTTP 503.",
        ),
        (Unavailable("429", retry_after=timedelta(seconds=90)), 2, 90, "erp did not answer"),
        (Unavailable("429", retry_after=timedelta(seconds=1)), 2, 10, "tried again"),
        (RetryLater("The team is not there yet", delay=timedelta(minutes=5)), 2, 300, "The team is not there yet."),
        (Permanent("order has no address"), 0, 0, "book cannot succeed: order has no address. Mend the data"),
        (
            NotFound("no such agreement", system="adobe-sign", reference="A-1"),
            0,
            0,
            "adobe-sign does not know what was asked for on A-1",
        ),
        (Conflict("is signed"), 0, 0, "erp refused the request"),
        (Refused("bad phone"), 0, 0, "erp refused the request: bad phone."),
        (Misconfigured("401", system="vault"), 0, 0, "vault does not accept our settings: 401."),
        (PortError("odd"), 0, 0, "erp failed: odd."),
        (Surprise(), 0, 0, "SURPRISE, which it does not declare"),
        (ValueError("secret"), 2, 10, "book failed unexpectedly: ValueError at test_outcomes.py:"),
        (SystemExit(1), 2, 10, "book failed unexpectedly: SystemExit"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_what_a_handler_raises_decides_how_the_attempt_ends(
    env: TaskEnvironment, port: Raiser, error: BaseException, retries: int, seconds: float, words: str
) -> None:
    """One table: transient, permanent, misconfiguration, bug. Texts say what failed, on which id, and what to do."""
    port.error = error
    outcome = env.run("book", ORDER)

    assert isinstance(outcome, Failed)
    assert (outcome.retries, outcome.backoff) == (retries, timedelta(seconds=seconds))
    assert words in outcome.message


def test_a_named_business_error_goes_to_the_model(env: TaskEnvironment, port: Raiser) -> None:
    """Its code, text and variables are what the catch event receives."""
    port.error = NotBookable("no slot this week", slotsTried=3)

    assert env.run("book", ORDER) == BpmnError("NOT_BOOKABLE", "no slot this week", '{"slotsTried": 3}')


def test_the_last_attempt_ends_in_an_incident(env: TaskEnvironment, port: Raiser) -> None:
    """No attempts left: no pause, the text stays."""
    port.error = Unavailable("HTTP 503")
    outcome = env.run("book", ORDER, retries=1)

    assert isinstance(outcome, Failed)
    assert (outcome.retries, outcome.backoff) == (0, timedelta(0))


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({}, "variable 'serviceOrderId' is missing"),
        ({"serviceOrderId": "secret-value"}, "variable 'serviceOrderId': input should be a valid UUID"),
        ({**ORDER, "customerEmail": 7}, "variable 'customerEmail': input should be a valid string"),
    ],
)
def test_bad_input_is_an_incident_that_names_the_variable(
    env: TaskEnvironment, port: Raiser, variables: Any, words: str
) -> None:
    """The handler is not called and no value is quoted."""
    outcome = env.run("book", variables)

    assert isinstance(outcome, Failed)
    assert (outcome.retries, port.calls) == (0, 0)
    assert words in outcome.message
    assert "secret-value" not in outcome.message


def test_bad_headers_point_at_the_model(env: TaskEnvironment) -> None:
    """Headers are set by who drew the model: the text says so."""
    outcome = env.run("look", ORDER)

    assert isinstance(outcome, Failed)
    assert "header 'template' is missing (task headers are set in the model)" in outcome.message


def test_texts_hold_no_addresses_and_no_secrets(env: TaskEnvironment, port: Raiser) -> None:
    """Whatever an adapter puts into a message, Operate shows neither personal data nor credentials."""
    port.error = Refused("ana@example.com +34 600 123 456 password=hunter2 Bearer abcdefgh12345 https://u:pw@host/x")
    outcome = env.run("book", ORDER)

    assert isinstance(outcome, Failed)
    for hidden in ("ana@", "600 123", "hunter2", "abcdefgh", "u:pw"):
        assert hidden not in outcome.message


def test_a_redelivered_job_gets_the_stored_result(env: TaskEnvironment, port: Raiser) -> None:
    """The same element instance again: the handler is not called, the first result is sent."""
    first = env.run("book", ORDER, key=7)
    again = env.run("book", ORDER, key=8, element_instance_key=20_007)

    assert first == again == Completed('{"run": 1}') or (first, again) == (
        Completed('{"run":1}'),
        Completed('{"run": 1}'),
    )
    assert port.calls == 1


def test_a_business_key_makes_an_effect_once_per_order(env: TaskEnvironment, port: Raiser) -> None:
    """With `effect=function` two element instances about one order share one effect; another order has its own."""
    env.run("keep", ORDER, key=1)
    env.run("keep", ORDER, key=2)
    env.run("keep", {"serviceOrderId": str(uuid4())}, key=3)

    assert port.calls == 2


def test_a_failed_attempt_leaves_nothing_behind(env: TaskEnvironment, port: Raiser) -> None:
    """The transaction is rolled back with its events; the next attempt runs again."""
    port.error = Unavailable()
    env.run("book", ORDER)
    assert (env.ledger.results, env.bus.published) == ({}, [])

    port.error = None
    assert env.output("book", ORDER) == {"run": 2}
    assert len(env.bus.published) == 1


def test_an_output_that_cannot_be_sent_rolls_the_effect_back() -> None:
    """Otherwise the effect would be kept although the job never completes."""
    made = Registry()

    def wrong(data: Order, ctx: Context, *, unit: Any) -> Number:
        return "text"  # type: ignore[return-value]

    wrong.__annotations__ = {"data": Order, "ctx": Context, "unit": Any, "return": Number}
    made.task("wrong")(wrong)
    env = TaskEnvironment(tasks=made)

    assert isinstance(env.run("wrong", ORDER), Failed)
    assert env.ledger.results == {}


def test_events_wait_in_the_ledger_while_the_bus_is_away(env: TaskEnvironment) -> None:
    """The job completes; the republisher sends the events when the bus is back, under their old ids."""
    env.bus.fail_next = 2
    assert isinstance(env.run("book", ORDER), Completed)
    assert (env.bus.published, republish(env.ledger, env.bus)) == ([], 0)

    waiting = env.ledger.unpublished()[0][1]
    assert republish(env.ledger, env.bus) == 1
    assert env.bus.published == waiting
    assert env.ledger.unpublished() == []


def test_events_of_a_run_that_died_before_publishing_go_out_with_the_replay(env: TaskEnvironment, port: Raiser) -> None:
    """Committed, then killed: the redelivered job publishes what was left, without running the handler."""
    env.bus.fail_next = 1
    env.run("book", ORDER)
    env.run("book", ORDER)

    assert (port.calls, len(env.bus.published)) == (1, 1)


def test_two_runs_of_one_key_at_once_apply_one_effect(port: Raiser) -> None:
    """The second run waits for the first and then replays its result."""
    env = TaskEnvironment({Raiser: port}, tasks=registry())
    outcomes: list[Outcome] = []
    threads = [threading.Thread(target=lambda: outcomes.append(env.run("book", ORDER))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert port.calls == 1
    assert {json.loads(outcome.variables)["run"] for outcome in outcomes if isinstance(outcome, Completed)} == {1}
    assert len(outcomes) == 6


def test_a_busy_key_gives_the_job_back_without_using_an_attempt(env: TaskEnvironment, port: Raiser) -> None:
    """When the other run takes too long, this one has not run: its retries stay, it comes again after a pause."""
    env.ledger = MemoryLedger(lock_timeout=0.01)
    with env.ledger.open("book:20001", task_type="book"):
        outcome = env.run("book", ORDER)

    assert isinstance(outcome, HandedBack)
    assert outcome.backoff == timedelta(seconds=10)
    assert port.calls == 0


def test_subkeys_are_deterministic_and_hide_their_parts(env: TaskEnvironment) -> None:
    """One message per recipient: the same id in every run, another for another recipient, no address to read."""
    keys: list[str] = []

    def send(data: Order, ctx: Context) -> None:
        keys.extend((ctx.subkey("ana@example.com", "sms"), ctx.subkey("ana@example.com", "email")))

    send.__annotations__ = {"data": Order, "ctx": Context, "return": None}
    made = Registry()
    made.task("send", effect="none")(send)
    environment = TaskEnvironment(tasks=made)
    environment.run("send", ORDER)
    environment.run("send", ORDER)

    assert keys[:2] == keys[2:]
    assert len(set(keys)) == 2
    assert "ana" not in "".join(keys)


def test_logs_carry_the_job(env: TaskEnvironment, caplog: pytest.LogCaptureFixture) -> None:
    """Every record of a handler has the job's ids as attributes, beside those it adds itself."""
    with caplog.at_level(logging.INFO, logger="workers.tasks"):
        env.run("look", ORDER, headers={"template": "T1"})

    record = caplog.records[0]
    assert (record.job_key, record.task_type, record.process_instance_key, record.slot) == (1, "look", 10_001, 1)  # type: ignore[attr-defined]


def test_middleware_sees_failures_and_may_veto(port: Raiser) -> None:
    """The first one is outermost; what it raises is handled like a handler's error."""
    seen: list[str] = []

    async def watch(attempt: Attempt, proceed: Proceed) -> Outcome:
        outcome = await proceed(attempt)
        seen.append(type(outcome).__name__)
        return outcome

    async def broken(attempt: Attempt, proceed: Proceed) -> Outcome:
        if attempt.job.retries == 2:
            raise Refused("by middleware", system="policy")
        return await proceed(attempt)

    env = TaskEnvironment({Raiser: port}, tasks=registry(), middleware=[watch, only_tenants("es"), broken, log_outcome])
    port.error = Unavailable()
    env.run("book", ORDER, tenant_id="es")
    env.run("book", ORDER, tenant_id="es", retries=2)
    env.run("book", ORDER, tenant_id="fr")

    assert (seen, port.calls) == (["Failed", "Failed", "HandedBack"], 1)


def test_the_bus_gets_each_event_once_when_nothing_fails(env: TaskEnvironment) -> None:
    """Published after the commit and marked, so that the republisher finds nothing."""
    env.run("book", ORDER)

    assert len(env.bus.published) == 1
    assert env.ledger.unpublished() == []
    assert isinstance(env.bus, MemoryBus)


class Report(TaskOutput):
    text: Annotated[str, LARGE]
    pages: int


class Read(TaskInput):
    text: Annotated[str, LARGE]


def write(data: TaskInput, ctx: Context) -> Report:
    return Report(text="x" * 400_000, pages=3)


async def read(data: Read, ctx: Context) -> Number:
    return Number(run=len(data.text))


def test_large_values_travel_as_references(tmp_path: Path) -> None:
    """A field marked LARGE is kept in the document store; whoever reads it gets the content, small values stay where they are."""
    made = Registry()
    made.task("write")(write)
    made.task("read", effect="none")(read)
    store = FileDocumentStore(DocumentSettings(folder=tmp_path))
    env = TaskEnvironment({DocumentStore: store}, tasks=made)
    sent = env.output("write", {})
    again = env.output("write", {}, key=2)

    assert sent == again
    assert (set(sent["text"]), sent["pages"]) == ({"$document"}, 3)
    assert env.output("read", sent) == {"run": 400_000}
    assert env.output("read", {"text": "short"}) == {"run": 5}


def test_a_large_field_needs_a_document_store() -> None:
    """It is refused at start-up, like any other missing resource."""
    made = Registry()
    made.task("write")(write)

    with pytest.raises(MissingProvider, match="DocumentStore"):
        TaskEnvironment(tasks=made).run("write", {})


def test_old_effects_are_forgotten_unless_their_events_wait(env: TaskEnvironment) -> None:
    """The policy drops what nobody can ask for any more; an effect whose events are not out yet stays."""
    env.run("book", ORDER, key=1)
    env.bus.fail_next = 1
    env.run("book", ORDER, key=2)
    env.run("book", ORDER, key=3)
    env.ledger.stored_at |= {"book:20001": 0.0, "book:20002": 0.0}

    assert expire(env.ledger, keep=timedelta(days=90)) == 1
    assert set(env.ledger.results) == {"book:20002", "book:20003"}
    assert expire(object(), keep=timedelta(0)) == 0


@pytest.mark.parametrize("error", [Refused("MSG_SIZE_TOO_LARGE", system="kafka"), ValueError("not JSON")])
def test_an_event_that_can_never_go_out_stops_none_behind_it(error: Exception) -> None:
    """The first of twenty is refused for ever; the other nineteen are published, it waits and is named in the log."""

    class Bus(MemoryBus):
        def publish(self, *events: Event) -> None:
            if any(event.topic == "poison" for event in events):
                raise error
            super().publish(*events)

    ledger, bus = MemoryLedger(), Bus()
    topics = ["poison", *["fine"] * 19]
    ledger.pending = {str(n): (Event(uuid4(), topic, "k", topic, {}),) for n, topic in enumerate(topics)}
    assert republish(ledger, bus) == 19
    assert list(ledger.pending) == ["0"]
