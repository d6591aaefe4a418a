"""What handlers of operations work with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from adapters.camunda.engine.gateway.commands import Commands
from adapters.camunda.engine.gateway.errors import InvalidRequestError
from adapters.camunda.engine.gateway.identity import Identity
from adapters.camunda.engine.gateway.jobs import JobHub
from adapters.camunda.engine.gateway.search.tables import Tables
from adapters.camunda.engine.gateway.security import Claims
from adapters.camunda.engine.records import JsonObject


class MovableClock(Protocol):
    """The engine's clock, which can be moved."""

    def now(self) -> int:
        """Epoch milliseconds."""

    def advance(self, milliseconds: int) -> None:
        """Moves forward."""


class Services(NamedTuple):
    """The parts of the gateway; `clock_moved` is called when somebody moved the clock."""

    commands: Commands
    jobs: JobHub
    tables: Tables
    clock: MovableClock
    clock_moved: Callable[[], None]
    next_timer: Callable[[], int | None]
    identity: Callable[[], Identity]
    user_task_of: Callable[[Any], JsonObject | None]
    clock_control: bool = True


class Call(NamedTuple):
    """One request, checked."""

    services: Services
    parameters: JsonObject
    body: JsonObject
    claims: Claims
    form: Any = None

    def key(self, name: str) -> int:
        """Returns a key of the path."""
        return int(self.parameters[name])


class Content(NamedTuple):
    """An answer that is not JSON."""

    content: bytes
    media_type: str


def key_of(value: JsonObject, name: str) -> int:
    """Returns a key of a body, -1 when it is absent."""
    text = value.get(name)
    if text is None:
        return -1
    key = int(text)
    if not -(2**63) <= key < 2**63:
        raise InvalidRequestError(f"The provided {name} '{text}' is not a valid key. Expected a 64 bit integer.")
    return key
