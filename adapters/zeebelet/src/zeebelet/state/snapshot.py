"""The whole state as JSON and back: for snapshots, and to compare two states."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from zeebelet.records import UserTask
from zeebelet.records.codec import decoder, dumps, value_class
from zeebelet.state.tables import State
from zeebelet.state.tables.definitions import DEPLOY, Registry
from zeebelet.state.tables.instances import ElementInstance
from zeebelet.state.tables.messages import StartedBy
from zeebelet.state.tables.subscriptions import Trigger
from zeebelet.state.tables.work import UserTaskEntry

_REGISTRIES = {
    "processes": "PROCESS",
    "decision_requirements": "DECISION_REQUIREMENTS",
    "decisions": "DECISION",
    "forms": "FORM",
    "resources": "RESOURCE",
}
_SUBSCRIPTIONS = {
    "timers": "TIMER",
    "messages": "PROCESS_MESSAGE_SUBSCRIPTION",
    "message_starts": "MESSAGE_START_EVENT_SUBSCRIPTION",
    "signals": "SIGNAL_SUBSCRIPTION",
    "conditions": "CONDITIONAL_SUBSCRIPTION",
    "compensations": "COMPENSATION_SUBSCRIPTION",
}
_INSTANCE_FIELDS = tuple(
    name for name in ElementInstance.__slots__ if name not in ("key", "value", "children", "joins")
)


def dump(state: State) -> dict[str, Any]:
    """Everything the state holds; what can be derived is left out."""
    messages, correlated = state.messages.dump()
    return {
        "definitions": {name: _dump_registry(getattr(state.definitions, name)) for name in _REGISTRIES},
        "instances": [_dump_instance(instance) for instance in state.instances.all()],
        "stop_after": list(state.instances.stop_after.items()),
        "variables": [[scope, names] for scope, names in state.variables.scopes().items()],
        "jobs": [[key, entry.value, entry.state] for key, entry in state.jobs.all()],
        "incidents": list(state.incidents.all()),
        **{name: list(getattr(state.subscriptions, name).all()) for name in _SUBSCRIPTIONS},
        "triggers": list(state.subscriptions.triggers.all().items()),
        "published": list(messages),
        "correlated": [[key, sorted(ids)] for key, ids in correlated.items()],
        "started": list(state.started.all().items()),
        "user_tasks": [
            [key, task.value, task.state, task.pending, task.before, task.listener_index]
            for key, task in state.user_tasks.all().items()
        ],
        "banned": list(state.banned),
        "pinned_time": state.pinned_time,
        "changes": state.changes,
    }


def fingerprint(state: State) -> str:
    """A hash that two states share only if they hold the same."""
    return sha256(dumps(dump(state))).hexdigest()


def _dump_registry(registry: Registry[Any]) -> dict[str, Any]:
    entries = [[item.key, getattr(item.value, "metadata", item.value)] for item in registry.all()]
    return {"entries": entries, "last_versions": registry.last_versions()}


def _dump_instance(instance: ElementInstance) -> list[Any]:
    joins = [[*place, count] for place, count in (instance.joins or {}).items()]
    return [instance.key, instance.value, joins, [getattr(instance, name) for name in _INSTANCE_FIELDS]]


def load(state: State, content: dict[str, Any]) -> None:
    """Fill an empty state with what was dumped."""
    for name, value_type in _REGISTRIES.items():
        _load_registry(state, getattr(state.definitions, name), value_type, content["definitions"][name])
    for fields in content["instances"]:
        state.instances.add(_load_instance(fields))
    state.instances.stop_after.update((key, tuple(elements)) for key, elements in content["stop_after"])
    for scope, names in content["variables"]:
        for name, (key, value) in names.items():
            state.variables.put(scope, name, (key, value))
    for key, value, status in content["jobs"]:
        state.jobs.put(key, _value("JOB", value), status)
    for key, value in content["incidents"]:
        state.incidents.put(key, _value("INCIDENT", value))
    _load_subscriptions(state, content)
    _load_messages(state, content)
    for key, value, status, pending, before, index in content["user_tasks"]:
        task = decoder(UserTask)
        entry = UserTaskEntry(task(value), status, pending and task(pending), before, index)
        state.user_tasks.put(key, entry)
    for key in content.get("banned", ()):
        state.ban(key)
    state.pinned_time = content["pinned_time"]
    state.changes = content.get("changes", 0)


def _value(value_type: str, fields: list[Any]) -> Any:
    return decoder(value_class(value_type))(fields)


def _load_registry(state: State, registry: Registry[Any], value_type: str, content: dict[str, Any]) -> None:
    for key, fields in content["entries"]:
        DEPLOY[value_type](state.definitions, key, _value(value_type, fields))
    registry.restore_last_versions(content["last_versions"])


def _load_instance(fields: list[Any]) -> ElementInstance:
    key, value, joins, rest = fields
    instance = ElementInstance(key, _value("PROCESS_INSTANCE", value))
    instance.joins = {(gateway, flow): count for gateway, flow, count in joins} or None
    for name, item in zip(_INSTANCE_FIELDS, rest, strict=True):
        setattr(instance, name, item)
    return instance


def _load_subscriptions(state: State, content: dict[str, Any]) -> None:
    for name, value_type in _SUBSCRIPTIONS.items():
        for key, fields in content[name]:
            value = _value(value_type, fields)
            if name == "timers":
                state.subscriptions.put_timer(key, value)
            else:
                getattr(state.subscriptions, name).put(key, value)
    for scope, triggers in content["triggers"]:
        for trigger in triggers:
            state.subscriptions.triggers.put(scope, Trigger(*trigger))


def _load_messages(state: State, content: dict[str, Any]) -> None:
    for key, fields in content["published"]:
        state.messages.put(key, _value("MESSAGE", fields))
    for key, process_ids in content["correlated"]:
        for process_id in process_ids:
            state.messages.correlate(key, process_id)
    for key, started in content["started"]:
        state.started.lock(key, StartedBy(*started))
