"""How a process of the platform runs: what its worker may take, and what goes around every job and record."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pkgutil import resolve_name
from typing import Any, cast

from adapters.datadog import TRACE_VARIABLE
from workers.ports.errors import Misconfigured
from workers.ports.streams import Record
from workers.runtime.middleware import Middleware
from workers.runtime.options import WorkerOptions
from workers.settings import Settings

# Connections that handlers leave free: for sweeps, events that went out, and reference data read meanwhile.
SPARE_CONNECTIONS = 4


def worker_options(settings: Settings, **given: Any) -> WorkerOptions:
    """How a worker works here: what the command line says, and what follows from the settings."""
    work, database = settings.work, settings.postgres
    connections = database.pool_size + database.max_overflow - SPARE_CONNECTIONS if database else None
    return WorkerOptions(
        systems=work.limits,
        keep_effects=work.keep_effects,
        # More threads than connections would only wait for each other.
        threads=max(1, connections) if connections else None,
        also_fetch=(TRACE_VARIABLE,) if settings.tracing else (),
        **given,
    )


def middleware(settings: Settings) -> tuple[Middleware, ...]:
    """What goes around every job, outermost first: its span, then what the settings name."""
    named = named_middleware(settings)
    if not settings.tracing:
        return named
    from adapters.datadog.tracing import trace_job

    return (trace_job, *named)


def named_middleware(settings: Settings) -> tuple[Middleware, ...]:
    """The functions `FSM_WORK__MIDDLEWARE` names. Raises `Misconfigured` for one that cannot be imported or is no function."""
    return tuple(_named(name) for name in settings.work.middleware)


def around_records(settings: Settings) -> Callable[[Record], AbstractContextManager[Any]]:
    """What goes around the processing of a record: its span."""
    if not settings.tracing:
        return lambda _: nullcontext()
    from adapters.datadog.tracing import record_span

    return record_span


def _named(name: str) -> Middleware:
    try:
        found = resolve_name(name)
    except (ImportError, AttributeError) as error:
        raise Misconfigured(
            f"FSM_WORK__MIDDLEWARE: expected {name} to be a function that can be imported, but: {error}"
        ) from error
    if not callable(found) or isinstance(found, type):
        kind = "class" if isinstance(found, type) else type(found).__name__
        raise Misconfigured(f"FSM_WORK__MIDDLEWARE: expected {name} to be a function, but it is a {kind}")
    return cast("Middleware", found)
