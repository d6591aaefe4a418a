"""What happened in the engine while a scenario was played, in order and with its moments."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from zeebelet.records import Record, RecordType, UserTask
from zeebelet.testing import TestEngine

ENTERED = "ELEMENT_ACTIVATING"
GONE = ("ELEMENT_COMPLETED", "ELEMENT_TERMINATED")


@dataclass(frozen=True, slots=True)
class Seen:
    """An element that was entered."""

    at: datetime
    process: str
    instance: int
    element: str
    kind: str  # SERVICE_TASK, USER_TASK, BOUNDARY_EVENT ...


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A human task that waits."""

    key: int
    since: datetime
    value: UserTask

    @property
    def element(self) -> str:
        """Its element id."""
        return self.value.element_id


class Watch:
    """Listens to one engine. `entered` is the path over all processes."""

    def __init__(self, kit: TestEngine) -> None:
        self.kit = kit
        self.entered: list[Seen] = []
        self.taken: dict[str, set[str]] = defaultdict(set)
        self.tasks: dict[int, OpenTask] = {}
        self.tasks_seen: list[UserTask] = []
        self.incidents: dict[int, tuple[str, str]] = {}
        self.rules: dict[str, Counter[str]] = defaultdict(Counter)
        self.variables: list[tuple[int, str, Any]] = []
        self.done_by: dict[tuple[int, str], str] = {}
        self.instances: list[tuple[str, int]] = []
        self._waiting: dict[int, tuple[str, str]] = {}
        self._readers = {
            "PROCESS_INSTANCE": self._element,
            "USER_TASK": self._task,
            "INCIDENT": self._incident,
            "VARIABLE": self._variable,
            "DECISION_EVALUATION": self._decision,
        }
        kit.engine.subscribe(self._note)

    @property
    def now(self) -> datetime:
        """The engine's time."""
        return datetime.fromtimestamp(self.kit.engine.clock.now() / 1000, UTC)

    def path(self, process: str) -> list[str]:
        """Elements of a process in the order they were entered, over all its instances."""
        return [seen.element for seen in self.entered if seen.process == process]

    def waiting(self) -> set[str]:
        """Elements in which something waits now."""
        return {element for _, element in self._waiting.values()}

    def document(self, instance: int) -> dict[str, Any]:
        """The variables of a living instance or element."""
        return dict(self.kit.engine.state.variables.document(instance))

    def _note(self, record: Record) -> None:
        reader = self._readers.get(record.value_type)
        if reader is not None and record.record_type is RecordType.EVENT:
            reader(record)

    def _element(self, record: Record) -> None:
        value, intent = record.value, record.intent
        if intent == "SEQUENCE_FLOW_TAKEN":
            self.taken[value.bpmn_process_id].add(value.element_id)
        elif intent == ENTERED:
            self._entered(record)
        elif intent in GONE:
            self._waiting.pop(record.key, None)

    def _entered(self, record: Record) -> None:
        value = record.value
        self._waiting[record.key] = (value.bpmn_process_id, value.element_id)
        if value.bpmn_element_type == "PROCESS":
            self.instances.append((value.bpmn_process_id, record.key))
            return
        seen = Seen(
            self.now, value.bpmn_process_id, value.process_instance_key, value.element_id, value.bpmn_element_type
        )
        self.entered.append(seen)
        self.taken[value.bpmn_process_id].add(value.element_id)

    def _task(self, record: Record) -> None:
        if record.intent == "CREATED":
            self.tasks[record.key] = OpenTask(record.key, self.now, record.value)
            self.tasks_seen.append(record.value)
        elif record.intent in ("UPDATED", "ASSIGNED", "CORRECTED") and record.key in self.tasks:
            self.tasks[record.key] = OpenTask(record.key, self.tasks[record.key].since, record.value)
        elif record.intent in ("COMPLETED", "CANCELED"):
            task = self.tasks.pop(record.key, None)
            if task and record.intent == "COMPLETED":
                place = (task.value.process_instance_key, task.element)
                self.done_by.pop(place, None)  # the newest comes last
                self.done_by[place] = task.value.assignee

    def _incident(self, record: Record) -> None:
        if record.intent == "CREATED":
            self.incidents[record.key] = (record.value.element_id, record.value.error_message)
        elif record.intent == "RESOLVED":
            self.incidents.pop(record.key, None)

    def _variable(self, record: Record) -> None:
        value = record.value
        self.variables.append((value.scope_key, value.name, value.value))

    def _decision(self, record: Record) -> None:
        for decision in record.value.evaluated_decisions:
            self.rules[decision.decision_id].update(rule.rule_id for rule in decision.matched_rules)


def waited_for(watch: Watch, message: str) -> Iterator[str]:
    """Correlation keys under which somebody waits for a message."""
    for _, found in watch.kit.engine.state.subscriptions.messages.all():
        if found.message_name == message:
            yield found.correlation_key
