"""Runs one handler for one job. Never raises: whatever happens becomes an outcome."""

from __future__ import annotations

import asyncio
import contextvars
import json
import math
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from workers.ports.effects import Effect, EffectLedger
from workers.ports.errors import PortError, Unavailable
from workers.ports.events import Event, EventBus
from workers.ports.jobs import ActivatedJob
from workers.runtime.binding import Provide
from workers.runtime.claims import check_in, redeem
from workers.runtime.context import Context
from workers.runtime.contract import check_size, read_input, write_output
from workers.runtime.definition import DOCUMENTS, UNIT, TaskDefinition
from workers.runtime.errors import Permanent
from workers.runtime.lease import Ending, Lease
from workers.runtime.outcome import Case, Completed, Failed, Gone, HandedBack, Outcome, outcome_of
from workers.runtime.scope import scope_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What running handlers takes, the same for every job of the process."""

    pool: Executor
    ledger: EffectLedger
    bus: EventBus
    budget: int = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One job on its way through the middleware to its handler."""

    definition: TaskDefinition
    lease: Lease
    context: Context

    @property
    def job(self) -> ActivatedJob:
        """The job as activated."""
        return self.lease.job


class LedgerBusy(Unavailable):
    """The effect ledger cannot be opened now: another run holds the key, or the database is away."""


def attempt_of(definition: TaskDefinition, lease: Lease) -> Attempt:
    """Prepares a job for its handler."""
    job = lease.job
    context = Context(
        job_key=job.key,
        type=job.type,
        process_instance_key=job.process_instance_key,
        process_id=job.process_id,
        element_id=job.element_id,
        element_instance_key=job.element_instance_key,
        retries=job.retries,
        key=f"{definition.type}:{job.element_instance_key}",
        job=job,
        worker=job.worker,
        tenant_id=job.tenant_id,
    )
    return Attempt(definition=definition, lease=lease, context=context)


async def execute(attempt: Attempt, *, provide: Provide, bench: Bench) -> Outcome:
    """Parses, runs, and turns the result or the error into an outcome."""
    definition, lease = attempt.definition, attempt.lease
    try:
        lease.check()
        return Completed(await _Call(attempt, provide, bench).run())
    except asyncio.CancelledError as error:
        return ended(attempt, error)
    except LedgerBusy as error:
        # Nothing has run: the attempt does not count, so no job ends in an incident because a database was away.
        pause = max(definition.options.retry.delay(lease.job.retries), error.retry_after or timedelta(0))
        return HandedBack(f"the effect ledger is not available: {error}", pause, error)
    except (Exception, SystemExit) as error:
        # SystemExit: a handler that ends the program is a bug of the handler, not a reason to stop serving.
        return outcome_of(Case(definition, lease.job.retries, error, attempt.context.log))


def ended(attempt: Attempt, error: asyncio.CancelledError) -> Outcome:
    """A job was cancelled: by us, for a reason the lease knows, or by the loop going down. Else nobody cancelled it: the error
    is the handler's own, of something it started and that was cancelled, and a bug like any other."""
    why, task = attempt.lease.ending, asyncio.current_task()
    if why is None and task is not None and task.cancelling() == 0:
        return outcome_of(Case(attempt.definition, attempt.job.retries, error, attempt.context.log))
    if why is None:
        raise error
    if task is not None:
        task.uncancel()
    if why is not Ending.OVERRUN:
        return Gone(why.value)
    definition, retries = attempt.definition, attempt.job.retries
    text = f"{definition.type} ran longer than {definition.longest}. Its system may hang; check it, then retry the incident."
    return Failed(definition.options.retry.left(retries), text, definition.options.retry.delay(retries))


class _Call:
    """One handler with its arguments."""

    __slots__ = ("arguments", "attempt", "bench", "context", "data", "documents", "provide")

    def __init__(self, attempt: Attempt, provide: Provide, bench: Bench) -> None:
        self.attempt, self.provide, self.bench = attempt, provide, bench
        self.context = attempt.context

    async def run(self) -> str:
        """Coroutines that touch neither ledger nor document store stay on the loop; everything else gets a thread."""
        definition = self.attempt.definition
        if definition.blocking:
            return await self.threaded(self.blocking)
        self.prepare()
        return self.text(await self.coroutine())

    def prepare(self) -> None:
        """Input, effect key and arguments. Resources may be opened here: on a thread unless the handler is a coroutine."""
        attempt, definition = self.attempt, self.attempt.definition
        arguments = self.provide(self.context, attempt.job.headers)
        self.documents: Any = arguments.pop(DOCUMENTS, None)
        variables = attempt.job.variables
        if definition.large_in:
            variables = redeem(variables, definition.large_in, self.documents)
        self.data = read_input(definition.input, variables)
        effect = definition.options.effect
        if callable(effect):
            key = effect(self.data, attempt.context)
            if key is None or key == "":
                # One key for all jobs would do the effect for the first of them only.
                raise Permanent(
                    f"{definition.type} has no effect key for this job: its effect function returned {key!r}"
                )
            self.context = replace(attempt.context, key=f"{definition.type}:{key}")
            arguments = self.provide(self.context, attempt.job.headers)
            arguments.pop(DOCUMENTS, None)
        self.arguments = arguments

    def blocking(self) -> str:
        """What runs on a thread: the handler in its transaction, or without one. A job may have ended while it waited here."""
        self.attempt.lease.check()
        self.prepare()
        if self.attempt.definition.options.effect == "none":
            return self.text(self.call({}))
        return self.in_transaction()

    async def coroutine(self) -> object:
        """Awaits an `async def` handler; the lease can cancel it."""
        lease = self.attempt.lease
        lease.runs(asyncio.current_task(lease.loop))
        lease.started = min(lease.started, lease.loop.time())
        try:
            return await self.attempt.definition.handler(self.data, self.context, **self.arguments)
        finally:
            lease.runs(None)

    async def threaded(self, work: Callable[[], str]) -> str:
        """Runs on the pool with the caller's context variables, so that traces and log ids come along.

        The wait is shielded: when the lease ends, the job goes on to its outcome while the thread finds out by itself.
        """
        lease = self.attempt.lease

        def run() -> str:
            lease.started = lease.loop.time()
            return work()

        lease.started = math.inf
        future = lease.loop.run_in_executor(self.bench.pool, contextvars.copy_context().run, run)
        lease.thread = future
        waiter = asyncio.shield(future)
        lease.runs(waiter)
        try:
            return await waiter
        finally:
            lease.runs(None)

    def in_transaction(self) -> str:
        """The domain change, the stored result and the events commit together, or not at all."""
        ledger, key = self.bench.ledger, self.context.key
        with ExitStack() as stack:
            try:
                effect = stack.enter_context(ledger.open(key, task_type=self.attempt.definition.type))
            except Unavailable as error:
                raise LedgerBusy(str(error), system=error.system, retry_after=error.retry_after) from error
            text = self.applied(effect)
            events = tuple(effect.events)
        if events:
            self.announce(events)
        return text

    def applied(self, effect: Effect) -> str:
        """The stored result of an earlier run, or the handler's, kept for the next one."""
        if effect.stored is not None:
            self.attempt.lease.replayed = True
            return json.dumps(effect.stored)
        effect.admit(scope_of(self.data))
        unit = {UNIT: effect.unit} if self.attempt.definition.needs_unit else {}
        text = self.text(self.call(unit))
        self.attempt.lease.check()
        effect.store(json.loads(text))
        return text

    def call(self, unit: dict[str, Any]) -> object:
        """Calls the handler from its thread; a coroutine runs on the loop meanwhile."""
        definition = self.attempt.definition
        if definition.is_async:
            return asyncio.run_coroutine_threadsafe(self.coroutine(), self.attempt.lease.loop).result()
        return definition.handler(self.data, self.context, **self.arguments, **unit)

    def announce(self, events: tuple[Event, ...]) -> None:
        """Publishes what was committed. A bus that does not answer delays the events, not the job: they are in the ledger."""
        try:
            self.bench.bus.publish(*events)
            self.bench.ledger.published(self.context.key)
        except PortError as error:
            self.context.log.warning("%d events wait for the republisher: %s", len(events), error)
        except Exception:
            # The effect is committed: whatever is wrong with its events is no reason to fail the job.
            self.context.log.exception("%d events wait for the republisher", len(events))

    def text(self, output: object) -> str:
        """The output as it is sent."""
        definition = self.attempt.definition
        text = write_output(definition.output, output)
        if definition.large_out:
            text = check_in(text, definition.large_out, self.documents)
        return check_size(text, budget=self.bench.budget)
