"""What the platform asks of Camunda besides jobs: deploy models, start and steer instances, publish messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Resource:
    """A model file: BPMN, DMN or form."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Deployed:
    """One resource of a deployment: `kind` is process, decision, drg or form."""

    kind: str
    id: str
    version: int
    key: int
    resource_name: str


@dataclass(frozen=True, slots=True)
class ProcessMessage:
    """A message for Zeebe. Buffered for `ttl`; a second one with the same name, key and `message_id` is no second message."""

    name: str
    correlation_key: str
    message_id: str = ""
    ttl: timedelta = timedelta(hours=24)
    variables: Mapping[str, Any] = field(default_factory=dict)


class Processes(Protocol):
    """Camunda 8 as the inside sees it. Raises `PortError`s; `Refused` for a model the broker does not accept."""

    def deploy(self, resources: Sequence[Resource]) -> list[Deployed]:
        """Deploys all or nothing; when no resource changed, all keep their versions."""
        ...

    def publish(self, message: ProcessMessage) -> None:
        """Publishes a message; one that was published already counts as done."""
        ...

    def start(self, process_id: str, variables: Mapping[str, Any]) -> int:
        """Starts an instance of the latest version and returns its key."""
        ...

    def cancel(self, process_instance_key: int) -> None:
        """Terminates an instance; `NotFound` when it is not running."""
        ...
