"""What happened in an engine, as assertions and coverage ask for it."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import Any

from zeebelet.records import Record, RecordType

# End events that never complete: the scope they stand in is terminated by what they throw.
ENDS_BY_THROWING = ("ERROR", "ESCALATION")
ENTERED, LEFT, ENDED = "ELEMENT_ACTIVATED", "ELEMENT_COMPLETED", "ELEMENT_TERMINATED"


class Journal:
    """Passed elements and flows by process instance, variables, incidents; kept by listening to the engine's events."""

    def __init__(self) -> None:
        self.entered: dict[int, list[str]] = defaultdict(list)
        self.passed: dict[int, list[str]] = defaultdict(list)
        self.terminated: dict[int, list[str]] = defaultdict(list)
        self.active: dict[int, dict[int, str]] = defaultdict(dict)
        self.ends: dict[int, str] = {}
        self.variables: dict[int, dict[str, Any]] = defaultdict(dict)
        self.incidents: dict[int, dict[int, tuple[str, str]]] = defaultdict(dict)
        self.covered: dict[int, set[str]] = defaultdict(set)  # elements and flows, by process definition key

    def note(self, record: Record) -> None:
        """One event of the engine."""
        if record.record_type is RecordType.EVENT:
            reader = getattr(self, f"_on_{record.value_type.lower()}", None)
            if reader is not None:
                reader(record)

    def _on_process_instance(self, record: Record) -> None:
        value, intent = record.value, record.intent
        instance = value.process_instance_key
        if intent == "SEQUENCE_FLOW_TAKEN":
            self.covered[value.process_definition_key].add(value.element_id)
        elif intent == ENTERED:
            if value.bpmn_event_type in ENDS_BY_THROWING and value.bpmn_element_type == "END_EVENT":
                self.covered[value.process_definition_key].add(value.element_id)
            self.entered[instance].append(value.element_id)
            self.active[instance][record.key] = value.element_id
        elif intent in (LEFT, ENDED):
            self._ended(record)

    def _ended(self, record: Record) -> None:
        value, instance = record.value, record.value.process_instance_key
        self.active[instance].pop(record.key, None)
        (self.passed if record.intent == LEFT else self.terminated)[instance].append(value.element_id)
        if record.intent == LEFT:
            self.covered[value.process_definition_key].add(value.element_id)
        if record.key == instance:
            self.ends[instance] = record.intent

    def _on_variable(self, record: Record) -> None:
        if record.value.scope_key == record.value.process_instance_key:
            self.variables[record.value.scope_key][record.value.name] = record.value.value

    def _on_incident(self, record: Record) -> None:
        value = record.value
        if record.intent == "CREATED":
            self.incidents[value.process_instance_key][record.key] = (value.element_id, value.error_message)
        elif record.intent == "RESOLVED":
            self.incidents[value.process_instance_key].pop(record.key, None)


class Late:
    """Tells a journal what happened only `lag` milliseconds later, by the engine's clock."""

    def __init__(self, journal: Journal, lag: int) -> None:
        self._journal = journal
        self._lag = lag
        self._unseen: deque[Record] = deque()

    def hear(self, record: Record) -> None:
        """Something happened."""
        if self._lag:
            self._unseen.append(record)
        else:
            self._journal.note(record)

    def catch_up(self, now: int) -> None:
        """Tell what is old enough."""
        while self._unseen and self._unseen[0].timestamp + self._lag <= now:
            self._journal.note(self._unseen.popleft())
