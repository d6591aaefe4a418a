"""The workers of a scenario: the real tasks through the real runtime, one job after the other.

Every job is done twice: the second run is what a worker does that gets a job again because its first answer got lost. Both must
end alike; what does not is kept in `unlike`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from workers.bootstrap import Platform
from workers.ports.effects import EffectLedger
from workers.ports.events import Event
from workers.ports.jobs import ActivatedJob
from workers.runtime.binding import Provide, bind, check_providers
from workers.runtime.definition import TaskDefinition
from workers.runtime.execute import Bench, attempt_of, execute
from workers.runtime.lease import Lease
from workers.runtime.outcome import BpmnError, Completed, Failed, HandedBack, Outcome, Refusal
from zeebelet.records import Job, JobBatch
from zeebelet.testing import TestEngine

WORKER = "scenario"
AT_ONCE = 100
CIRCLE = 5_000


@dataclass(slots=True)
class Death:
    """A worker that dies at the next job of a type."""

    task: str
    after_commit: bool


class Dying:
    """A ledger whose worker dies before it commits: everything of the transaction is undone."""

    def __init__(self, ledger: EffectLedger) -> None:
        self._ledger = ledger

    def open(self, key: str, *, task_type: str) -> Any:
        """As the real one, but nothing is committed."""
        return self._opened(key, task_type)

    @contextlib.contextmanager
    def _opened(self, key: str, task_type: str) -> Iterator[Any]:
        with self._ledger.open(key, task_type=task_type) as effect:
            yield effect
            raise ConnectionResetError("the worker died before the commit")

    def published(self, key: str) -> None:
        """Nothing was committed that could have been."""

    def unpublished(self, *, limit: int = 100) -> list[tuple[str, list[Event]]]:
        """As the real one."""
        return self._ledger.unpublished(limit=limit)


class Hands:
    """Does jobs. `done` are (type, element, outcome) in order; `deaths` are planned."""

    def __init__(self, kit: TestEngine, platform: Platform, *, twice: bool = True) -> None:
        self._kit, self._twice = kit, twice
        self._registry, self._resources = platform.registry, platform.resources
        self._bound: dict[str, tuple[TaskDefinition, Provide]] = {}
        self._loop = asyncio.new_event_loop()
        self._pool = ThreadPoolExecutor(1)
        self._bench = Bench(pool=self._pool, ledger=platform.ledger, bus=platform.bus)
        self.deaths: list[Death] = []
        self.died: list[str] = []
        self.unlike: list[str] = []
        self.unknown: set[str] = set()
        self.done: list[tuple[str, str, Outcome]] = []

    def work(self) -> int:
        """Does every job there is, and those they lead to; returns how many. Raises when the model runs in a circle."""
        count = 0
        while types := [name for name in self._kit.engine.state.jobs.activatable_types() if self._knows(name)]:
            for name in types:
                for key, job in self._activate(name):
                    self._do(key, job)
                    count += 1
            if count > CIRCLE:
                raise AssertionError(f"Expected the process to come to rest, but {count} jobs were done at one moment")
        return count

    def close(self) -> None:
        """Ends the threads."""
        self._pool.shutdown()
        self._loop.close()

    def _knows(self, name: str) -> bool:
        if name not in self._registry:
            self.unknown.add(name)
            return False
        return True

    def _definition(self, name: str) -> tuple[TaskDefinition, Provide]:
        if name not in self._bound:
            definition = self._registry[name]
            check_providers([definition], self._resources)
            self._bound[name] = (definition, bind(definition, self._resources))
        return self._bound[name]

    def _activate(self, name: str) -> list[tuple[int, Job]]:
        definition, _ = self._definition(name)
        timeout = int(definition.options.timeout.total_seconds() * 1000)
        request = JobBatch(name, WORKER, timeout, AT_ONCE, definition.fetch_variables)
        batch = self._kit.submit("JOB_BATCH", "ACTIVATE", request).value
        return list(zip(batch.job_keys, batch.jobs, strict=True))

    def _do(self, key: int, job: Job) -> None:
        entry = self._kit.engine.state.jobs.get(key)
        if entry is None or entry.state != "ACTIVATED":
            return  # cancelled by what another job of the same batch led to
        death = next((death for death in self.deaths if death.task == job.type), None)
        if death is not None:
            self._die(death, key, job)
            return
        outcome = self._run(key, job, self._bench)
        if self._twice and isinstance(outcome, Completed | BpmnError):
            again = self._run(key, job, self._bench)
            if not alike(outcome, again):
                self.unlike.append(f"{job.type} at {job.element_id}: first {outcome}, then {again}")
        self.done.append((job.type, job.element_id, outcome))
        self._deliver(key, job, outcome)

    def _die(self, death: Death, key: int, job: Job) -> None:
        """The job stays activated until it times out; somebody gets it then."""
        self.deaths.remove(death)
        bench = self._bench if death.after_commit else replace(self._bench, ledger=Dying(self._bench.ledger))
        self._run(key, job, bench)
        self.died.append(job.type)

    def _run(self, key: int, job: Job, bench: Bench) -> Outcome:
        definition, provide = self._definition(job.type)
        return self._loop.run_until_complete(self._attempt(definition, provide, activated(key, job), bench))

    async def _attempt(self, definition: TaskDefinition, provide: Provide, job: ActivatedJob, bench: Bench) -> Outcome:
        lease = Lease(job, loop=asyncio.get_running_loop(), timeout=definition.options.timeout.total_seconds())
        return await execute(attempt_of(definition, lease), provide=provide, bench=bench)

    def _deliver(self, key: int, job: Job, outcome: Outcome) -> None:
        if isinstance(outcome, Completed):
            self._submit("COMPLETE", job._replace(variables=json.loads(outcome.variables)), key)
        elif isinstance(outcome, BpmnError):
            told = job._replace(error_code=outcome.code, error_message=outcome.message)
            self._submit("THROW_ERROR", told._replace(variables=json.loads(outcome.variables)), key)
        elif isinstance(outcome, Refusal):
            told_no = {"type": "userTask", "denied": True, "deniedReason": outcome.reason}
            self._submit("COMPLETE", job._replace(variables={}, result=told_no), key)
        elif isinstance(outcome, Failed | HandedBack):
            retries = job.retries if isinstance(outcome, HandedBack) else outcome.retries
            backoff = int(outcome.backoff.total_seconds() * 1000)
            self._submit(
                "FAIL", job._replace(retries=retries, error_message=outcome.message, retry_backoff=backoff), key
            )

    def _submit(self, intent: str, job: Job, key: int) -> None:
        """A job that is gone meanwhile, because a boundary event cut it off, is nobody's trouble."""
        self._kit.engine.submit("JOB", intent, job, key=key)


def alike(first: Outcome, again: Outcome) -> bool:
    """Whether two runs ended in the same way."""
    if isinstance(first, Completed) and isinstance(again, Completed):
        return bool(json.loads(first.variables) == json.loads(again.variables))
    if isinstance(first, BpmnError) and isinstance(again, BpmnError):
        return first.code == again.code
    return type(first) is type(again)


def activated(key: int, job: Job) -> ActivatedJob:
    """The engine's job as the gateway hands it out."""
    return ActivatedJob(
        key=key,
        type=job.type,
        process_instance_key=job.process_instance_key,
        process_id=job.bpmn_process_id,
        process_version=job.process_definition_version,
        process_definition_key=job.process_definition_key,
        element_id=job.element_id,
        element_instance_key=job.element_instance_key,
        headers=json.dumps(job.custom_headers),
        worker=job.worker,
        retries=job.retries,
        deadline=job.deadline,
        variables=json.dumps(dict(job.variables)),
        tenant_id=job.tenant_id,
    )
