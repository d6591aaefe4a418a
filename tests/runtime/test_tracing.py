"""Spans of jobs, as Datadog's own library makes them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from typing import Any

import pytest

os.environ.setdefault("DD_INSTRUMENTATION_TELEMETRY_ENABLED", "false")
os.environ.setdefault("DD_REMOTE_CONFIGURATION_ENABLED", "false")
os.environ.setdefault("DD_TRACE_STARTUP_LOGS", "false")

from ddtrace.trace import TraceFilter, tracer

from adapters.datadog.tracing import carrier, trace_job
from workers.ports.errors import Unavailable
from workers.runtime import Context, TaskInput
from workers.runtime.registry import Registry
from workers.runtime.testing import TaskEnvironment


class Keep(TraceFilter):
    """Keeps finished traces instead of sending them."""

    def __init__(self) -> None:
        self.traces: list[list[Any]] = []

    def process_trace(self, trace: list[Any]) -> None:
        self.traces.append(trace)


class Nothing(TaskInput):
    """No variables."""


def blocking(data: Nothing, ctx: Context) -> None:
    with tracer.trace("inside"):
        if ctx.retries == 1:
            raise Unavailable("503", system="erp")


@pytest.fixture
def kept() -> Iterator[Keep]:
    keep = Keep()
    tracer.configure(trace_processors=[keep])
    yield keep
    tracer.configure(trace_processors=[])


@pytest.fixture
def env() -> TaskEnvironment:
    made = Registry()
    made.task("visit", effect="none")(blocking)
    return TaskEnvironment(tasks=made, middleware=[trace_job])


def test_a_job_is_a_trace_with_its_instance_and_its_children(kept: Keep, env: TaskEnvironment) -> None:
    """Spans made on the handler's thread are children of the job's span."""
    env.run("visit", {})
    job, inside = kept.traces[-1]

    assert (job.name, job.resource, job.get_tag("camunda.outcome")) == ("camunda.job", "visit", "Completed")
    assert job.get_tag("camunda.process_instance_key") == "10001"
    assert inside.parent_id == job.span_id


def test_a_failed_attempt_is_an_error_with_our_text(kept: Keep, env: TaskEnvironment) -> None:
    """The span says what the incident will say."""
    env.run("visit", {}, retries=1)
    job = kept.traces[-1][0]

    assert (job.error, job.get_tag("error.type")) == (1, "Unavailable")
    assert "erp did not answer" in job.get_tag("error.message")


def test_a_job_is_linked_to_where_its_instance_began(kept: Keep, env: TaskEnvironment) -> None:
    """The context travels as a variable; days later the job's trace points back to the intake's."""
    with tracer.trace("intake") as origin:
        variables = {"_trace": carrier()}
    env.run("visit", variables)
    job = kept.traces[-1][0]

    assert job.trace_id != origin.trace_id
    assert [link.span_id for link in job._get_links()] == [origin.span_id]


def test_without_a_span_nothing_is_carried() -> None:
    """An instance started outside a trace carries no empty shell."""
    assert asyncio.run(_carried()) == {}


async def _carried() -> dict[str, str]:
    return carrier()
