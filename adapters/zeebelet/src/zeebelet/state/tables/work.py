"""Incidents and user tasks."""

from __future__ import annotations

from dataclasses import dataclass

from zeebelet.records import Incident, UserTask
from zeebelet.state.tables.subscriptions import Indexed


class IncidentTable(Indexed[Incident]):
    """Open incidents by key, by element instance and by job."""

    def __init__(self) -> None:
        super().__init__(
            element=lambda incident: incident.element_instance_key,
            job=lambda incident: incident.job_key,
            instance=lambda incident: incident.process_instance_key,
        )


@dataclass(slots=True)
class UserTaskEntry:
    """A native user task: its value, its life-cycle state, what a running transition asks for, the listener it is at."""

    value: UserTask
    state: str
    pending: UserTask | None = None
    before: str = ""  # the state to return to when a listener denies
    listener_index: int = 0


class UserTaskTable:
    """Native user tasks that are not over."""

    def __init__(self) -> None:
        self._tasks: dict[int, UserTaskEntry] = {}

    def get(self, key: int) -> UserTaskEntry | None:
        """A user task by key."""
        return self._tasks.get(key)

    def all(self) -> dict[int, UserTaskEntry]:
        """Every user task, oldest first."""
        return self._tasks

    def put(self, key: int, entry: UserTaskEntry) -> None:
        """Add or change a task."""
        self._tasks[key] = entry

    def remove(self, key: int) -> None:
        """A task that is over."""
        self._tasks.pop(key, None)
