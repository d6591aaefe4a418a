"""What a handler may raise beside domain and port errors, and what the runtime refuses at start-up.

TaskSignal
├── Permanent           this job can never succeed as it is: an incident, no more attempts
├── RetryLater          nothing is wrong, it is only too early: try again after `delay`
└── Denied              a listener of a user task says no: the person who acted reads why
RuntimeMistake
├── InvalidTask         a `@task` declaration that cannot work; raised at import
└── MissingProvider     a handler asks for something bootstrap does not provide; raised at start-up
JobGone                 the job ended elsewhere while its handler ran; its transaction is rolled back
"""

from __future__ import annotations

from datetime import timedelta


class TaskSignal(Exception):
    """A handler says how its job goes on."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (self.__doc__ or "").strip().splitlines()[0])


class Permanent(TaskSignal):
    """The job cannot succeed, however often it is tried."""


class RetryLater(TaskSignal):
    """It is too early; try again later."""

    def __init__(self, message: str = "", *, delay: timedelta | None = None) -> None:
        super().__init__(message)
        self.delay = delay


class Denied(TaskSignal):
    """What this job listens to must not happen."""


class RuntimeMistake(Exception):
    """The program is put together wrongly."""


class InvalidTask(RuntimeMistake):
    """A task declaration cannot work."""


class MissingProvider(RuntimeMistake):
    """A handler asks for a resource nobody provides."""


class JobGone(Exception):
    """The job ended elsewhere while its handler ran."""
