"""Jobs by key, and by type those a worker may have."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from zeebelet.records import Job
from zeebelet.state.tables.schedule import KeyQueue, Schedule

ACTIVATABLE = "ACTIVATABLE"
ACTIVATED = "ACTIVATED"
FAILED = "FAILED"
ERROR_THROWN = "ERROR_THROWN"


@dataclass(slots=True)
class JobEntry:
    """A job and where it stands."""

    value: Job
    state: str


class JobTable:
    """Every job that is not over."""

    def __init__(self) -> None:
        self._jobs: dict[int, JobEntry] = {}
        self._activatable: dict[str, KeyQueue] = {}
        self.deadlines = Schedule()
        self.backoffs = Schedule()

    def get(self, key: int) -> JobEntry | None:
        """A job by key."""
        return self._jobs.get(key)

    def activatable(self, job_type: str) -> Collection[int]:
        """Keys a worker may have, lowest first."""
        return self._activatable.get(job_type, ())

    def activatable_types(self) -> list[str]:
        """Types with at least one job a worker may have."""
        return [job_type for job_type, queue in self._activatable.items() if len(queue)]

    def all(self) -> Iterable[tuple[int, JobEntry]]:
        """Every job, oldest first."""
        return self._jobs.items()

    def __len__(self) -> int:
        return len(self._jobs)

    def put(self, key: int, value: Job, state: str) -> None:
        """Set a job's value and state, and file it accordingly."""
        entry = self._jobs.get(key)
        if entry is None:
            entry = self._jobs[key] = JobEntry(value, state)
        else:
            self._unfile(key, entry)
            entry.value, entry.state = value, state
        self._file(key, value, state)

    def remove(self, key: int) -> None:
        """A job that is over."""
        entry = self._jobs.pop(key, None)
        if entry is not None:
            self._unfile(key, entry)

    def _file(self, key: int, value: Job, state: str) -> None:
        if state == ACTIVATABLE:
            if value.retries > 0:
                queue = self._activatable.get(value.type)
                if queue is None:
                    queue = self._activatable[value.type] = KeyQueue()
                queue.add(key)
        elif state == ACTIVATED:
            self.deadlines.put(key, value.deadline)
        elif state == FAILED and value.recurring_time > 0 and value.retries > 0:
            self.backoffs.put(key, value.recurring_time)

    def _unfile(self, key: int, entry: JobEntry) -> None:
        if entry.state == ACTIVATABLE:
            queue = self._activatable.get(entry.value.type)
            if queue is not None:
                queue.discard(key)
                if not len(queue):
                    del self._activatable[entry.value.type]
        elif entry.state == ACTIVATED:
            self.deadlines.discard(key)
        elif entry.state == FAILED:
            self.backoffs.discard(key)
