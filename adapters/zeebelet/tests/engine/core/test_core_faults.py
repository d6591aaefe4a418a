"""One fault stops one instance: an exception in any processor, at any event it writes, is undone, kept, and harms nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from engine_harness import BLANK_JOB, BLANK_TASK, Harness
from engine_models import (
    boundary,
    catch,
    document,
    end,
    error,
    error_event,
    extensions,
    flow,
    flows,
    gateway,
    message,
    message_event,
    model,
    process,
    service,
    signal,
    signal_event,
    start,
    tag,
    timer,
    user_task,
)

from zeebelet import records as r
from zeebelet.errors import Rejection
from zeebelet.processors import PROCESSORS
from zeebelet.records import Record

OTHERS = 50
PURGE = ("CLUSTER", "PURGE")  # leaves nobody else: tried by itself


def victim() -> bytes:
    """A process with something of everything, and one that messages start."""
    listened = tag("zeebe:executionListeners", tag("zeebe:executionListener", eventType="start", type="l"))
    asked = tag("zeebe:taskListeners", tag("zeebe:taskListener", eventType="completing", type="=lt"))
    ad_hoc = tag(
        "adHocSubProcess",
        extensions(tag("zeebe:adHoc", activeElementsCollection='=["H1"]')) + service("H1") + service("H2"),
        id="H",
    )
    content = (
        start()
        + service("B", more=listened)
        + service("A")
        + boundary("AE", "A", error_event("E"))
        + user_task("U", asked)
        + catch("M", message_event("m"))
        + catch("G", signal_event("g"))
        + catch("T", timer("Duration", "PT1H"))
        + ad_hoc
        + end()
        + flows("s B A e; AE U M G T H e")
    )
    begun = start("ws", message_event("st")) + service("W") + end("we") + flows("ws W we")
    definitions = message("m", "=k") + message("st") + signal("g") + error("E")
    return document(definitions, process(content, id_="v"), process(begun, id_="w"))


class Tour:
    """Asks an instance for everything, whatever comes of it."""

    def __init__(self, h: Harness, number: int) -> None:
        self.h = h
        self.name = f"k{number}"

    def ask(self, value_type: str, intent: str, value: Any = None, key: int = -1) -> Any:
        answers: list[Record] = []
        self.h.engine.submit(value_type, intent, value, key=key, respond=answers.append)
        return answers[0].value if answers else None

    def jobs(self, type_: str, timeout: int = 60_000) -> list[int]:
        batch = self.ask("JOB_BATCH", "ACTIVATE", r.JobBatch(type_, "w", timeout, 100))
        return list(batch.job_keys) if isinstance(batch, r.JobBatch) else []

    def each(self, type_: str, intent: str, timeout: int = 60_000, **more: Any) -> None:
        for key in self.jobs(type_, timeout):
            self.ask("JOB", intent, BLANK_JOB._replace(**more), key)

    def run(self) -> None:
        created = self.ask(
            "PROCESS_INSTANCE_CREATION", "CREATE", r.ProcessInstanceCreation("v", variables={"k": self.name})
        )
        key = getattr(created, "process_instance_key", -1)
        for step in (self._deploy, self._work, self._task, self._events, self._rest):
            step(key)
        self.ask("PROCESS_INSTANCE", "CANCEL", None, key)

    def _deploy(self, key: int) -> None:
        file = model(start() + service("x") + end(), "s x e", id_=self.name)
        made = self.ask("DEPLOYMENT", "CREATE", r.Deployment((r.DeploymentResource("x.bpmn", file),)))
        awaiting = r.ProcessInstanceCreation(self.name)
        self.h.engine.submit(
            "PROCESS_INSTANCE_CREATION", "CREATE_WITH_AWAITING_RESULT", awaiting, respond=lambda _: None
        )
        self.each("x", "COMPLETE")
        for found in getattr(made, "processes", ()):
            self.ask("RESOURCE_DELETION", "DELETE", r.ResourceDeletion(found.process_definition_key))
        self.ask("DECISION_EVALUATION", "EVALUATE", r.DecisionEvaluation("none"))
        self.ask("CONDITIONAL_EVALUATION", "EVALUATE", r.ConditionalEvaluation({"x": 1}))
        self.ask("CLOCK", "PIN", r.ClockChange(self.h.clock.now()))

    def _work(self, key: int) -> None:
        self.each("l", "COMPLETE")
        self.each("B", "UPDATE_RETRIES", retries=2)
        for found in [found for found, entry in self.h.engine.state.jobs.all() if entry.value.type == "B"]:
            self.ask("JOB", "UPDATE_TIMEOUT", BLANK_JOB._replace(timeout=100), found)
            self.ask("JOB", "UPDATE", BLANK_JOB._replace(retries=2), found)
            self.ask("JOB", "YIELD", BLANK_JOB, found)
        self.jobs("B", timeout=1_000)
        self.h.pass_time(2)
        self.each("B", "FAIL", retries=1, retry_backoff=1_000)
        self.h.pass_time(2)
        self.each("B", "FAIL", retries=0)
        for found in [found for found, entry in self.h.engine.state.jobs.all() if entry.value.type == "B"]:
            self.ask("JOB", "UPDATE_RETRIES", BLANK_JOB._replace(retries=1), found)
        for found in [
            found for found, value in self.h.engine.state.incidents.all() if value.process_instance_key == key
        ]:
            self.ask("INCIDENT", "RESOLVE", None, found)
        self.each("B", "COMPLETE")
        self.ask("VARIABLE_DOCUMENT", "UPDATE", r.VariableDocument(key, {"x": 1}))
        self.each("A", "THROW_ERROR", error_code="E")

    def _task(self, key: int) -> None:
        self.ask("MESSAGE", "PUBLISH", r.Message("m", self.name, 60_000))
        for found in list(self.h.engine.state.user_tasks.all()):
            self.ask("USER_TASK", "CLAIM", BLANK_TASK._replace(assignee="kim"), found)
            self.ask("USER_TASK", "ASSIGN", BLANK_TASK._replace(assignee="lee"), found)
            self.ask("USER_TASK", "UPDATE", BLANK_TASK._replace(priority=70, changed_attributes=("priority",)), found)
            answered: list[Record] = []
            self.h.engine.submit("USER_TASK", "COMPLETE", BLANK_TASK, key=found, respond=answered.append)
        self.ask("VARIABLE_DOCUMENT", "UPDATE", r.VariableDocument(key, {"lt": "tl"}))
        for found in [
            found for found, value in self.h.engine.state.incidents.all() if value.process_instance_key == key
        ]:
            self.ask("INCIDENT", "RESOLVE", None, found)
        self.each("tl", "COMPLETE")

    def _events(self, key: int) -> None:
        self.ask("MESSAGE", "PUBLISH", r.Message("m", "nobody", 1_000))
        self.h.pass_time(2)
        self.ask("MESSAGE_CORRELATION", "CORRELATE", r.MessageCorrelation("m", "nobody"))
        self.ask("MESSAGE", "PUBLISH", r.Message("m", self.name, 0))
        self.ask("SIGNAL", "BROADCAST", r.Signal("g"))
        self.h.pass_time(3_601)
        for _ in range(2):
            self.ask("MESSAGE", "PUBLISH", r.Message("st", self.name, 3_600_000))
        for _ in range(2):
            self.each("W", "COMPLETE")

    def _rest(self, key: int) -> None:
        found = [item.key for item in self.h.engine.state.instances.all() if item.value.element_id == "H"]
        for scope in found:
            self.ask("AD_HOC_SUB_PROCESS_INSTRUCTION", "ACTIVATE", r.AdHocActivation(scope, (("H2", {}),)))
        modified = r.ProcessInstanceModification(key, activate_instructions=(r.ActivateInstruction("A"),))
        self.ask("PROCESS_INSTANCE_MODIFICATION", "MODIFY", modified)
        root = self.h.engine.state.instances.get(key)
        if root is not None:
            names = ("A", "H", "H1", "H2", "B", "U", "M", "G", "T")
            plan = tuple(r.MappingInstruction(name, name) for name in names)
            asked = r.ProcessInstanceMigration(key, root.value.process_definition_key, plan)
            self.ask("PROCESS_INSTANCE_MIGRATION", "MIGRATE", asked)
        self.ask("CLOCK", "RESET", r.ClockChange())
        self.ask("CLOCK", "PIN", r.ClockChange(self.h.clock.now()))


class Injection:
    """Fails the first call of a processor in a tour, at the event with a number; counts the events of such calls."""

    def __init__(self, h: Harness, monkeypatch: pytest.MonkeyPatch, processor: tuple[str, str]) -> None:
        self.context = h.engine._machine._context
        self.at = -1
        self.events = -1
        self.armed = False
        self.fired = 0
        monkeypatch.setitem(PROCESSORS, processor, self._wrapped(PROCESSORS[processor]))

    def _wrapped(self, original: Callable[..., None]) -> Callable[..., None]:
        def process(ctx: Any, command: Record) -> None:
            if not self.armed:
                original(ctx, command)
                return
            self.armed = False
            write, self.events = ctx.event, 0

            def event(*arguments: Any) -> Record:
                if self.events == self.at:
                    self.fired += 1
                    raise RuntimeError("injected")
                self.events += 1
                written: Record = write(*arguments)
                return written

            ctx.event = event
            try:
                original(ctx, command)
            except Rejection:
                if self.at != self.events:
                    raise
            finally:
                ctx.event = write
            if self.at == self.events:
                self.fired += 1
                raise RuntimeError("injected at the end")

        return process

    def tour(self, h: Harness, number: int, at: int) -> int:
        """Fail at one event (or never, -1); returns how many the processor wrote."""
        self.at, self.armed, self.events = at, True, -1
        Tour(h, number).run()
        return self.events


@pytest.mark.parametrize("processor", sorted({*PROCESSORS} - {PURGE}), ids="/".join)
def test_a_fault_stops_one_instance(
    h: Harness, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, processor: tuple[str, str]
) -> None:
    """Before its first event, between any two, and after the last: fifty others complete, and the state is that of a replay."""
    caplog.set_level("CRITICAL")
    h.deploy(model(start() + service("o") + end(), "s o e", id_="other"), victim(), names=("o.bpmn", "v.bpmn"))
    others = [h.create("other") for _ in range(OTHERS)]
    injection = Injection(h, monkeypatch, processor)
    written = injection.tour(h, 0, -1)
    assert written >= 0, "the tour does not come by this processor"
    for number in range(written + 1):
        injection.tour(h, number + 1, number)
    assert injection.fired == written + 1
    assert len(h.events("ERROR", "CREATED")) == injection.fired
    for key in h.activate("o"):
        h.complete(key)
    done = {record.key for record in h.events("PROCESS_INSTANCE", "ELEMENT_COMPLETED")}
    assert done >= set(others)
    assert Harness(log=h.log).engine.fingerprint() == h.engine.fingerprint()


def test_a_banned_instance_says_so_and_can_be_cancelled(h: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    """An incident tells what happened; nothing of it is due or handed out; its cancellation leaves nothing."""
    file = model(
        start()
        + gateway("parallel", "g")
        + service("A")
        + service("B")
        + boundary("t", "A", timer("Cycle", "R/PT1H"), interrupting=False)
        + end()
        + end("x"),
        "s g A e; g B e; t x",
    )
    key = h.run(file)
    original = PROCESSORS["JOB", "COMPLETE"]

    def failing(ctx: Any, command: Record) -> None:
        original(ctx, command)
        raise KeyError("lost")

    monkeypatch.setitem(PROCESSORS, ("JOB", "COMPLETE"), failing)
    answers: list[Record] = []
    h.engine.submit("JOB", "COMPLETE", BLANK_JOB, key=h.job("A"), respond=answers.append)
    monkeypatch.setitem(PROCESSORS, ("JOB", "COMPLETE"), original)

    (incident,) = h.incidents()
    assert (answers[0].rejection_type, incident.error_type) == ("PROCESSING_ERROR", "UNKNOWN")
    assert "KeyError: 'lost'" in incident.error_message
    assert "is banned" in h.ask("JOB", "COMPLETE", BLANK_JOB, key=h.job("B")).rejection_reason
    assert (
        "is banned"
        in h.ask("INCIDENT", "RESOLVE", None, key=next(iter(dict(h.engine.state.incidents.all())))).rejection_reason
    )
    assert h.activate("A") == h.activate("B") == {}
    assert h.engine.next_due() is None
    again = Harness(log=h.log)
    assert again.engine.fingerprint() == h.engine.fingerprint()
    h.cancel(key)
    assert h.is_empty()
    assert not h.engine.state.banned


def test_a_fault_in_what_is_looked_at_last(h: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    """An inclusive join that cannot be judged stops its instance, others are judged."""
    from zeebelet.processors import inclusive_joins

    file = (
        start()
        + gateway("inclusive", "f")
        + service("A")
        + service("B")
        + gateway("inclusive", "j")
        + end()
        + flows("s f; A j e; B j")
        + flow("f", "A", "true")
        + flow("f", "B", "true")
    )
    h.deploy(model(file))
    first, second = h.create(), h.create()
    original = inclusive_joins._activate_in

    def failing(ctx: Any, scope: Any) -> None:
        if scope.key == first:
            raise RuntimeError("injected")
        original(ctx, scope)

    monkeypatch.setattr(inclusive_joins, "_activate_in", failing)
    for name in ("A", "B"):
        for key in h.activate(name):
            h.engine.submit("JOB", "COMPLETE", BLANK_JOB, key=key)
    assert [value.process_instance_key for value in h.incidents()] == [first]
    assert second in {record.key for record in h.events("PROCESS_INSTANCE", "ELEMENT_COMPLETED")}
    assert Harness(log=h.log).engine.fingerprint() == h.engine.fingerprint()


def test_a_fault_in_the_purge_leaves_everything(h: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is undone as any other command; the next one empties the engine."""
    key = h.run(model(start() + service("A") + end(), "s A e"))
    original = PROCESSORS[PURGE]

    def failing(ctx: Any, command: Record) -> None:
        original(ctx, command)
        raise RuntimeError("injected")

    monkeypatch.setitem(PROCESSORS, PURGE, failing)
    h.engine.submit(*PURGE, r.ClusterChange())
    assert h.active() == ["A"]
    monkeypatch.setitem(PROCESSORS, PURGE, original)
    assert h.do(*PURGE, r.ClusterChange()).value.change_id == 1
    assert h.is_empty()
    assert h.engine.state.definitions.processes.latest("p") is None
    assert h.ask("PROCESS_INSTANCE", "CANCEL", None, key=key).rejection_type == "NOT_FOUND"
    assert Harness(log=h.log).engine.fingerprint() == h.engine.fingerprint()
