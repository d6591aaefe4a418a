"""What instances wait for: messages, timers, signals, conditions; and the clock."""

from __future__ import annotations

from typing import NamedTuple

from zeebelet.records.json import DEFAULT_TENANT, JsonObject


class Message(NamedTuple):
    """MESSAGE. Commands PUBLISH, EXPIRE; events PUBLISHED, EXPIRED."""

    name: str
    correlation_key: str
    time_to_live: int
    message_id: str = ""
    variables: JsonObject = {}  # noqa: RUF012
    deadline: int = -1
    tenant_id: str = DEFAULT_TENANT


class MessageCorrelation(NamedTuple):
    """MESSAGE_CORRELATION. Command CORRELATE; events CORRELATED, NOT_CORRELATED."""

    name: str
    correlation_key: str
    variables: JsonObject = {}  # noqa: RUF012
    message_key: int = -1
    process_instance_key: int = -1
    tenant_id: str = DEFAULT_TENANT


class ProcessMessageSubscription(NamedTuple):
    """PROCESS_MESSAGE_SUBSCRIPTION. Events CREATED, CORRELATED, DELETED, MIGRATED."""

    message_name: str
    correlation_key: str
    element_id: str
    element_instance_key: int
    process_instance_key: int
    process_definition_key: int
    bpmn_process_id: str
    interrupting: bool = True
    message_key: int = -1
    variables: JsonObject = {}  # noqa: RUF012
    tenant_id: str = DEFAULT_TENANT
    root_process_instance_key: int = -1


class MessageStartEventSubscription(NamedTuple):
    """MESSAGE_START_EVENT_SUBSCRIPTION. Events CREATED, CORRELATED, DELETED."""

    message_name: str
    start_event_id: str
    process_definition_key: int
    bpmn_process_id: str
    correlation_key: str = ""
    message_key: int = -1
    process_instance_key: int = -1
    variables: JsonObject = {}  # noqa: RUF012
    tenant_id: str = DEFAULT_TENANT


class Timer(NamedTuple):
    """TIMER. Command TRIGGER, CANCEL; events CREATED, TRIGGERED, CANCELED, MIGRATED."""

    element_instance_key: int  # -1 for a timer start event
    process_instance_key: int
    process_definition_key: int
    target_element_id: str
    due_date: int
    repetitions: int = 1  # -1 for ever
    interval: str = ""  # ISO repetition or cron the next due date comes from
    tenant_id: str = DEFAULT_TENANT


class Signal(NamedTuple):
    """SIGNAL. Command BROADCAST, event BROADCASTED."""

    signal_name: str
    variables: JsonObject = {}  # noqa: RUF012
    tenant_id: str = DEFAULT_TENANT


class SignalSubscription(NamedTuple):
    """SIGNAL_SUBSCRIPTION. Events CREATED, DELETED, MIGRATED. `catch_event_instance_key` is -1 for a start event."""

    signal_name: str
    catch_event_id: str
    catch_event_instance_key: int
    process_definition_key: int
    bpmn_process_id: str
    process_instance_key: int = -1
    tenant_id: str = DEFAULT_TENANT


class ConditionalSubscription(NamedTuple):
    """CONDITIONAL_SUBSCRIPTION (8.9). Events CREATED, TRIGGERED, DELETED, MIGRATED."""

    condition: str
    catch_event_id: str
    scope_key: int  # -1 for a start event
    element_instance_key: int
    process_instance_key: int
    process_definition_key: int
    bpmn_process_id: str
    interrupting: bool = True
    variable_names: tuple[str, ...] = ()
    variable_events: tuple[str, ...] = ()
    tenant_id: str = DEFAULT_TENANT


class ConditionalEvaluation(NamedTuple):
    """CONDITIONAL_EVALUATION (8.9). Command EVALUATE, event EVALUATED; `started` = ((definition key, instance key), ...)."""

    variables: JsonObject
    process_definition_key: int = -1
    started: tuple[tuple[int, int], ...] = ()
    tenant_id: str = DEFAULT_TENANT


class ClockChange(NamedTuple):
    """CLOCK. Commands PIN, RESET; events PINNED, RESETTED. `time` in epoch milliseconds."""

    time: int = -1


class ClusterChange(NamedTuple):
    """CLUSTER. Command PURGE, event PURGED; `change_id` counts the changes of a cluster, from 1."""

    change_id: int = 0


class ErrorRecord(NamedTuple):
    """ERROR. Event CREATED: processing a command failed. What it wrote is undone, and the instance is banned (-1: there is none).

    `error_event_position` and `error_command_key` are those of the command; what is due by itself is not tried again.
    """

    exception_message: str
    stacktrace: str
    error_event_position: int
    error_command_key: int
    process_instance_key: int = -1


class ProcessEvent(NamedTuple):
    """PROCESS_EVENT. Events TRIGGERING (an event happened for the element instance `scope_key`), TRIGGERED (it was handled)."""

    scope_key: int
    target_element_id: str
    process_instance_key: int
    process_definition_key: int
    variables: JsonObject = {}  # noqa: RUF012
    tenant_id: str = DEFAULT_TENANT
