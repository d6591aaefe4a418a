"""Who did which human task, from the task list of Camunda 8."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from adapters.camunda.rest import CamundaRest
from adapters.camunda.session import RestSession

# What listeners and the task's history read about who did it.
ACTION = "escalation"


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

    def __init__(self, session: RestSession) -> None:
        self._session = session

    def update(self, user_task_key: int, *, due: datetime, priority: int) -> None:
        """Due date and priority in one change."""
        body = {"changeset": {"dueDate": due.isoformat(), "priority": priority}, "action": ACTION}
        self._session.request("PATCH", f"/v2/user-tasks/{user_task_key}", body, reference=str(user_task_key))

    def assign(self, user_task_key: int, person: str) -> None:
        """Whoever had it."""
        body = {"assignee": person, "allowOverride": True, "action": ACTION}
        self._session.request("POST", f"/v2/user-tasks/{user_task_key}/assignment", body, reference=str(user_task_key))

    def show(self, element_instance_key: int, variables: Mapping[str, Any]) -> None:
        """Local variables of the task's element."""
        body = {"variables": dict(variables), "local": True}
        path = f"/v2/element-instances/{element_instance_key}/variables"
        self._session.request("PUT", path, body, reference=str(element_instance_key))

    def withdraw(self, process_instance_key: int, element_instance_key: int) -> None:
        """A modification that ends this one element."""
        body = {"terminateInstructions": [{"elementInstanceKey": str(element_instance_key)}]}
        path = f"/v2/process-instances/{process_instance_key}/modification"
        self._session.request("POST", path, body, reference=str(element_instance_key))
