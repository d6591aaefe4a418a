"""Who did which human task, from the task list of Camunda 8."""

from __future__ import annotations

from datetime import datetime

from adapters.camunda.rest import CamundaRest


class RestTaskLog:
    """Implements `workers.ports.people.TaskLog`."""

    def __init__(self, rest: CamundaRest) -> None:
        self._rest = rest

    def done_by(self, process_instance_key: int, *element_ids: str) -> str | None:
        """The assignee of the newest completed task of these elements; None when none is shown."""
        where = {"processInstanceKey": process_instance_key, "state": "COMPLETED"}
        done = [task for name in element_ids for task in self._rest.search("user-tasks", elementId=name, **where)]
        newest = max(done, key=lambda task: int(task["userTaskKey"]), default=None)
        return (newest.get("assignee") or None) if newest else None


class RestTaskList:
    """Implements `workers.ports.people.TaskList`."""

    def __init__(self, rest: CamundaRest) -> None:
        self._rest = rest

    def update(self, user_task_key: int, *, due: datetime, priority: int) -> None:
        """Due date and priority in one change."""
        self._rest.change(user_task_key, {"dueDate": due.isoformat(), "priority": priority})

    def assign(self, user_task_key: int, person: str) -> None:
        """Whoever had it."""
        self._rest.assign(user_task_key, person)

    def withdraw(self, process_instance_key: int, element_instance_key: int) -> None:
        """A modification that ends this one element."""
        self._rest.terminate(process_instance_key, element_instance_key)
