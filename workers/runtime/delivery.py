"""Tells the engine how a job ended, until it is accepted, known to be unwanted, or the job's deadline has passed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from functools import partial
from typing import Any

from workers.ports.errors import Conflict, Misconfigured, NotFound, PortError, Unavailable
from workers.ports.jobs import ActivatedJob, JobGateway
from workers.runtime.backoff import Backoff
from workers.runtime.lease import Lease
from workers.runtime.outcome import BpmnError, Completed, Failed, Gone, HandedBack, Outcome, Refusal
from workers.runtime.texts import scrub, sentence

_LOG = logging.getLogger(__name__)
# One call may take this long; a call that got no answer is sent again, and NOT_FOUND then means the first one was heard.
_CALL_SECONDS = 10.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0


class Receipt(Enum):
    """What became of an outcome."""

    ACCEPTED = "accepted"
    GONE = "gone"
    EXPIRED = "expired"
    REFUSED = "refused"


def _complete(gateway: JobGateway, job: ActivatedJob, outcome: Any) -> Callable[..., Awaitable[None]]:
    return partial(gateway.complete, job.key, variables=outcome.variables)


def _throw(gateway: JobGateway, job: ActivatedJob, outcome: Any) -> Callable[..., Awaitable[None]]:
    return partial(
        gateway.throw_error, job.key, code=outcome.code, message=outcome.message, variables=outcome.variables
    )


def _deny(gateway: JobGateway, job: ActivatedJob, outcome: Any) -> Callable[..., Awaitable[None]]:
    return partial(gateway.deny, job.key, reason=outcome.reason)


def _fail(gateway: JobGateway, job: ActivatedJob, outcome: Any) -> Callable[..., Awaitable[None]]:
    retries = job.retries if isinstance(outcome, HandedBack) else outcome.retries
    backoff = int(outcome.backoff.total_seconds() * 1000)
    return partial(gateway.fail, job.key, retries=retries, message=outcome.message, backoff=backoff)


COMMANDS: Mapping[type[Any], Callable[[JobGateway, ActivatedJob, Any], Callable[..., Awaitable[None]]]] = {
    Completed: _complete,
    BpmnError: _throw,
    Refusal: _deny,
    Failed: _fail,
    HandedBack: _fail,
}


async def deliver(gateway: JobGateway, lease: Lease, outcome: Outcome) -> tuple[Outcome, Receipt]:
    """Sends `outcome`; returns the one that was sent in the end and what became of it."""
    if isinstance(outcome, Gone):
        return outcome, Receipt.GONE
    receipt, refusal = await _insist(gateway, lease, outcome)
    if refusal is not None and not isinstance(outcome, HandedBack):
        outcome = _undeliverable(outcome, lease.job, refusal)
        receipt, refusal = await _insist(gateway, lease, outcome)
    return outcome, receipt


async def _insist(gateway: JobGateway, lease: Lease, outcome: Outcome) -> tuple[Receipt, PortError | None]:
    """Sends one command until there is an answer or the deadline has passed; at least once, because a late command may
    still be welcome."""
    now = lease.loop.time
    command = COMMANDS[type(outcome)](gateway, lease.job, outcome)
    backoff: Backoff | None = None
    while True:
        receipt, refusal = await _attempt(command, max(1.0, min(_CALL_SECONDS, lease.expires - now())))
        if receipt is not None:
            return receipt, refusal
        backoff = backoff or Backoff(_FIRST_PAUSE, _LONGEST_PAUSE)
        left = lease.expires - now()
        if left <= 0:
            return Receipt.EXPIRED, None
        await asyncio.sleep(min(backoff.next(), left))


async def _attempt(command: Callable[..., Awaitable[None]], within: float) -> tuple[Receipt | None, PortError | None]:
    """One call: accepted, gone, refused with the reason, or None = worth another try."""
    try:
        await command(within=within)
    except (NotFound, Conflict):
        return Receipt.GONE, None
    except (Unavailable, Misconfigured) as error:
        _LOG.debug("the gateway did not take a command: %s", error)
        return None, None
    except PortError as error:
        return Receipt.REFUSED, error
    except Exception:
        # Unknown is no reason to lose a result; it is tried again, and the trace tells what to mend.
        _LOG.exception("sending a command failed unexpectedly")
        return None, None
    return Receipt.ACCEPTED, None


def _undeliverable(outcome: Outcome, job: ActivatedJob, refusal: PortError) -> Failed:
    """An outcome the gateway does not accept becomes an incident with its reason instead of vanishing."""
    what = type(outcome).__name__.lower()
    text = f"The {what} result of {job.type} (job {job.key}) was not accepted: {sentence(str(refusal))}"
    advice = "What it did is stored; mend the task's output, then retry the incident."
    _LOG.error("job %d: %s", job.key, scrub(text))
    return Failed(0, scrub(f"{text} {advice}"), cause=refusal)
