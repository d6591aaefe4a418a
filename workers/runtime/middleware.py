"""Plain functions around a job.

A middleware is `async def name(attempt: Attempt, proceed: Proceed) -> Outcome`. It may look at the job, return an outcome of its
own without calling `proceed` (a veto), or call it and look at what came out, failures included. An exception it raises is
handled like a handler's: nothing is swallowed.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeAlias

from workers.runtime.execute import Attempt
from workers.runtime.outcome import BpmnError, Case, Completed, Failed, HandedBack, Outcome, Refusal, outcome_of

Proceed: TypeAlias = Callable[[Attempt], Awaitable[Outcome]]
Middleware: TypeAlias = Callable[[Attempt, Proceed], Awaitable[Outcome]]
_LOG = logging.getLogger("workers.tasks")


def chain(middleware: Sequence[Middleware], innermost: Proceed) -> Proceed:
    """The handler wrapped by all middleware, the first one outermost."""
    work = innermost
    for layer in reversed(middleware):
        work = partial(_guarded, layer, work)
    return work


async def _guarded(layer: Middleware, work: Proceed, attempt: Attempt) -> Outcome:
    try:
        outcome = await layer(attempt, work)
        if not isinstance(outcome, Outcome):
            raise TypeError(f"Expected the middleware {_name(layer)} to return an outcome, but it returned {outcome!r}")
        return outcome
    except (Exception, SystemExit) as error:
        return outcome_of(Case(attempt.definition, attempt.job.retries, error, attempt.context.log))


def _name(layer: Middleware) -> str:
    return getattr(layer, "__qualname__", repr(layer))


async def log_outcome(attempt: Attempt, proceed: Proceed) -> Outcome:
    """One line per job: what it was and how it ended."""
    outcome = await proceed(attempt)
    if isinstance(outcome, Completed):
        if _LOG.isEnabledFor(logging.DEBUG):
            attempt.context.log.debug("completed")
        return outcome
    kind = type(outcome).__name__
    extra = {"outcome": kind, "element_id": attempt.job.element_id}
    if isinstance(outcome, BpmnError):
        attempt.context.log.info("threw %s", outcome.code, extra=extra)
    elif isinstance(outcome, Refusal):
        attempt.context.log.info("denied: %s", outcome.reason, extra=extra)
    elif isinstance(outcome, Failed | HandedBack):
        attempt.context.log.warning("%s: %s", kind, outcome.message, extra=extra)
    return outcome


def only_tenants(*tenants: str) -> Middleware:
    """Vetoes jobs of tenants this worker does not serve."""

    async def tenancy(attempt: Attempt, proceed: Proceed) -> Outcome:
        if attempt.job.tenant_id in tenants:
            return await proceed(attempt)
        return HandedBack(f"{attempt.definition.type}: tenant not served here", attempt.definition.options.retry.first)

    return tenancy
