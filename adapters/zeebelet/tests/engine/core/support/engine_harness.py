"""An engine under test: deploy, start, work jobs, move the clock, look at the stream of events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from zeebelet import records as r
from zeebelet.clock import ControlledClock
from zeebelet.log import Log, MemoryLog
from zeebelet.loop import Engine, EngineConfig
from zeebelet.records import Record, RecordType

BLANK_JOB = r.Job("", 0, -1, -1, "", "", -1, -1)
BLANK_TASK = r.UserTask(-1, "", -1, -1, -1, "", -1)
NOON = 1_700_000_000_000


class Harness:
    """An engine with a pinned clock, and everything it wrote."""

    def __init__(self, *, log: Log | None = None, config: EngineConfig | None = None) -> None:
        self.clock = ControlledClock()
        self.clock.pin(NOON)
        self.log = log if log is not None else MemoryLog()
        self.engine = Engine(clock=self.clock, log=self.log, config=config)
        self.seen: list[Record] = []
        self.types: list[str] = []
        self.engine.subscribe(self.seen.append)
        self.engine.on_jobs_available(self.types.append)

    def ask(self, value_type: str, intent: str, value: Any = None, *, key: int = -1) -> Record:
        """Submit a command and return what answers it."""
        answers: list[Record] = []
        self.engine.submit(value_type, intent, value, key=key, respond=answers.append)
        assert len(answers) == 1, f"{value_type}/{intent} was answered {len(answers)} times"
        assert answers[0].rejection_type != "PROCESSING_ERROR" or "timer" in answers[0].rejection_reason, answers[0]
        return answers[0]

    def do(self, value_type: str, intent: str, value: Any = None, *, key: int = -1) -> Record:
        """As `ask`, but the command must be accepted."""
        answer = self.ask(value_type, intent, value, key=key)
        assert answer.record_type is RecordType.EVENT, answer.rejection_reason
        return answer

    def deploy(self, *files: bytes, names: Iterable[str] = ()) -> r.Deployment:
        """Deploy files; they are named p0.bpmn, p1.bpmn ... unless named."""
        named = [*names] or [f"p{index}.bpmn" for index in range(len(files))]
        resources = tuple(r.DeploymentResource(name, file) for name, file in zip(named, files, strict=True))
        deployment: r.Deployment = self.do("DEPLOYMENT", "CREATE", r.Deployment(resources)).value
        return deployment

    def refused(self, file: bytes, name: str = "p0.bpmn") -> str:
        """Why a file is refused."""
        answer = self.ask("DEPLOYMENT", "CREATE", r.Deployment((r.DeploymentResource(name, file),)))
        assert answer.record_type is RecordType.REJECTION
        return answer.rejection_reason

    def create(self, process_id: str = "p", variables: dict[str, Any] | None = None, **more: Any) -> int:
        """Start an instance; returns its key."""
        value = r.ProcessInstanceCreation(process_id, variables=variables or {}, **more)
        key: int = self.do("PROCESS_INSTANCE_CREATION", "CREATE", value).value.process_instance_key
        return key

    def run(self, file: bytes, variables: dict[str, Any] | None = None, process_id: str = "p") -> int:
        """Deploy a model and start it."""
        self.deploy(file)
        return self.create(process_id, variables)

    # --- jobs

    def activate(
        self, type_: str, count: int = 100, *, timeout: int = 60_000, fetch: tuple[str, ...] = ()
    ) -> dict[int, r.Job]:
        """Take jobs, by key."""
        batch = self.do("JOB_BATCH", "ACTIVATE", r.JobBatch(type_, "w", timeout, count, fetch)).value
        return dict(zip(batch.job_keys, batch.jobs, strict=True))

    def job(self, type_: str) -> int:
        """The key of the one open job of a type, activated or not."""
        found = [key for key, entry in self.engine.state.jobs.all() if entry.value.type == type_]
        assert len(found) == 1, f"{len(found)} jobs of type {type_}"
        return found[0]

    def complete(self, type_or_key: str | int, variables: dict[str, Any] | None = None, result: Any = None) -> Record:
        """Complete the job of a type (or a key)."""
        key = self.job(type_or_key) if isinstance(type_or_key, str) else type_or_key
        return self.do("JOB", "COMPLETE", BLANK_JOB._replace(variables=variables or {}, result=result), key=key)

    def fail(self, type_or_key: str | int, retries: int = 0, **more: Any) -> Record:
        """Fail the job of a type (or a key)."""
        key = self.job(type_or_key) if isinstance(type_or_key, str) else type_or_key
        return self.do("JOB", "FAIL", BLANK_JOB._replace(retries=retries, **more), key=key)

    def throw(self, type_or_key: str | int, code: str, message: str = "", **variables: Any) -> Record:
        """Throw an error from the job of a type (or a key)."""
        key = self.job(type_or_key) if isinstance(type_or_key, str) else type_or_key
        value = BLANK_JOB._replace(error_code=code, error_message=message, variables=variables)
        return self.do("JOB", "THROW_ERROR", value, key=key)

    # --- the rest of the world

    def publish(self, name: str, key: str = "", ttl: int = 0, id_: str = "", **variables: Any) -> Record:
        """Publish a message."""
        return self.do("MESSAGE", "PUBLISH", r.Message(name, key, ttl, id_, variables))

    def broadcast(self, name: str, **variables: Any) -> Record:
        """Broadcast a signal."""
        return self.do("SIGNAL", "BROADCAST", r.Signal(name, variables))

    def cancel(self, key: int) -> Record:
        """Cancel an instance."""
        return self.do("PROCESS_INSTANCE", "CANCEL", None, key=key)

    def set_variables(self, scope: int, variables: dict[str, Any], *, local: bool = False) -> Record:
        """Set variables from outside."""
        semantics = "LOCAL" if local else "PROPAGATE"
        return self.do("VARIABLE_DOCUMENT", "UPDATE", r.VariableDocument(scope, variables, semantics))

    def pass_time(self, seconds: float) -> None:
        """Move the clock and let happen what is due."""
        self.clock.advance(round(seconds * 1000))
        self.engine.tick()

    # --- looking

    def events(self, value_type: str, *intents: str) -> list[Record]:
        """Events of a value type, of all or some intents."""
        return [
            record
            for record in self.seen
            if record.record_type is RecordType.EVENT
            and record.value_type == value_type
            and (not intents or record.intent in intents)
        ]

    def path(self, *, instance: int | None = None) -> list[str]:
        """What happened to elements, as `ID what`: `A activated`, `A completed`, `A terminated`."""
        shown = {"ELEMENT_ACTIVATED": "activated", "ELEMENT_COMPLETED": "completed", "ELEMENT_TERMINATED": "terminated"}
        return [
            f"{record.value.element_id} {shown[record.intent]}"
            for record in self.events("PROCESS_INSTANCE", *shown)
            if instance is None or record.value.process_instance_key == instance
        ]

    def completed(self) -> list[str]:
        """Ids of completed elements, in order."""
        return [record.value.element_id for record in self.events("PROCESS_INSTANCE", "ELEMENT_COMPLETED")]

    def terminated(self) -> list[str]:
        """Ids of terminated elements, in order."""
        return [record.value.element_id for record in self.events("PROCESS_INSTANCE", "ELEMENT_TERMINATED")]

    def taken(self) -> list[str]:
        """Ids of the flows that were taken, in order."""
        return [record.value.element_id for record in self.events("PROCESS_INSTANCE", "SEQUENCE_FLOW_TAKEN")]

    def active(self) -> list[str]:
        """Ids of the elements that are alive, processes left out."""
        return sorted(
            instance.value.element_id
            for instance in self.engine.state.instances.all()
            if instance.value.bpmn_element_type != "PROCESS"
        )

    def key_of(self, element_id: str, type_: str = "") -> int:
        """The key of the one living instance of an element."""
        found = [
            instance.key
            for instance in self.engine.state.instances.all()
            if instance.value.element_id == element_id and type_ in ("", instance.value.bpmn_element_type)
        ]
        assert len(found) == 1, f"{len(found)} instances of {element_id}"
        return found[0]

    def variables(self, scope: int) -> dict[str, Any]:
        """The last values of the variables written in a scope, also after it ended."""
        return {
            record.value.name: record.value.value
            for record in self.events("VARIABLE")
            if record.value.scope_key == scope
        }

    def incidents(self) -> list[r.Incident]:
        """Open incidents."""
        return [incident for _, incident in self.engine.state.incidents.all()]

    def resolve(self, number: int = 0) -> Record:
        """Resolve an open incident."""
        key = [key for key, _ in self.engine.state.incidents.all()][number]
        return self.do("INCIDENT", "RESOLVE", None, key=key)

    def is_empty(self) -> bool:
        """Whether nothing is left: no instance, job, timer, subscription, incident."""
        state = self.engine.state
        waiting = state.subscriptions
        return not (
            len(state.instances)
            or len(state.jobs)
            or len(state.incidents)
            or len(waiting.timers)
            or len(waiting.messages)
            or len(waiting.signals)
            or len(waiting.conditions)
            or len(waiting.compensations)
            or state.user_tasks.all()
        )
