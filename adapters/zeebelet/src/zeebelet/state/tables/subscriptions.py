"""What instances and definitions wait for: timers, messages, signals, conditions, compensation."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Generic, NamedTuple, TypeVar

from zeebelet.records import (
    CompensationSubscription,
    ConditionalSubscription,
    JsonObject,
    MessageStartEventSubscription,
    ProcessMessageSubscription,
    SignalSubscription,
    Timer,
)
from zeebelet.state.tables.schedule import Schedule

V = TypeVar("V")


class Indexed(Generic[V]):
    """Values by key, with any number of secondary indexes that keep the order of arrival."""

    def __init__(self, **indexes: Callable[[V], Hashable]) -> None:
        self._values: dict[int, V] = {}
        self._functions = indexes
        self._indexes: dict[str, dict[Hashable, dict[int, None]]] = {name: {} for name in indexes}

    def get(self, key: int) -> V | None:
        """By key."""
        return self._values.get(key)

    def by(self, index: str, entry: Hashable) -> list[int]:
        """The keys an index holds for an entry, oldest first."""
        return list(self._indexes[index].get(entry, ()))

    def has(self, index: str, entry: Hashable) -> bool:
        """Whether an index holds anything for an entry."""
        return entry in self._indexes[index]

    def all(self) -> Iterable[tuple[int, V]]:
        """Every (key, value), oldest first."""
        return self._values.items()

    def __len__(self) -> int:
        return len(self._values)

    def put(self, key: int, value: V) -> None:
        """Add a value, or change one: it keeps its place in an index whose entry stays the same."""
        old = self._values.get(key)
        self._values[key] = value
        for name, function in self._functions.items():
            entry = function(value)
            if old is not None and function(old) != entry:
                self._unindex(name, function(old), key)
            self._indexes[name].setdefault(entry, {})[key] = None

    def remove(self, key: int) -> V | None:
        """Forget a value; one that is gone is fine."""
        value = self._values.pop(key, None)
        if value is not None:
            for name, function in self._functions.items():
                self._unindex(name, function(value), key)
        return value

    def _unindex(self, name: str, entry: Hashable, key: int) -> None:
        keys = self._indexes[name].get(entry)
        if keys is not None:
            keys.pop(key, None)
            if not keys:
                del self._indexes[name][entry]


class Trigger(NamedTuple):
    """An event that happened for an element instance and is not handled yet."""

    key: int
    target_element_id: str
    variables: JsonObject


class TriggerTable:
    """Events that happened, by the element instance they happened for."""

    def __init__(self) -> None:
        self._triggers: dict[int, list[Trigger]] = {}

    def first(self, scope_key: int) -> Trigger | None:
        """The oldest unhandled one."""
        triggers = self._triggers.get(scope_key)
        return triggers[0] if triggers else None

    def put(self, scope_key: int, trigger: Trigger) -> None:
        """Something happened."""
        self._triggers.setdefault(scope_key, []).append(trigger)

    def remove(self, scope_key: int, key: int) -> None:
        """It was handled."""
        left = [trigger for trigger in self._triggers.get(scope_key, ()) if trigger.key != key]
        if left:
            self._triggers[scope_key] = left
        else:
            self._triggers.pop(scope_key, None)

    def drop(self, scope_key: int) -> None:
        """The element instance is gone, and with it whatever happened for it."""
        self._triggers.pop(scope_key, None)

    def all(self) -> dict[int, list[Trigger]]:
        """Everything, for snapshots."""
        return self._triggers


class SubscriptionTable:
    """Everything that waits for something from outside its element."""

    def __init__(self) -> None:
        self.timers: Indexed[Timer] = Indexed(
            element=lambda timer: timer.element_instance_key, definition=_definition_of_start_timer
        )
        self.timer_schedule = Schedule()
        self.messages: Indexed[ProcessMessageSubscription] = Indexed(
            element=lambda sub: sub.element_instance_key, message=lambda sub: (sub.message_name, sub.correlation_key)
        )
        self.message_starts: Indexed[MessageStartEventSubscription] = Indexed(
            definition=lambda sub: sub.process_definition_key, message=lambda sub: sub.message_name
        )
        self.signals: Indexed[SignalSubscription] = Indexed(
            element=lambda sub: sub.catch_event_instance_key,
            signal=lambda sub: sub.signal_name,
            definition=lambda sub: sub.process_definition_key if sub.catch_event_instance_key < 0 else -1,
        )
        self.conditions: Indexed[ConditionalSubscription] = Indexed(
            element=lambda sub: sub.element_instance_key,
            instance=lambda sub: sub.process_instance_key,
            definition=lambda sub: sub.process_definition_key if sub.scope_key < 0 else -1,
        )
        self.compensations: Indexed[CompensationSubscription] = Indexed(
            scope=lambda sub: sub.compensable_activity_scope_key,
            activity=lambda sub: sub.compensable_activity_instance_key,
            throw=lambda sub: sub.throw_event_instance_key,
            handler=lambda sub: sub.compensation_handler_instance_key,
            instance=lambda sub: sub.process_instance_key,
        )
        self.triggers = TriggerTable()

    def put_timer(self, key: int, timer: Timer) -> None:
        """Start a timer."""
        self.timers.put(key, timer)
        self.timer_schedule.put(key, timer.due_date)

    def remove_timer(self, key: int) -> None:
        """Stop a timer."""
        self.timers.remove(key)
        self.timer_schedule.discard(key)


def _definition_of_start_timer(timer: Timer) -> int:
    return timer.process_definition_key if timer.element_instance_key < 0 else -1
