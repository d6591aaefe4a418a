"""Hands jobs out to workers."""

from __future__ import annotations

import json
from collections.abc import Iterable

from zeebelet.errors import invalid_argument
from zeebelet.processors import incidents
from zeebelet.processors.context import Context
from zeebelet.records import Job, JobBatch, JsonObject, Record

_SURELY_SMALL = 64  # variables: below this many, and with short texts only, no JSON is written just to measure it


def activate(ctx: Context, command: Record) -> None:
    """JOB_BATCH/ACTIVATE: the oldest jobs of a type, with the variables they see."""
    batch: JobBatch = command.value
    _check(batch)
    keys: list[int] = []
    jobs: list[Job] = []
    too_large: list[tuple[int, Job, int]] = []
    room = ctx.config.max_message_size
    truncated = False
    for key in _candidates(ctx, batch):
        if len(keys) >= batch.max_jobs_to_activate:
            break
        job = _activated(ctx, key, batch)
        size = _size(job.variables)
        if size <= room:
            room -= size
            keys.append(key)
            jobs.append(job)
        elif size > ctx.config.max_message_size:
            too_large.append((key, job, size))
        else:
            truncated = True
            break
    value = batch._replace(job_keys=tuple(keys), jobs=tuple(jobs), truncated=truncated)
    ctx.answer(command, ctx.event("JOB_BATCH", "ACTIVATED", ctx.next_key(), value))
    for key, job, size in too_large:
        _refuse(ctx, key, job, size)


def _candidates(ctx: Context, batch: JobBatch) -> Iterable[int]:
    """The oldest first; a stream asks for the very jobs that became activatable, so that the backlog stays for those who poll."""
    activatable = ctx.state.jobs.activatable(batch.type)
    return [key for key in batch.job_keys if key in activatable] if batch.job_keys else activatable


def _check(batch: JobBatch) -> None:
    if not batch.type.strip():
        raise invalid_argument("Expected to activate job batch with type to be present, but it was blank")
    if batch.timeout < 1:
        raise invalid_argument(
            f"Expected to activate job batch with timeout to be greater than zero, but it was '{batch.timeout}'"
        )
    if batch.max_jobs_to_activate < 1:
        raise invalid_argument(
            "Expected to activate job batch with max jobs to activate to be greater than zero, "
            f"but it was '{batch.max_jobs_to_activate}'"
        )


def _activated(ctx: Context, key: int, batch: JobBatch) -> Job:
    entry = ctx.state.jobs.get(key)
    assert entry is not None
    job = entry.value
    visible = _variables(ctx, job, batch.fetch_variables)
    return job._replace(worker=batch.worker, deadline=ctx.now + batch.timeout, variables=visible)


def _variables(ctx: Context, job: Job, wanted: tuple[str, ...]) -> JsonObject:
    if not wanted:
        return ctx.state.variables.document(job.element_instance_key) | job.variables
    found: JsonObject = {}
    for name in wanted:
        entry = ctx.state.variables.visible(job.element_instance_key, name)
        if entry is not None:
            found[name] = entry[1]
    return found | {name: value for name, value in job.variables.items() if name in wanted}


def _size(variables: JsonObject) -> int:
    """Bytes as JSON, or an upper bound where that is cheaper to tell."""
    if len(variables) <= _SURELY_SMALL and all(
        isinstance(value, int | float | None) or (isinstance(value, str) and len(value) < 256)
        for value in variables.values()
    ):
        return 400 * len(variables)
    return len(json.dumps(variables))


def _refuse(ctx: Context, key: int, job: Job, size: int) -> None:
    """A job that no message can hold waits until its variables are smaller."""
    incidents.raise_for_job(
        ctx,
        key,
        job._replace(variables={}),
        error_type="MESSAGE_SIZE_EXCEEDED",
        message=(
            f"The job with key '{key}' can not be activated, because with {size // 1024} KB it is larger than the "
            "configured message size (per default is 4 MB). Try to reduce the size by reducing the number of fetched "
            "variables or modifying the variable values."
        ),
    )


PROCESSORS = {("JOB_BATCH", "ACTIVATE"): activate}
