"""How a worker process works. The defaults are meant to be good for production."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta


def _name() -> str:
    return socket.gethostname()


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerOptions:
    """`max_active` is the number of jobs the process holds at a time, shared fairly by its task types; `systems` limits the
    jobs that talk to one outside system at a time; `threads` limits the blocking handlers that run at a time; `drain` bounds a
    graceful stop; `budget` is the size limit of outputs; `also_fetch` names variables that come with every job, for middleware.
    `keep_effects` must outlive every process instance: an incident may be resolved months later, and its job must still find
    its stored result."""

    name: str = field(default_factory=_name)
    max_active: int = 256
    systems: Mapping[str, int] = field(default_factory=dict)
    threads: int | None = None
    stream: bool = True
    long_poll: timedelta = timedelta(seconds=10)
    stream_age: timedelta = timedelta(minutes=5)
    drain: timedelta = timedelta(seconds=25)
    budget: int = 256 * 1024
    republish_every: timedelta = timedelta(seconds=15)
    keep_effects: timedelta = timedelta(days=180)
    tenant_ids: tuple[str, ...] = ()
    also_fetch: tuple[str, ...] = ()
    circuit_threshold: int = 5
    circuit_first: timedelta = timedelta(seconds=1)
    circuit_cap: timedelta = timedelta(seconds=60)
