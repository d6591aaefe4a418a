"""An engine for one test: deploy, mock, start, publish, complete, move the clock, run until nothing moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from zeebelet.loop import Engine
from zeebelet.records import (
    Deployment,
    DeploymentResource,
    Message,
    ProcessInstanceCreation,
    Record,
    RecordType,
    Signal,
    VariableDocument,
)
from zeebelet.testing.journal import Journal, Late
from zeebelet.testing.mocks import Handler, Mocks


class RejectedError(AssertionError):
    """The engine refused a command of the test; the text is Zeebe's."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A process instance of a test."""

    engine: TestEngine = field(repr=False)
    key: int
    process_id: str

    @property
    def variables(self) -> dict[str, Any]:
        """The root variables as they are now, or were at the end."""
        return dict(self.engine.journal.variables.get(self.key, {}))


class TestEngine:
    """The engine with a test's verbs. `journal` is what happened."""

    __test__ = False  # pytest: a tool, not a test

    def __init__(self, *, now: datetime | None = None, search_lag: timedelta = timedelta(0)) -> None:
        """With a `search_lag` the journal knows things only that much later by the engine's clock, as searches do."""
        self.engine = Engine()
        self.engine.clock.pin(int((now or datetime(2027, 1, 11, 9, tzinfo=UTC)).timestamp() * 1000))
        self.journal = Journal()
        self._late = Late(self.journal, int(search_lag.total_seconds() * 1000))
        self.engine.subscribe(self._late.hear)
        self._mocks = Mocks(self.submit, self.engine.state)

    def deploy(self, *files: str | Path) -> dict[str, int]:
        """Deploys model files together; returns the version of each process."""
        resources = tuple(DeploymentResource(Path(file).name, Path(file).read_bytes()) for file in files)
        deployed = self.submit("DEPLOYMENT", "CREATE", Deployment(resources))
        return {process.bpmn_process_id: process.version for process in deployed.value.processes}

    def mock_job(self, job_type: str, result: Mapping[str, Any] | Exception | Handler | None = None) -> None:
        """Jobs of this type complete with `result`, raise it, or get what `result(job)` returns."""
        self._mocks.add(job_type, result)

    def start(self, process_id: str, variables: Mapping[str, Any] | None = None) -> Instance:
        """Starts an instance of the latest version."""
        creation = ProcessInstanceCreation(bpmn_process_id=process_id, variables=dict(variables or {}))
        created = self.submit("PROCESS_INSTANCE_CREATION", "CREATE", creation)
        return Instance(self, created.value.process_instance_key, process_id)

    def publish(
        self, name: str, key: str, variables: Mapping[str, Any] | None = None, *, ttl: timedelta = timedelta(hours=1)
    ) -> None:
        """Publishes a message; it is buffered for `ttl`."""
        message = Message(name, key, int(ttl.total_seconds() * 1000), variables=dict(variables or {}))
        self.submit("MESSAGE", "PUBLISH", message)

    def broadcast(self, signal: str, variables: Mapping[str, Any] | None = None) -> None:
        """Broadcasts a signal."""
        self.submit("SIGNAL", "BROADCAST", Signal(signal, dict(variables or {})))

    def set_variables(self, instance: Instance, variables: Mapping[str, Any]) -> None:
        """Sets variables of an instance, as support does in Operate before it resolves an incident."""
        self.submit("VARIABLE_DOCUMENT", "UPDATE", VariableDocument(instance.key, dict(variables)))

    def complete_user_task(self, element_id: str, variables: Mapping[str, Any] | None = None) -> None:
        """Completes the open user task of an element, as an operator does in Tasklist.

        With listeners it is complete once their jobs are done.
        """
        open_tasks = {key: entry.value for key, entry in self.engine.state.user_tasks.all().items()}
        found = next((key for key, task in open_tasks.items() if task.element_id == element_id), None)
        if found is None:
            waiting = ", ".join(sorted(task.element_id for task in open_tasks.values())) or "none"
            raise AssertionError(f"Expected an open user task of {element_id}, but open are: {waiting}")
        task = open_tasks[found]._replace(variables=dict(variables or {}), action="complete")
        answers: list[Record] = []
        self.engine.submit("USER_TASK", "COMPLETE", task, key=found, respond=answers.append)
        if answers and answers[0].record_type is RecordType.REJECTION:
            refusal = answers[0]
            raise RejectedError(
                f"USER_TASK COMPLETE rejected with {refusal.rejection_type}: {refusal.rejection_reason}"
            )

    def advance(self, by: timedelta) -> None:
        """Moves the clock; what becomes due happens in order. Mocked jobs are done on the way."""
        target = self.engine.clock.now() + int(by.total_seconds() * 1000)
        self.run()
        while (due := self.engine.next_due()) is not None and due <= target:
            self.engine.clock.pin(max(due, self.engine.clock.now()))
            self.engine.tick()
            self.run()
        self.engine.clock.pin(target)
        self.engine.tick()
        self.run()
        self._late.catch_up(self.engine.clock.now())

    def run(self, *, limit: int = 10_000) -> None:
        """Does mocked jobs until there is none left. Raises when more than `limit` were done: the model runs in a circle."""
        done = 0
        while self._mocks.do_next():
            done += 1
            if done > limit:
                raise AssertionError(f"Expected the process to come to rest, but {limit} jobs were done")

    def submit(self, value_type: str, intent: str, value: Any, *, key: int = -1) -> Record:
        """Any command; returns the answering event. Raises `RejectedError` with Zeebe's text."""
        answers: list[Record] = []
        self.engine.submit(value_type, intent, value, key=key, respond=answers.append)
        answer = answers[0]
        if answer.record_type is RecordType.REJECTION:
            raise RejectedError(
                f"{value_type} {intent} rejected with {answer.rejection_type}: {answer.rejection_reason}"
            )
        return answer
