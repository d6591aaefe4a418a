"""Jobs done by a test instead of a worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from zeebelet.records import Job, JobBatch, Record
from zeebelet.state.views import Views

WORKER = "test"
JOB_MILLISECONDS = 300_000


class JobFailure(Exception):
    """Raised by a mocked job: it fails with the retries left (0 makes an incident)."""

    def __init__(self, message: str = "mocked failure", *, retries: int = 0, backoff: timedelta = timedelta()) -> None:
        super().__init__(message)
        self.retries, self.backoff = retries, backoff


class BpmnError(Exception):
    """Raised by a mocked job: a BPMN error with a code and variables."""

    def __init__(self, code: str, message: str = "", **variables: Any) -> None:
        super().__init__(message or code)
        self.code, self.variables = code, variables


@dataclass(frozen=True, slots=True)
class MockedJob:
    """A job as a mock sees it."""

    key: int
    type: str
    element_id: str
    variables: Mapping[str, Any]
    headers: Mapping[str, str]
    retries: int


Handler = Callable[[MockedJob], Mapping[str, Any] | None]


class Mocks:
    """Handlers by job type; `submit` sends a command to the engine."""

    def __init__(self, submit: Callable[..., Record], state: Views) -> None:
        self._submit, self._state = submit, state
        self._handlers: dict[str, Handler] = {}

    def add(self, job_type: str, result: Mapping[str, Any] | Exception | Handler | None) -> None:
        """Jobs of this type complete with `result`, raise it, or get what `result(job)` returns."""
        self._handlers[job_type] = result if callable(result) else lambda _job: _given(result)

    def do_next(self) -> bool:
        """Does one waiting job of a mocked type; False when there is none."""
        for job_type, handler in self._handlers.items():
            batch = self._submit("JOB_BATCH", "ACTIVATE", JobBatch(job_type, WORKER, JOB_MILLISECONDS, 1)).value
            for key, job in zip(batch.job_keys, batch.jobs, strict=True):
                self._do(
                    handler, MockedJob(key, job.type, job.element_id, job.variables, job.custom_headers, job.retries)
                )
                return True
        return False

    def _do(self, handler: Handler, job: MockedJob) -> None:
        value = self._state.jobs.get(job.key).value  # type: ignore[union-attr]  # just activated
        try:
            result = handler(job)
        except BpmnError as error:
            thrown = value._replace(error_code=error.code, error_message=str(error), variables=error.variables)
            self._submit("JOB", "THROW_ERROR", thrown, key=job.key)
        except JobFailure as failure:
            self._submit("JOB", "FAIL", _failed(value, failure), key=job.key)
        else:
            self._submit("JOB", "COMPLETE", value._replace(variables=dict(result or {})), key=job.key)


def _given(result: Mapping[str, Any] | Exception | None) -> Mapping[str, Any] | None:
    if isinstance(result, Exception):
        raise result
    return result


def _failed(job: Job, failure: JobFailure) -> Job:
    backoff = int(failure.backoff.total_seconds() * 1000)
    return job._replace(retries=failure.retries, error_message=str(failure), retry_backoff=backoff)
