"""The embedded engine of one scenario, as the platform's ports see it: its clock, and Camunda 8 as `Processes`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import RLock
from typing import Any

from workers.ports.errors import Conflict, Misconfigured, NotFound, Refused
from workers.ports.processes import Deployed, ProcessMessage, Resource
from zeebelet.records import (
    DecisionEvaluation,
    Deployment,
    DeploymentResource,
    Message,
    ProcessInstanceCreation,
    ProcessInstanceModification,
    Record,
    RecordType,
    TerminateInstruction,
    VariableDocument,
)
from zeebelet.testing import TestEngine

_REJECTIONS: Mapping[str, type[Exception]] = {"NOT_FOUND": NotFound}


@dataclass(frozen=True)
class EngineTime:
    """Implements `workers.ports.clock.Clock` with the engine's pinned time."""

    kit: TestEngine

    def now(self) -> datetime:
        """The engine's time, in UTC."""
        return datetime.fromtimestamp(self.kit.engine.clock.now() / 1000, UTC)


@dataclass(frozen=True)
class EngineDecisions:
    """Implements `workers.ports.decisions.Decisions` with what is deployed in the engine."""

    kit: TestEngine

    def decide(self, decision_id: str, **inputs: Any) -> Any:
        """The output of the latest version."""
        question = DecisionEvaluation(decision_id=decision_id, variables=inputs)
        answers: list[Record] = []
        self.kit.engine.submit("DECISION_EVALUATION", "EVALUATE", question, respond=answers.append)
        answer = answers[0]
        if answer.record_type is RecordType.REJECTION or answer.intent == "FAILED":
            why = answer.rejection_reason or answer.value.evaluation_failure_message
            raise Misconfigured(f"Expected decision {decision_id} to be made, but: {why}")
        return answer.value.decision_output


@dataclass(frozen=True)
class EngineTaskLog:
    """Implements `workers.ports.people.TaskLog` with what the watch saw."""

    done: Mapping[tuple[int, str], str]

    def done_by(self, process_instance_key: int, *element_ids: str) -> str | None:
        """Who completed the newest task of these elements."""
        wanted = {(process_instance_key, element) for element in element_ids}
        people = [person for task, person in self.done.items() if task in wanted]
        return (people[-1] or None) if people else None


class EngineTaskList:
    """Implements `workers.ports.people.TaskList` without a wire."""

    def __init__(self, kit: TestEngine) -> None:
        self._kit = kit

    def update(self, user_task_key: int, *, due: datetime, priority: int) -> None:
        """Due date and priority in one change."""
        given = {"due_date": due.isoformat(), "priority": priority, "action": "escalation"}
        self._change(user_task_key, "UPDATE", tuple(given)[:2], **given)

    def assign(self, user_task_key: int, person: str) -> None:
        """Whoever had it."""
        self._change(user_task_key, "ASSIGN", ("assignee",), assignee=person, action="assign")

    def show(self, element_instance_key: int, variables: Mapping[str, Any]) -> None:
        """Local variables of the task's element."""
        document = VariableDocument(element_instance_key, dict(variables), "LOCAL")
        self._submit("VARIABLE_DOCUMENT", "UPDATE", document, -1)

    def withdraw(self, process_instance_key: int, element_instance_key: int) -> None:
        """A modification that ends this one element."""
        ended = (TerminateInstruction(element_instance_key),)
        asked = ProcessInstanceModification(process_instance_key, terminate_instructions=ended)
        self._submit("PROCESS_INSTANCE_MODIFICATION", "MODIFY", asked, process_instance_key)

    def _change(self, key: int, intent: str, changed: tuple[str, ...], **values: Any) -> None:
        entry = self._kit.engine.state.user_tasks.get(key)
        if entry is None:
            raise NotFound(f"Expected user task {key} to be open, but it is not", reference=str(key))
        task = entry.value._replace(changed_attributes=changed, **values)
        self._submit("USER_TASK", intent, task, key)

    def _submit(self, value_type: str, intent: str, value: Any, key: int) -> None:
        """A listener may still have to agree: then the answer comes later."""
        answers: list[Record] = []
        self._kit.engine.submit(value_type, intent, value, key=key, respond=answers.append)
        if answers and answers[0].record_type is RecordType.REJECTION:
            raise Conflict(str(answers[0].rejection_reason), reference=str(key))


class EngineProcesses:
    """Implements `workers.ports.processes.Processes` without a wire. One thread at a time reaches the engine."""

    def __init__(self, kit: TestEngine) -> None:
        self._kit = kit
        self._lock = RLock()

    def deploy(self, resources: Sequence[Resource]) -> list[Deployed]:
        """Deploys all or nothing."""
        files = tuple(DeploymentResource(resource.name, resource.content) for resource in resources)
        answer = self._command("DEPLOYMENT", "CREATE", Deployment(files))
        return [
            Deployed(
                "process",
                process.bpmn_process_id,
                process.version,
                process.process_definition_key,
                process.resource_name,
            )
            for process in answer.value.processes
        ]

    def publish(self, message: ProcessMessage) -> None:
        """Publishes a message; one that is known already counts as published."""
        value = Message(
            message.name,
            message.correlation_key,
            int(message.ttl.total_seconds() * 1000),
            message.message_id,
            dict(message.variables),
        )
        self._command("MESSAGE", "PUBLISH", value, known="ALREADY_EXISTS")

    def start(self, process_id: str, variables: Mapping[str, Any]) -> int:
        """Starts an instance of the latest version."""
        creation = ProcessInstanceCreation(bpmn_process_id=process_id, variables=dict(variables))
        return int(self._command("PROCESS_INSTANCE_CREATION", "CREATE", creation).value.process_instance_key)

    def cancel(self, process_instance_key: int) -> None:
        """Terminates an instance."""
        self._command("PROCESS_INSTANCE", "CANCEL", None, key=process_instance_key)

    def _command(self, value_type: str, intent: str, value: Any, *, key: int = -1, known: str = "") -> Record:
        answers: list[Record] = []
        with self._lock:
            self._kit.engine.submit(value_type, intent, value, key=key, respond=answers.append)
        answer = answers[0]
        if answer.record_type is RecordType.REJECTION and answer.rejection_type != known:
            kind = _REJECTIONS.get(str(answer.rejection_type), Refused)
            raise kind(str(answer.rejection_reason))
        return answer
