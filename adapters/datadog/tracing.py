"""Spans, joined from Kafka over our own services to the jobs of a process instance.

A process lives for days: one trace of that length is of no use. Every job is a trace of its own, tagged with the ids of its
process instance and linked to what moved that instance last (the record, request or job that published the message): its
context travels in the variable `_trace` (`{"traceparent": ..., "tracestate": ...}`). Spans of HTTP and SQL calls inside the
handler become its children, because the runtime runs handlers in the context of their job, on threads too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import Any

# The service's name where nobody says another: it is read when the library is loaded.
os.environ.setdefault("DD_SERVICE", "fsm-platform")

import ddtrace
from ddtrace.propagation.http import HTTPPropagator
from ddtrace.trace import Span, tracer

from adapters.datadog import TRACE_VARIABLE
from workers.ports.streams import Record

_FAILURES = frozenset({"Failed"})
# W3C's names: what a variable, a Kafka header and an HTTP header can all hold.
_CARRIED = ("traceparent", "tracestate")
_extract: Callable[[dict[str, str]], Any] = HTTPPropagator.extract


def install() -> None:
    """Spans of the libraries we call with, and trace ids in log records. Kafka and gRPC are left out: their long polls would
    make spans of nothing, so ours are made where something happens."""
    ddtrace.patch(fastapi=True, httpx=True, psycopg=True, logging=True)


async def trace_job(attempt: Any, proceed: Callable[[Any], Awaitable[Any]]) -> Any:
    """A middleware of the worker runtime (`workers.runtime.middleware`)."""
    with tracer.trace("camunda.job", resource=attempt.job.type, span_type="worker") as span:
        _describe(span, attempt.job)
        outcome = await proceed(attempt)
        _conclude(span, outcome)
        return outcome


def record_span(record: Record) -> AbstractContextManager[Span]:
    """The span of a record's processing: a child of the sender's span where its headers name one."""
    sender = _extract(dict(record.headers))
    known = sender if sender.trace_id is not None else None
    span = tracer.start_span("kafka.consume", child_of=known, resource=record.topic, span_type="worker", activate=True)
    span.set_tags({"kafka.topic": record.topic, "kafka.partition": str(record.partition)})
    span.set_tag("kafka.offset", str(record.offset))
    return span


def carrier() -> dict[str, str]:
    """The context of the present span, to travel on as the variable `_trace` or as headers."""
    span, headers = tracer.current_span(), dict[str, str]()
    if span is not None:
        HTTPPropagator.inject(span, headers)  # the span, not its context: sampling is decided here
    return {name: value for name, value in headers.items() if name in _CARRIED}


def _describe(span: Span, job: Any) -> None:
    # Keys are text: as numbers they would lose their last digits.
    span.set_tag("camunda.process_instance_key", str(job.process_instance_key))
    span.set_tag("camunda.process_id", job.process_id)
    span.set_tag("camunda.element_id", job.element_id)
    span.set_tag("camunda.job_key", str(job.key))
    span.set_metric("camunda.retries", job.retries)
    if f'"{TRACE_VARIABLE}"' in job.variables:
        origin = json.loads(job.variables).get(TRACE_VARIABLE)
        if isinstance(origin, dict) and origin:
            span.link_span(_extract(origin))


def _conclude(span: Span, outcome: Any) -> None:
    kind = type(outcome).__name__
    span.set_tag("camunda.outcome", kind)
    if kind in _FAILURES:
        span.error = 1
        span.set_tag("error.type", type(outcome.cause).__name__)
        span.set_tag("error.message", outcome.message)
