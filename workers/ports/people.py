"""Who did what in Tasklist: read where people log in, never from what a form says about itself."""

from __future__ import annotations

from typing import Protocol


class TaskLog(Protocol):
    """Human tasks that were done. Raises `Unavailable` when the task list does not answer."""

    def done_by(self, process_instance_key: int, *element_ids: str) -> str | None:
        """The person who completed the newest task of these elements in a process instance.

        None when the list does not show it: it may lag behind the process for a moment.
        """
        ...
