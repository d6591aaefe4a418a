"""What support does in Operate, over the v2 REST API: one task, one instance, what it waits for; cancelling and moving tokens."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from adapters.camunda.rest import CamundaRest
from adapters.camunda.session import RestSession
from workers.ports.errors import NotFound, PortError

OPEN_JOBS = ("CREATED", "FAILED", "TIMED_OUT", "RETRIES_UPDATED")
_MOST_CALLS_DEEP = 20


class CamundaDesk:
    """Looks at instances and changes them. Keys are texts, as the API has them; results are the API's own objects."""

    def __init__(self, rest: CamundaRest, session: RestSession) -> None:
        self._rest, self._session = rest, session

    def task(self, key: str) -> dict[str, Any]:
        """One user task; `NotFound` when there is none."""
        return self._get("user-tasks", key)

    def task_variables(self, key: str) -> dict[str, Any]:
        """Every variable a task sees, parsed."""
        path = f"/v2/user-tasks/{key}/effective-variables/search?truncateValues=false"
        answer = self._session.request("POST", path, {"page": {"limit": 10_000}}, reference=key)
        return {item["name"]: json.loads(item["value"]) for item in answer["items"]}

    def instance(self, key: str) -> dict[str, Any]:
        """One process instance; `NotFound` when there is none."""
        return self._get("process-instances", key)

    def incident(self, key: str) -> dict[str, Any]:
        """One incident; `NotFound` when there is none."""
        return self._get("incidents", key)

    def _get(self, entity: str, key: str) -> dict[str, Any]:
        found = self._session.request("GET", f"/v2/{entity}/{key}", reference=key)
        if not isinstance(found, dict):
            raise NotFound(f"Expected {entity} {key}, but there is none", reference=key)
        return found

    def family(self, key: str) -> Iterator[dict[str, Any]]:
        """The active instances an instance called, itself first, level by level."""
        level = [self.instance(key)]
        for _ in range(_MOST_CALLS_DEEP):
            yield from level
            level = [
                called
                for above in level
                for called in self._rest.search(
                    "process-instances", parentProcessInstanceKey=above["processInstanceKey"], state="ACTIVE"
                )
            ]
            if not level:
                return

    def roots_of(self, order_key: str) -> list[dict[str, Any]]:
        """The active journeys of an order, found by their variable `orderKey`."""
        wanted = [{"name": "orderKey", "value": json.dumps(order_key)}]
        found = self._rest.search("process-instances", state="ACTIVE", variables=wanted)
        return [instance for instance in found if not instance.get("parentProcessInstanceKey")]

    def waiting(self, key: str) -> Mapping[str, list[dict[str, Any]]]:
        """What one instance waits for: tasks of people, messages, timers, jobs, and incidents that stop it."""
        return {
            "tasks": self._rest.user_tasks(processInstanceKey=key),
            "messages": list(
                self._rest.search("message-subscriptions", processInstanceKey=key, messageSubscriptionState="CREATED")
            ),
            "jobs": list(self._rest.search("jobs", processInstanceKey=key, state={"$in": list(OPEN_JOBS)})),
            "incidents": self._rest.incidents(processInstanceKey=key),
            "timers": [timer for timer in self.timers() if timer["processInstanceKey"] == key],
        }

    def timers(self) -> list[dict[str, Any]]:
        """The timers that are set, earliest first, as far as the engine tells: the embedded one does, a cluster does not."""
        try:
            answer = self._session.request("GET", "/actuator/timers/pending")
        except PortError:
            return []
        return list(answer["items"])

    def cancel(self, key: str) -> None:
        """Cancels an instance and everything it called."""
        self._session.request("POST", f"/v2/process-instances/{key}/cancellation", reference=key)

    def move(self, key: str, source: str, target: str) -> None:
        """Moves every token of an element to another element of the same process."""
        instruction = {
            "sourceElementInstruction": {"sourceType": "byId", "sourceElementId": source},
            "targetElementId": target,
            "ancestorScopeInstruction": {"ancestorScopeType": "inferred"},
        }
        body = {"moveInstructions": [instruction]}
        self._session.request("POST", f"/v2/process-instances/{key}/modification", body, reference=key)
