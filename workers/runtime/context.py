"""What a handler may know about its job."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from workers.ports.jobs import ActivatedJob

_LOG = logging.getLogger("workers.tasks")
# A fixed namespace: the same effect key and parts give the same id in every process and release.
_SUBKEYS = UUID("5f0f8a52-6d0d-4f3c-9b43-0a4c1c7d3b11")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The job around a handler's input. `key` is the effect key: hand it (or a `subkey`) to every outside call."""

    job_key: int
    type: str
    process_instance_key: int
    process_id: str
    element_id: str
    element_instance_key: int
    retries: int
    key: str
    job: ActivatedJob = field(repr=False, compare=False)
    worker: str = ""
    tenant_id: str = ""

    # Made when somebody asks: most handlers do not, and a job costs microseconds.
    @property
    def deadline(self) -> datetime:
        """When the job times out as activated, by the engine's clock; the runtime extends it while the handler runs."""
        return datetime.fromtimestamp(max(self.job.deadline, 0) / 1000, UTC)

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers the model sets (`zeebe:taskHeaders`); a `TaskHeaders` parameter gets them typed."""
        headers: Mapping[str, str] = json.loads(self.job.headers or "{}")
        return headers

    @property
    def log(self) -> logging.LoggerAdapter[logging.Logger]:
        """A logger whose records carry the ids of the job."""
        return job_logger(
            _LOG, job_key=self.job_key, task_type=self.type, process_instance_key=self.process_instance_key
        )

    def subkey(self, *parts: object) -> str:
        """A deterministic id for one of several effects of this job, such as one message per recipient.

        It is a hash: an address used as a part cannot be read from it.
        """
        return str(uuid5(_SUBKEYS, "\x1f".join((self.key, *map(str, parts)))))


class JobLogger(logging.LoggerAdapter[logging.Logger]):
    """Adds the job's ids to a record without hiding what the caller adds (the standard adapter does before Python 3.13)."""

    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        """Merges both sets of attributes; the caller's win."""
        kwargs["extra"] = {**(self.extra or {}), **kwargs.get("extra", {})}
        return msg, kwargs


def job_logger(logger: logging.Logger, **ids: Any) -> logging.LoggerAdapter[logging.Logger]:
    """A logger whose records carry the job's ids as attributes (structured logging picks them up)."""
    return JobLogger(logger, ids)
