"""The management endpoints: health, Zeebe's clock actuator, and when the next timer is due."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zeebelet.gateway.commands import Command
from zeebelet.gateway.documents import parse
from zeebelet.gateway.errors import ForbiddenError, InvalidRequestError, NotFoundError
from zeebelet.gateway.search.kinds import iso
from zeebelet.gateway.services import Services
from zeebelet.records import ClockChange, JsonObject

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


def _health(services: Services, body: JsonObject) -> JsonObject:
    return {"status": "UP"}


OPEN_PATHS = ("/health", "/actuator/health")  # whoever watches the process has no token
_CLOCK = "/actuator/clock"
_ACTS: dict[tuple[str, str], Act] = {
    ("GET", "/health"): _health,
    ("GET", "/actuator/health"): _health,
    ("GET", "/actuator/timers"): _timers,
    ("GET", _CLOCK): _read,
    ("POST", f"{_CLOCK}/pin"): _pin,
    ("POST", f"{_CLOCK}/add"): _add,
    ("DELETE", _CLOCK): _reset,
}


def actuate(services: Services, method: str, path: str, content: bytes) -> Any:
    """Answers a management request."""
    act = _ACTS.get((method, path))
    if act is None:
        raise NotFoundError(f"No endpoint {method} {path}.")
    if path.startswith(_CLOCK) and method != "GET" and not services.clock_control:
        raise ForbiddenError("The clock of this engine cannot be moved: it was started with --no-clock-control.")
    try:
        body = parse(content) if content.strip() else {}
    except ValueError as error:
        raise InvalidRequestError(f"Request body cannot be parsed as JSON: {error}.") from error
    return act(services, body if isinstance(body, dict) else {})
