"""Who did what in Tasklist: read where people log in, never from what a form says about itself. And what we change there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol


class TaskLog(Protocol):
    """Human tasks that were done. Raises `Unavailable` when the task list does not answer."""

    def done_by(self, process_instance_key: int, *element_ids: str) -> str | None:
        """The person who completed the newest task of these elements in a process instance.

        None when the list does not show it: it may lag behind the process for a moment.
        """
        ...


class TaskList(Protocol):
    """Human tasks that are open. Raises `NotFound` or `Conflict` for a task that is gone, `Unavailable` for no answer."""

    def update(self, user_task_key: int, *, due: datetime, priority: int) -> None:
        """Sets when a task is due and how urgent it is (0 to 100)."""
        ...

    def assign(self, user_task_key: int, person: str) -> None:
        """Gives a task to a person, whoever had it."""
        ...

    def show(self, element_instance_key: int, variables: Mapping[str, Any]) -> None:
        """Sets variables of this task alone, for its form."""
        ...

    def withdraw(self, process_instance_key: int, element_instance_key: int) -> None:
        """Ends one task without an answer, and whatever waits for nothing else."""
        ...
