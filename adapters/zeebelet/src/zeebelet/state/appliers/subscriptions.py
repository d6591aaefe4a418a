"""Events of timers, messages, signals, conditions, compensation, and of what they trigger."""

from __future__ import annotations

from zeebelet.records import Record
from zeebelet.state.appliers.execution import drop_tokens, nothing
from zeebelet.state.tables import State
from zeebelet.state.tables.messages import StartedBy
from zeebelet.state.tables.subscriptions import Trigger


def triggering(state: State, record: Record) -> None:
    """Something happened for an element instance. An interrupting event sub-process takes its scope over at once."""
    value = record.value
    trigger = Trigger(record.key, value.target_element_id, value.variables)
    state.subscriptions.triggers.put(value.scope_key, trigger)
    scope = state.instances.get(value.scope_key)
    if scope is None:
        return
    process = state.definitions.process(value.process_definition_key)
    event = process.elements[value.target_element_id]
    if event.type != "START_EVENT" or event.scope_id == scope.value.element_id or not event.interrupting:
        return
    scope.interrupted_by = event.scope_id
    drop_tokens(scope)


def triggered(state: State, record: Record) -> None:
    """It was handled."""
    state.subscriptions.triggers.remove(record.value.scope_key, record.key)


def timer_created(state: State, record: Record) -> None:
    """A timer runs."""
    state.subscriptions.put_timer(record.key, record.value)


def timer_ended(state: State, record: Record) -> None:
    """A timer fired or was stopped."""
    state.subscriptions.remove_timer(record.key)


def message_published(state: State, record: Record) -> None:
    """A message is buffered until its deadline."""
    state.messages.put(record.key, record.value)


def message_expired(state: State, record: Record) -> None:
    """A message is forgotten."""
    state.messages.remove(record.key)


def message_subscribed(state: State, record: Record) -> None:
    """An element waits for a message."""
    state.subscriptions.messages.put(record.key, record.value)


def message_correlated(state: State, record: Record) -> None:
    """The message arrived: this process never sees it again, and an interrupting event has no more use for others."""
    value = record.value
    state.messages.correlate(value.message_key, value.bpmn_process_id)
    if value.interrupting:
        state.subscriptions.messages.remove(record.key)


def message_unsubscribed(state: State, record: Record) -> None:
    """The element does not wait any more."""
    state.subscriptions.messages.remove(record.key)


def start_subscribed(state: State, record: Record) -> None:
    """A process starts with this message."""
    state.subscriptions.message_starts.put(record.key, record.value)


def start_correlated(state: State, record: Record) -> None:
    """The message started an instance; with a correlation key, no other starts while that one lives."""
    value = record.value
    state.messages.correlate(value.message_key, value.bpmn_process_id)
    if value.correlation_key:
        state.started.lock(value.process_instance_key, StartedBy(value.bpmn_process_id, value.correlation_key))


def start_unsubscribed(state: State, record: Record) -> None:
    """The process does not start with this message any more."""
    state.subscriptions.message_starts.remove(record.key)


def signal_subscribed(state: State, record: Record) -> None:
    """Something waits for a signal."""
    state.subscriptions.signals.put(record.key, record.value)


def signal_unsubscribed(state: State, record: Record) -> None:
    """It does not any more."""
    state.subscriptions.signals.remove(record.key)


def condition_subscribed(state: State, record: Record) -> None:
    """Something waits for a condition."""
    state.subscriptions.conditions.put(record.key, record.value)


def condition_unsubscribed(state: State, record: Record) -> None:
    """It does not any more."""
    state.subscriptions.conditions.remove(record.key)


def compensation_changed(state: State, record: Record) -> None:
    """An activity can be compensated, or is being compensated."""
    state.subscriptions.compensations.put(record.key, record.value)


def compensation_ended(state: State, record: Record) -> None:
    """It was, or never will be."""
    state.subscriptions.compensations.remove(record.key)


APPLIERS = {
    ("PROCESS_EVENT", "TRIGGERING"): triggering,
    ("PROCESS_EVENT", "TRIGGERED"): triggered,
    ("TIMER", "CREATED"): timer_created,
    ("TIMER", "TRIGGERED"): timer_ended,
    ("TIMER", "CANCELED"): timer_ended,
    ("TIMER", "MIGRATED"): timer_created,
    ("MESSAGE", "PUBLISHED"): message_published,
    ("MESSAGE", "EXPIRED"): message_expired,
    ("MESSAGE_CORRELATION", "CORRELATED"): nothing,
    ("MESSAGE_CORRELATION", "NOT_CORRELATED"): nothing,
    ("PROCESS_MESSAGE_SUBSCRIPTION", "CREATED"): message_subscribed,
    ("PROCESS_MESSAGE_SUBSCRIPTION", "CORRELATED"): message_correlated,
    ("PROCESS_MESSAGE_SUBSCRIPTION", "DELETED"): message_unsubscribed,
    ("PROCESS_MESSAGE_SUBSCRIPTION", "MIGRATED"): message_subscribed,
    ("MESSAGE_START_EVENT_SUBSCRIPTION", "CREATED"): start_subscribed,
    ("MESSAGE_START_EVENT_SUBSCRIPTION", "CORRELATED"): start_correlated,
    ("MESSAGE_START_EVENT_SUBSCRIPTION", "DELETED"): start_unsubscribed,
    ("SIGNAL", "BROADCASTED"): nothing,
    ("SIGNAL_SUBSCRIPTION", "CREATED"): signal_subscribed,
    ("SIGNAL_SUBSCRIPTION", "DELETED"): signal_unsubscribed,
    ("SIGNAL_SUBSCRIPTION", "MIGRATED"): signal_subscribed,
    ("CONDITIONAL_SUBSCRIPTION", "CREATED"): condition_subscribed,
    ("CONDITIONAL_SUBSCRIPTION", "TRIGGERED"): nothing,
    ("CONDITIONAL_SUBSCRIPTION", "DELETED"): condition_unsubscribed,
    ("CONDITIONAL_SUBSCRIPTION", "MIGRATED"): condition_subscribed,
    ("COMPENSATION_SUBSCRIPTION", "CREATED"): compensation_changed,
    ("COMPENSATION_SUBSCRIPTION", "TRIGGERED"): compensation_changed,
    ("COMPENSATION_SUBSCRIPTION", "MIGRATED"): compensation_changed,
    ("COMPENSATION_SUBSCRIPTION", "COMPLETED"): compensation_ended,
    ("COMPENSATION_SUBSCRIPTION", "DELETED"): compensation_ended,
}
