"""The management endpoints: health, the clock actuator of Zeebe, the timers that are set, the history of a user task."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from zeebelet.gateway.commands import Command
from zeebelet.gateway.documents import parse
from zeebelet.gateway.errors import ForbiddenError, InvalidRequestError, NotFoundError
from zeebelet.gateway.search.kinds import iso
from zeebelet.gateway.services import Services
from zeebelet.records import ClockChange, ClusterChange, JsonObject, Timer

Act = Callable[[Services, JsonObject], Any]


def _time(services: Services) -> JsonObject:
    now = services.clock.now()
    return {"epochMilli": now, "instant": iso(now)}


def _number(body: JsonObject, name: str) -> int:
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidRequestError(
            f"Expected a request body with the number {name} in milliseconds, but it has {sorted(body)}."
        )
    return value


def _read(services: Services, body: JsonObject) -> JsonObject:
    return _time(services)


def _pin(services: Services, body: JsonObject) -> JsonObject:
    services.commands.now(Command("CLOCK", "PIN", ClockChange(_number(body, "epochMilli"))))
    services.clock_moved()
    return _time(services)


def _add(services: Services, body: JsonObject) -> JsonObject:
    services.clock.advance(_number(body, "offsetMilli"))
    services.clock_moved()
    return _time(services)


def _reset(services: Services, body: JsonObject) -> JsonObject:
    services.commands.now(Command("CLOCK", "RESET", ClockChange()))
    services.clock_moved()
    return _time(services)


def _timers(services: Services, body: JsonObject) -> JsonObject:
    return {"nextDueDate": services.next_timer()}


def _timer(key: int, timer: Timer) -> JsonObject:
    return {
        "timerKey": str(key),
        "elementId": timer.target_element_id,
        "dueDate": iso(timer.due_date),
        "repetitions": timer.repetitions,
        "processDefinitionKey": str(timer.process_definition_key),
        "processInstanceKey": str(timer.process_instance_key) if timer.process_instance_key > 0 else None,
        "elementInstanceKey": str(timer.element_instance_key) if timer.element_instance_key > 0 else None,
    }


def _pending_timers(services: Services, body: JsonObject) -> JsonObject:
    pending = sorted(services.timers(), key=lambda entry: entry[1].due_date)
    return {"items": [_timer(key, timer) for key, timer in pending[:_MOST_TIMERS]], "totalItems": len(pending)}


def _history(services: Services, key: str) -> JsonObject:
    row = services.tables.user_tasks.get(int(key))
    if row is None:
        raise NotFoundError(f"User task with key '{key}' not found")
    return {"items": [{**event._asdict(), "time": iso(event.time)} for event in row.history]}


def _purge(services: Services, body: JsonObject) -> JsonObject:
    """Empties the engine; the change is complete when this is answered, as the topology says."""
    record = services.commands.now(Command("CLUSTER", "PURGE", ClusterChange()))
    services.clock_moved()
    return {"changeId": record.value.change_id, "currentTopology": [], "plannedChanges": [], "expectedTopology": []}


def _job_streams(services: Services, body: JsonObject) -> list[JsonObject]:
    """The open job streams, as a cluster's gateway shows them."""
    return services.streams.shown()


def _health(services: Services, body: JsonObject) -> JsonObject:
    return {"status": "UP"}


OPEN_PATHS = ("/health", "/actuator/health")  # whoever watches the process has no token
_CLOCK = "/actuator/clock"
_PURGE = "/actuator/cluster/purge"
_MOST_TIMERS = 1000
_TASK_HISTORY = re.compile(r"/actuator/user-tasks/(\d{1,19})/history")
_ACTS: dict[tuple[str, str], Act] = {
    ("GET", "/health"): _health,
    ("GET", "/actuator/health"): _health,
    ("GET", "/actuator/timers"): _timers,
    ("GET", "/actuator/timers/pending"): _pending_timers,
    ("GET", _CLOCK): _read,
    ("POST", f"{_CLOCK}/pin"): _pin,
    ("POST", f"{_CLOCK}/add"): _add,
    ("DELETE", _CLOCK): _reset,
    ("POST", _PURGE): _purge,
    ("GET", "/actuator/jobstreams/remote"): _job_streams,
}


def actuate(services: Services, method: str, path: str, content: bytes) -> Any:
    """Answers a management request."""
    task = _TASK_HISTORY.fullmatch(path)
    if task is not None and method == "GET":
        return _history(services, task[1])
    act = _ACTS.get((method, path))
    if act is None:
        raise NotFoundError(f"No endpoint {method} {path}.")
    if path.startswith((_CLOCK, _PURGE)) and method != "GET" and not services.clock_control:
        raise ForbiddenError("The clock of this engine cannot be moved: it was started with --no-clock-control.")
    try:
        body = parse(content) if content.strip() else {}
    except ValueError as error:
        raise InvalidRequestError(f"Request body cannot be parsed as JSON: {error}.") from error
    return act(services, body if isinstance(body, dict) else {})
