"""Everything a person can do on a page: each action is one request of the REST API, made of the fields of its form."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from zeebelet.console.rest import Request
from zeebelet.gateway.errors import InvalidRequestError
from zeebelet.records import JsonObject

Fields = Mapping[str, str]


class Action(NamedTuple):
    """What a button asks of the API, what is said when it was done, whether to ask twice, and what has to be asked first."""

    request: Callable[[Fields], Request]
    said: str
    asks: str = ""
    first: Callable[[Fields], Request] | None = None

    def requests(self, fields: Fields) -> list[Request]:
        """Returns everything it asks, in order."""
        return [make(fields) for make in (self.first, self.request) if make is not None]


def _json(fields: Fields, name: str) -> Any:
    text = fields.get(name, "").strip()
    try:
        return json.loads(text) if text else None
    except ValueError as error:
        raise InvalidRequestError(
            f'Expected a JSON value, such as "text", 12 or true, but it reads {text}: {error}'
        ) from error


def _object(fields: Fields, name: str) -> JsonObject:
    value = _json(fields, name)
    if value is not None and not isinstance(value, dict):
        raise InvalidRequestError(f"Expected a JSON object with variables, but it is {fields[name]}.")
    return value or {}


def _post(path: str, body: JsonObject | None = None) -> Request:
    return Request("POST", f"/v2{path}", body)


def _task(fields: Fields) -> str:
    return f"/user-tasks/{fields['key']}"


def _instance(fields: Fields) -> str:
    return f"/process-instances/{fields['key']}"


def _assign(fields: Fields, *, claim: bool) -> Request:
    body: JsonObject = {"assignee": fields.get("assignee", ""), "allowOverride": not claim}
    return _post(f"{_task(fields)}/assignment", body)


def _update(fields: Fields) -> Request:
    changes: JsonObject = {}
    if fields.get("priority"):
        changes["priority"] = _json(fields, "priority")
    for name in ("dueDate", "followUpDate"):
        if name in fields:
            changes[name] = fields[name]
    if "candidateGroups" in fields:
        changes["candidateGroups"] = [group.strip() for group in fields["candidateGroups"].split(",") if group.strip()]
    return Request("PATCH", f"/v2{_task(fields)}", {"changeset": changes})


def _set_variable(fields: Fields) -> Request:
    body: JsonObject = {"variables": {fields["name"]: _json(fields, "value")}, "local": True}
    return Request("PUT", f"/v2/element-instances/{fields['scope']}/variables", body)


def _move(fields: Fields) -> Request:
    body: JsonObject = {
        "moveInstructions": [
            {
                "sourceElementInstruction": {
                    "sourceType": "byKey",
                    "sourceElementInstanceKey": fields["source"],
                },
                "targetElementId": fields["target"],
                "ancestorScopeInstruction": {"ancestorScopeType": "inferred"},
            }
        ]
    }
    return _post(f"{_instance(fields)}/modification", body)


def _activate(fields: Fields) -> Request:
    return _post(f"{_instance(fields)}/modification", {"activateInstructions": [{"elementId": fields["target"]}]})


def _terminate(fields: Fields) -> Request:
    body: JsonObject = {"terminateInstructions": [{"elementInstanceKey": fields["source"]}]}
    return _post(f"{_instance(fields)}/modification", body)


def _migrate(fields: Fields) -> Request:
    mapping = [
        {"sourceElementId": name.removeprefix("map."), "targetElementId": target}
        for name, target in fields.items()
        if name.startswith("map.") and target
    ]
    body: JsonObject = {"targetProcessDefinitionKey": fields["target"], "mappingInstructions": mapping}
    return _post(f"{_instance(fields)}/migration", body)


def _start(fields: Fields) -> Request:
    body: JsonObject = {"processDefinitionKey": fields["key"], "variables": _object(fields, "variables")}
    return _post("/process-instances", body)


def _resolve(fields: Fields) -> Request:
    return _post(f"/incidents/{fields['key']}/resolution")


def _retries(fields: Fields) -> Request:
    return Request("PATCH", f"/v2/jobs/{fields['job']}", {"changeset": {"retries": 1}})


def _publish(fields: Fields) -> Request:
    body: JsonObject = {
        "name": fields["name"],
        "correlationKey": fields.get("correlationKey", ""),
        "timeToLive": 0,
        "variables": _object(fields, "variables"),
    }
    return _post("/messages/publication", body)


def _evaluate(fields: Fields) -> Request:
    body: JsonObject = {"decisionDefinitionKey": fields["key"], "variables": _object(fields, "variables")}
    return _post("/decision-definitions/evaluation", body)


def _add_time(fields: Fields) -> Request:
    return Request("POST", "/actuator/clock/add", {"offsetMilli": int(fields["milliseconds"])})


ACTIONS: dict[str, Action] = {
    "claim": Action(lambda fields: _assign(fields, claim=True), "The task is yours."),
    "assign": Action(lambda fields: _assign(fields, claim=False), "The task was assigned."),
    "unclaim": Action(lambda fields: Request("DELETE", f"/v2{_task(fields)}/assignee"), "The task is free again."),
    "update-task": Action(_update, "The task was changed."),
    "set-variable": Action(_set_variable, "The variable was set."),
    "cancel": Action(
        lambda fields: _post(f"{_instance(fields)}/cancellation"),
        "The instance was cancelled.",
        "Cancel this instance?",
    ),
    "move": Action(_move, "The token was moved."),
    "activate": Action(_activate, "A token was added."),
    "terminate": Action(_terminate, "The token was taken away.", "Take this token away?"),
    "migrate": Action(_migrate, "The instance was migrated."),
    "start": Action(_start, "A new instance was started."),
    "resolve": Action(_resolve, "The incident was resolved; it is tried again."),
    "retry": Action(_resolve, "The job has one more try.", first=_retries),
    "publish": Action(_publish, "The message was published."),
    "evaluate": Action(_evaluate, "The decision was evaluated."),
    "clock-add": Action(_add_time, "The clock was moved."),
    "clock-reset": Action(lambda fields: _post("/clock/reset"), "The clock follows this machine's again."),
}
