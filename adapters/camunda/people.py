"""Who did which human task, from the task list of Camunda 8."""

from __future__ import annotations

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
