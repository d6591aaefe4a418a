"""What people and operators do in Tasklist and Operate, over the v2 REST API. Keys are strings there, ints here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from adapters.camunda.session import RestSession
from adapters.camunda.settings import CamundaSettings

_PAGE = 1_000


class CamundaRest:
    """User tasks, incidents, searches and the clock. Results are the API's own objects (`userTaskKey`, `elementId`, ...).

    Searches read an eventually consistent copy in production: what a command just did may be missing for a moment.
    """

    def __init__(self, settings: CamundaSettings, *, session: RestSession | None = None) -> None:
        self._session = session or RestSession(settings)

    def search(self, entity: str, **conditions: Any) -> Iterator[dict[str, Any]]:
        """All objects of an entity (`user-tasks`, `incidents`, `jobs`, `process-instances`, `element-instances`, `variables`,
        `decision-instances`) that meet the filter, page by page."""
        page: dict[str, Any] = {"limit": _PAGE}
        filters = {name: _plain(value) for name, value in conditions.items()}
        while True:
            answer = self._session.request("POST", f"/v2/{entity}/search", {"filter": filters, "page": page})
            yield from answer["items"]
            cursor = answer["page"].get("endCursor")
            if len(answer["items"]) < _PAGE or not cursor:
                return
            page = {"limit": _PAGE, "after": cursor}

    def user_tasks(self, **conditions: Any) -> list[dict[str, Any]]:
        """Open user tasks (state CREATED) that meet the filter."""
        return list(self.search("user-tasks", **{"state": "CREATED", **conditions}))

    def assign(self, user_task_key: int | str, assignee: str, *, override: bool = True) -> None:
        """Assigns a user task; `override=False` is Tasklist's claim, a `Conflict` when somebody else has it."""
        body = {"assignee": assignee, "allowOverride": override}
        self._session.request("POST", f"/v2/user-tasks/{user_task_key}/assignment", body, reference=str(user_task_key))

    def complete(self, user_task_key: int | str, variables: Mapping[str, Any] | None = None) -> None:
        """Completes a user task with the form's variables."""
        body = {"variables": dict(variables or {})}
        self._session.request("POST", f"/v2/user-tasks/{user_task_key}/completion", body, reference=str(user_task_key))

    def form(self, user_task_key: int | str) -> dict[str, Any] | None:
        """The form's schema, None when the task has no form."""
        answer = self._session.request("GET", f"/v2/user-tasks/{user_task_key}/form", reference=str(user_task_key))
        return json.loads(answer["schema"]) if answer else None

    def variables(self, process_instance_key: int | str) -> dict[str, Any]:
        """The root variables of an instance, parsed."""
        found = self.search(
            "variables", processInstanceKey=str(process_instance_key), scopeKey=str(process_instance_key)
        )
        return {item["name"]: json.loads(item["value"]) for item in found}

    def incidents(self, **conditions: Any) -> list[dict[str, Any]]:
        """Open incidents that meet the filter."""
        return list(self.search("incidents", **{"state": "ACTIVE", **conditions}))

    def resolve(self, incident: Mapping[str, Any], *, retries: int = 1) -> None:
        """Gives the incident's job new retries first (an incident of a job without retries cannot be resolved), then resolves."""
        if incident.get("jobKey"):
            body = {"changeset": {"retries": retries}}
            self._session.request("PATCH", f"/v2/jobs/{incident['jobKey']}", body, reference=incident["jobKey"])
        key = incident["incidentKey"]
        self._session.request("POST", f"/v2/incidents/{key}/resolution", reference=key)

    def pin_clock(self, instant: datetime) -> None:
        """Stops the engine's clock at an instant (needs clock control on; never on in production)."""
        self._session.request("PUT", "/v2/clock", {"timestamp": int(instant.timestamp() * 1000)})

    def reset_clock(self) -> None:
        """Lets the engine follow the system's clock again."""
        self._session.request("POST", "/v2/clock/reset")

    def now(self) -> datetime:
        """What time it is for the engine."""
        answer = self._session.request("GET", "/actuator/clock")
        return datetime.fromtimestamp(answer["epochMilli"] / 1000, UTC)


def _plain(value: Any) -> Any:
    """Keys are numbers in our code and strings in the API; flags stay flags."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
