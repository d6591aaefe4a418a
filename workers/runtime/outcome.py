"""How a job ends: what a handler raised becomes one of three commands, by one table."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeAlias

from workers.domain.errors import DomainError
from workers.ports.errors import Misconfigured, NotFound, PortError, Refused, Unavailable
from workers.runtime.contract import InvalidInput, InvalidOutput
from workers.runtime.definition import TaskDefinition
from workers.runtime.errors import Denied, JobGone, Permanent, RetryLater
from workers.runtime.texts import scrub, sentence, where

_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Completed:
    """Done; `variables` is JSON text."""

    variables: str


@dataclass(frozen=True, slots=True)
class BpmnError:
    """A business alternative: the model catches `code`."""

    code: str
    message: str
    variables: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The attempt failed. `retries` 0 raises an incident with `message`."""

    retries: int
    message: str
    backoff: timedelta = timedelta(0)
    cause: BaseException | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A listener's no: what it listens to does not happen, nothing of the attempt is kept."""

    reason: str


@dataclass(frozen=True, slots=True)
class HandedBack:
    """Not our turn: given back with its retries unchanged."""

    message: str
    backoff: timedelta = timedelta(0)
    cause: BaseException | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Gone:
    """Ended elsewhere: nothing to say to the engine."""

    reason: str


Outcome: TypeAlias = Completed | BpmnError | Refusal | Failed | HandedBack | Gone


@dataclass(frozen=True, slots=True)
class Case:
    """What went wrong, in which task, with how many retries left."""

    definition: TaskDefinition
    retries: int
    error: BaseException
    log: logging.LoggerAdapter[logging.Logger] | logging.Logger

    @property
    def system(self) -> str:
        """The system at fault."""
        return getattr(self.error, "system", "") or self.definition.options.system

    @property
    def about(self) -> str:
        """The id the failure is about, for a text."""
        reference = getattr(self.error, "reference", "")
        return f" on {reference}" if reference else ""


def _business(case: Case) -> Outcome:
    assert isinstance(case.error, DomainError)
    message = scrub(str(case.error))
    return BpmnError(case.error.code, message, json.dumps(case.error.variables, default=str))


def _retry(case: Case, text: str, *, at_least: timedelta | None) -> Outcome:
    policy = case.definition.options.retry
    left = policy.left(case.retries)
    backoff = max(policy.delay(case.retries), at_least or timedelta(0)) if left else timedelta(0)
    return Failed(left, scrub(text), backoff, case.error)


def _later(case: Case) -> Outcome:
    assert isinstance(case.error, RetryLater)
    return _retry(case, f"{sentence(str(case.error))} It is tried again later.", at_least=case.error.delay)


def _unavailable(case: Case) -> Outcome:
    assert isinstance(case.error, Unavailable)
    advice = "It is tried again; when no attempts are left, check that system and retry the incident."
    text = f"{case.system} did not answer{case.about}: {sentence(str(case.error))} {advice}"
    return _retry(case, text, at_least=case.error.retry_after)


def _incident(what: str, advice: str) -> Callable[[Case], Outcome]:
    def rule(case: Case) -> Outcome:
        named = what.format(system=case.system, task=case.definition.type, about=case.about)
        return Failed(0, scrub(f"{named}: {sentence(str(case.error))} {advice}"), cause=case.error)

    return rule


def _unnamed(case: Case) -> Outcome:
    assert isinstance(case.error, DomainError)
    named = f"{case.definition.type} met the business error {case.error.code}, which it does not declare"
    text = f"{named}: {sentence(str(case.error))}"
    return Failed(
        0, scrub(f"{text} Name it in raises= and catch it in the model, or mend the data and retry."), cause=case.error
    )


def _denied(case: Case) -> Outcome:
    return Refusal(scrub(str(case.error)))


def _gone(case: Case) -> Outcome:
    return Gone(str(case.error))


def _bug(case: Case) -> Outcome:
    case.log.error("handler of %s failed unexpectedly", case.definition.type, exc_info=case.error)
    text = f"{case.definition.type} failed unexpectedly: {where(case.error)}. The trace is in the worker's log under the job key."
    return _retry(case, text, at_least=None)


# The first line that fits decides.
RULES: tuple[tuple[type[BaseException], Callable[[Case], Outcome]], ...] = (
    (RetryLater, _later),
    (Denied, _denied),
    (Unavailable, _unavailable),
    (Permanent, _incident("{task} cannot succeed", "Mend the data or the model, then retry the incident.")),
    (NotFound, _incident("{system} does not know what was asked for{about}", "Check the id, then retry the incident.")),
    (Refused, _incident("{system} refused the request{about}", "Mend the data it complains about, then retry the incident.")),
    (Misconfigured, _incident("{system} does not accept our settings{about}", "Mend rights or address, then retry it.")),
    (PortError, _incident("{system} failed{about}", "Look at that system, then retry the incident.")),
    (InvalidInput, _incident("{task} cannot start", "Set the variables named here, then retry the incident.")),
    (InvalidOutput, _incident("{task} has a result that cannot be sent", "The task needs a fix; then retry the incident.")),
    (DomainError, _unnamed),
    (JobGone, _gone),
    (BaseException, _bug),
)  # fmt: skip


def outcome_of(case: Case) -> Outcome:
    """The end of a job whose handler raised `case.error`."""
    if isinstance(case.error, case.definition.options.raises):
        return _business(case)
    rule = next(rule for kind, rule in RULES if isinstance(case.error, kind))
    return rule(case)
