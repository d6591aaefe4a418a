"""Stand-ins that keep the real promises, and `TaskEnvironment`: one handler, one job, no engine.

env = TaskEnvironment({Signatures: FakeSignatures()})
outcome = env.run("adobe-create-agreement", {"serviceOrderId": "..."})
assert outcome == Completed('{"agreementId":"A-1"}')
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

from workers.domain.scope import Scope
from workers.ports.errors import InUse, Unavailable
from workers.ports.events import Event
from workers.ports.jobs import ActivatedJob
from workers.runtime.binding import bind, check_providers
from workers.runtime.definition import TaskDefinition
from workers.runtime.execute import Bench, attempt_of, execute
from workers.runtime.lease import Lease
from workers.runtime.middleware import Middleware, chain
from workers.runtime.outcome import Completed, Outcome
from workers.runtime.registry import Registry, registry

_HOUR_MS = 3_600_000


class MemoryUnit:
    """The smallest unit of work: it only collects events."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def emit(self, *events: Event) -> None:
        """Records events to publish after the commit."""
        self.events.extend(events)


class MemoryEffect:
    """One open effect."""

    def __init__(self, stored: Mapping[str, Any] | None, unit: Any, pending: Sequence[Event]) -> None:
        self.stored = stored
        self.unit = unit
        self.result: Mapping[str, Any] | None = None
        self._pending = pending

    @property
    def events(self) -> Sequence[Event]:
        """Events not known to be published."""
        return [*self._pending, *getattr(self.unit, "events", ())]

    def admit(self, scope: Scope) -> None:
        """Nothing is known here that could be another tenant's."""

    def store(self, result: Mapping[str, Any]) -> None:
        """Keeps the result for the commit."""
        self.result = result


class MemoryLedger:
    """The promises of `EffectLedger` in memory: one run per key at a time, commit or nothing, results replayed."""

    def __init__(self, unit: Callable[[], Any] = MemoryUnit, *, lock_timeout: float = 5.0) -> None:
        self._unit, self._lock_timeout = unit, lock_timeout
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self.results: dict[str, Mapping[str, Any]] = {}
        self.pending: dict[str, list[Event]] = {}
        self.runs: dict[str, int] = {}
        self.stored_at: dict[str, float] = {}

    @contextmanager
    def open(self, key: str, *, task_type: str) -> Iterator[MemoryEffect]:
        """A transaction under `key`; a second run waits for the first."""
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
        if not lock.acquire(timeout=self._lock_timeout):
            raise InUse(f"effect of {task_type} is being applied elsewhere", system="postgres", reference=key)
        try:
            effect = MemoryEffect(self.results.get(key), self._unit(), self.pending.get(key, ()))
            yield effect
            self._commit(key, effect)
        finally:
            lock.release()

    def _commit(self, key: str, effect: MemoryEffect) -> None:
        if effect.result is not None:
            self.results[key] = dict(effect.result)
            self.stored_at[key] = time.time()
            self.runs[key] = self.runs.get(key, 0) + 1
        if effect.events:
            self.pending[key] = list(effect.events)

    def forget(self, *, older_than: timedelta) -> int:
        """Drops published effects older than this."""
        limit = time.time() - older_than.total_seconds()
        old = [key for key, at in self.stored_at.items() if at < limit and key not in self.pending]
        for key in old:
            del self.results[key], self.stored_at[key]
        return len(old)

    def published(self, key: str) -> None:
        """Forgets the pending events of `key`."""
        self.pending.pop(key, None)

    def unpublished(self, *, limit: int = 100) -> list[tuple[str, list[Event]]]:
        """Keys with events still pending."""
        return [(key, list(events)) for key, events in list(self.pending.items())[:limit]]


class MemoryBus:
    """Keeps what was published; `fail_next` answers the next calls with `Unavailable`."""

    def __init__(self) -> None:
        self.published: list[Event] = []
        self.fail_next = 0

    def publish(self, *events: Event) -> None:
        """Accepts events, or refuses as told."""
        if self.fail_next:
            self.fail_next -= 1
            raise Unavailable("no broker", system="kafka")
        self.published.extend(events)


def a_job(task_type: str, variables: Mapping[str, Any] | None = None, **changes: Any) -> ActivatedJob:
    """A job as the engine would activate it."""
    key = int(changes.pop("key", 1))
    headers = changes.pop("headers", {})
    job = ActivatedJob(
        key=key,
        type=task_type,
        process_instance_key=10_000 + key,
        process_id="TestProcess",
        process_version=1,
        process_definition_key=1,
        element_id="Task",
        element_instance_key=20_000 + key,
        headers=json.dumps(headers),
        worker="test",
        retries=3,
        deadline=int(time.time() * 1000) + _HOUR_MS,
        variables=json.dumps(dict(variables or {}), default=str),
        tenant_id="<default>",
    )
    return job._replace(**changes)


class TaskEnvironment:
    """Runs handlers as a worker would: binding, contract, ledger, events, outcome table. `variables` are the process's."""

    def __init__(
        self,
        resources: Mapping[Any, object] | None = None,
        *,
        unit: Callable[[], Any] = MemoryUnit,
        tasks: Registry = registry,
        middleware: Sequence[Middleware] = (),
    ) -> None:
        self.resources = dict(resources or {})
        self.ledger = MemoryLedger(unit)
        self.bus = MemoryBus()
        self._tasks, self._middleware = tasks, middleware

    def run(self, task: str | TaskDefinition, variables: Mapping[str, Any] | None = None, **job: Any) -> Outcome:
        """The outcome of one job. The same `element_instance_key` (or `key`) again is a redelivery."""
        definition = self._tasks[task] if isinstance(task, str) else task
        check_providers([definition], self.resources)
        return asyncio.run(self._run(definition, a_job(definition.type, variables, **job)))

    def output(
        self, task: str | TaskDefinition, variables: Mapping[str, Any] | None = None, **job: Any
    ) -> dict[str, Any]:
        """The variables of a job that must complete; any other outcome fails with its text."""
        outcome = self.run(task, variables, **job)
        assert isinstance(outcome, Completed), f"Expected the task to complete, but: {outcome}"
        result: dict[str, Any] = json.loads(outcome.variables)
        return result

    async def _run(self, definition: TaskDefinition, job: ActivatedJob) -> Outcome:
        lease = Lease(job, loop=asyncio.get_running_loop(), timeout=definition.options.timeout.total_seconds())
        with ThreadPoolExecutor(1) as pool:
            bench = Bench(pool=pool, ledger=self.ledger, bus=self.bus)
            work = chain(self._middleware, partial(execute, provide=bind(definition, self.resources), bench=bench))
            return await work(attempt_of(definition, lease))
