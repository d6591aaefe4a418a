"""Jobs and user tasks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol

from zeebelet.records import Job, UserTask
from zeebelet.state.views.indexed import Schedule


class JobEntry(Protocol):
    """A job and where it stands."""

    @property
    def value(self) -> Job:
        """The job."""
        ...

    @property
    def state(self) -> str:
        """ACTIVATABLE, ACTIVATED, FAILED or ERROR_THROWN."""
        ...


class Jobs(Protocol):
    """Jobs."""

    @property
    def deadlines(self) -> Schedule:
        """When activated jobs time out."""
        ...

    @property
    def backoffs(self) -> Schedule:
        """When failed jobs come back."""
        ...

    def get(self, key: int) -> JobEntry | None:
        """By key."""
        ...

    def activatable(self, job_type: str) -> Collection[int]:
        """Those a worker may have, lowest key first."""
        ...

    def activatable_types(self) -> list[str]:
        """Types with at least one such job."""
        ...

    def all(self) -> Iterable[tuple[int, JobEntry]]:
        """Every job, oldest first."""
        ...

    def __len__(self) -> int: ...


class UserTaskEntry(Protocol):
    """A native user task and where it stands."""

    @property
    def value(self) -> UserTask:
        """The task."""
        ...

    @property
    def state(self) -> str:
        """Its life-cycle state: CREATED, ASSIGNING, ..."""
        ...

    @property
    def pending(self) -> UserTask | None:
        """What the running transition asks for."""
        ...

    @property
    def before(self) -> str:
        """The state a denial returns to."""
        ...

    @property
    def listener_index(self) -> int:
        """How many task listeners of the running transition are done."""
        ...


class UserTasks(Protocol):
    """Native user tasks."""

    def get(self, key: int) -> UserTaskEntry | None:
        """By key."""
        ...

    def all(self) -> Mapping[int, UserTaskEntry]:
        """Every one, oldest first."""
        ...
