"""One span per job, joined to where the process instance began.

A process lives for days: one trace of that length is of no use. Every job is a trace of its own, tagged with the ids of its
process instance and linked to the span that started it, whose context travels in the variable `_trace`
(`{"traceparent": ..., "tracestate": ...}`). Spans of HTTP and SQL calls inside the handler become its children, because the
runtime runs handlers in the context of their job, on threads too.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from ddtrace.propagation.http import HTTPPropagator
from ddtrace.trace import Span, tracer

VARIABLE = "_trace"
_FAILURES = frozenset({"Failed"})


async def trace_job(attempt: Any, proceed: Callable[[Any], Awaitable[Any]]) -> Any:
    """A middleware of the worker runtime (`workers.runtime.middleware`)."""
    with tracer.trace("camunda.job", resource=attempt.job.type, span_type="worker") as span:
        _describe(span, attempt.job)
        outcome = await proceed(attempt)
        _conclude(span, outcome)
        return outcome


def carrier() -> dict[str, str]:
    """The context of the present span, to be started with a process instance as the variable `_trace`."""
    span, headers = tracer.current_span(), dict[str, str]()
    if span is not None:
        HTTPPropagator.inject(span.context, headers)
    return {name: value for name, value in headers.items() if name in ("traceparent", "tracestate")}


def _describe(span: Span, job: Any) -> None:
    span.set_tag("camunda.process_instance_key", str(job.process_instance_key))
    span.set_tag("camunda.process_id", job.process_id)
    span.set_tag("camunda.element_id", job.element_id)
    span.set_tag("camunda.job_key", str(job.key))
    span.set_metric("camunda.retries", job.retries)
    if f'"{VARIABLE}"' in job.variables:
        origin = json.loads(job.variables).get(VARIABLE)
        if isinstance(origin, dict) and origin:
            extract: Callable[[dict[str, str]], Any] = HTTPPropagator.extract
            span.link_span(extract(origin))


def _conclude(span: Span, outcome: Any) -> None:
    kind = type(outcome).__name__
    span.set_tag("camunda.outcome", kind)
    if kind in _FAILURES:
        span.error = 1
        span.set_tag("error.type", type(outcome.cause).__name__)
        span.set_tag("error.message", outcome.message)
