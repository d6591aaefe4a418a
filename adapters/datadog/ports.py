"""Ports with spans around their calls: what is published carries the context of the span it was published in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ddtrace.trace import tracer

from adapters.datadog import TRACE_VARIABLE
from adapters.datadog.tracing import carrier
from workers.ports.events import Event, EventBus
from workers.ports.processes import Deployed, Processes, ProcessMessage, Resource


class TracedBus:
    """An `EventBus` whose events carry their span in their headers."""

    def __init__(self, bus: Any) -> None:
        self._bus: EventBus = bus
        self.close = bus.close

    def publish(self, *events: Event) -> None:
        """One span for what is published together."""
        with tracer.trace("kafka.produce", resource=", ".join(sorted({event.topic for event in events}))):
            carried = carrier()
            self._bus.publish(*(replace(event, headers={**event.headers, **carried}) for event in events))


class TracedProcesses:
    """`Processes` whose messages and instances carry their span in the variable `_trace`."""

    def __init__(self, processes: Any) -> None:
        self._processes: Processes = processes
        self.close = processes.close

    def deploy(self, resources: Sequence[Resource]) -> list[Deployed]:
        """Deploys all or nothing."""
        return self._processes.deploy(resources)

    def publish(self, message: ProcessMessage) -> None:
        """Publishes a message."""
        with tracer.trace("camunda.publish_message", resource=message.name):
            self._processes.publish(replace(message, variables={**message.variables, TRACE_VARIABLE: carrier()}))

    def start(self, process_id: str, variables: Mapping[str, Any]) -> int:
        """Starts an instance of the latest version."""
        with tracer.trace("camunda.create_instance", resource=process_id):
            return self._processes.start(process_id, {**variables, TRACE_VARIABLE: carrier()})

    def cancel(self, process_instance_key: int) -> None:
        """Terminates an instance."""
        self._processes.cancel(process_instance_key)
