"""Jobs: activated from Camunda, worked on, and ended by one of three commands.

Errors are `PortError`s: `NotFound` when the job is gone (ended, cancelled or timed out and done elsewhere), `Conflict` when
it is in another state, `Refused` when Camunda does not accept the words, `BackPressure` and `Unavailable` when it is worth
asking again, `Misconfigured` when the credentials are not accepted.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from workers.ports.errors import PortError, Unavailable


class BackPressure(Unavailable):
    """Camunda is busy and asks to slow down."""


class Unsupported(PortError):
    """The gateway does not know this call."""


class ActivatedJob(NamedTuple):
    """One job in our hands until `deadline` (epoch milliseconds of the engine's clock).

    `variables` and `headers` stay JSON text: they are parsed once, straight into the task's contract.
    """

    key: int
    type: str
    process_instance_key: int
    process_id: str
    process_version: int
    process_definition_key: int
    element_id: str
    element_instance_key: int
    headers: str
    worker: str
    retries: int
    deadline: int
    variables: str
    tenant_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRequest:
    """Which jobs to hand out, to whom and for how long (milliseconds)."""

    type: str
    worker: str
    timeout: int
    fetch_variables: Sequence[str] = ()
    tenant_ids: Sequence[str] = ()


class JobGateway(Protocol):
    """The job side of Camunda 8."""

    def activate(self, request: JobRequest, *, limit: int, wait: int) -> AsyncIterator[Sequence[ActivatedJob]]:
        """One poll: batches of at most `limit` jobs together. `wait` is the long-polling time in milliseconds;
        negative asks once and answers at once."""
        ...

    def stream(self, request: JobRequest) -> AsyncIterator[ActivatedJob]:
        """Jobs as they become available, until the gateway or the caller ends it; older jobs are never pushed."""
        ...

    async def complete(self, key: int, *, variables: str, within: float) -> None:
        """Ends a job well. `within` bounds the call in seconds."""
        ...

    async def deny(self, key: int, *, reason: str, within: float) -> None:
        """Ends the job of a listener: what it listens to does not happen, and whoever asked for it reads the reason."""
        ...

    async def fail(self, key: int, *, retries: int, message: str, backoff: int, within: float) -> None:
        """Ends an attempt. With `retries` 0 an incident is raised, else the job comes again after `backoff` milliseconds."""
        ...

    async def throw_error(self, key: int, *, code: str, message: str, variables: str, within: float) -> None:
        """Ends a job with a BPMN error that the model catches."""
        ...

    async def update_timeout(self, key: int, *, timeout: int, within: float) -> None:
        """Moves the job's deadline to `timeout` milliseconds from now."""
        ...

    async def close(self) -> None:
        """Closes the connections."""
        ...
