"""What stops an order, explained: what failed, since when, who else is hit, what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workers.bootstrap import CamundaDesk, CamundaRest, Platform
from workers.ports.clock import Clock

_VARIES = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
# What an incident's type means and what usually helps; a failed job's own message says more.
ADVICE: Mapping[str, tuple[str, str]] = {
    "JOB_NO_RETRIES": (
        "A worker gave up: its retries are used up, or it said at once that trying again would not help.",
        "Do what the message asks (bring the other system back, correct the data), then retry.",
    ),
    "IO_MAPPING_ERROR": (
        "A mapping of variables failed: a value is missing or of another type.",
        "Set the variable, then retry.",
    ),
    "EXTRACT_VALUE_ERROR": (
        "An expression found no usable value: a variable is missing or of another type.",
        "Set the variable, then retry.",
    ),
    "CONDITION_ERROR": ("No way out of a gateway fits.", "Correct the variable the conditions read, then retry."),
    "CALLED_ELEMENT_ERROR": ("A called process is not deployed.", "Deploy it (`fsm deploy`), then retry."),
    "CALLED_DECISION_ERROR": ("A called decision is not deployed.", "Deploy it (`fsm deploy`), then retry."),
    "DECISION_EVALUATION_ERROR": ("A decision table failed on its input.", "Correct the input variable, then retry."),
    "FORM_NOT_FOUND": ("The form of a task is not deployed.", "Deploy it (`fsm deploy`), then retry."),
    "UNHANDLED_ERROR_EVENT": (
        "A worker told a business error that no event of the model catches.",
        "The model needs a boundary event for it; until then move the token: `fsm instances move`.",
    ),
    "MESSAGE_SIZE_EXCEEDED": ("The variables grew too large.", "Remove what is not needed, then retry."),
}
_UNKNOWN = ("The engine could not go on.", "Read the message; correct what it names, then retry.")


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a person who sees the incident for the first time needs to know."""

    incident: str
    what: str
    meaning: str
    order: str
    where: str
    since: str
    hours: float
    others: Sequence[str]
    advice: str
    command: str


def order_of(rest: CamundaRest, incident: Mapping[str, Any]) -> str:
    """The order key of the journey an incident belongs to; empty when it has none."""
    root = incident.get("rootProcessInstanceKey") or incident["processInstanceKey"]
    return str(rest.variables(root).get("orderKey", ""))


def alike(incident: Mapping[str, Any]) -> tuple[str, str, str]:
    """What incidents of one cause share: place, type, and the message without numbers and ids."""
    first = str(incident["errorMessage"]).split("\n", 1)[0]
    return incident["elementId"], incident["errorType"], _VARIES.sub("#", first)


def same_cause(rest: CamundaRest, incident: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every open incident of the same cause, itself included."""
    found = rest.incidents(elementId=incident["elementId"], errorType=incident["errorType"])
    return [other for other in found if alike(other) == alike(incident)]


def stuck_orders(rest: CamundaRest) -> dict[str, list[dict[str, Any]]]:
    """Order key -> the open incidents of its journey; an instance without an order is left out."""
    found = rest.incidents()
    roots = {str(item.get("rootProcessInstanceKey") or item["processInstanceKey"]): item for item in found}
    named = rest.search("variables", name="orderKey", processInstanceKey={"$in": sorted(roots)}) if roots else ()
    keys = {str(item["processInstanceKey"]): json.loads(item["value"]) for item in named}
    told: dict[str, list[dict[str, Any]]] = {}
    for item in found:
        key = keys.get(str(item.get("rootProcessInstanceKey") or item["processInstanceKey"]))
        if key:
            told.setdefault(str(key), []).append(item)
    return told


def explain_incident(platform: Platform, key: str) -> Explanation:
    """Returns what is known about an incident, from Camunda alone: it also helps where our database is away."""
    rest, incident = platform.get(CamundaRest), platform.get(CamundaDesk).incident(key)
    meaning, advice = ADVICE.get(incident["errorType"], _UNKNOWN)
    others = [other for other in same_cause(rest, incident) if other["incidentKey"] != incident["incidentKey"]]
    since = datetime.fromisoformat(incident["creationTime"])
    return Explanation(
        incident=incident["incidentKey"],
        what=incident["errorMessage"],
        meaning=meaning,
        order=order_of(rest, incident),
        where=f"{incident['elementId']} of {incident['processDefinitionId']} ({incident['processInstanceKey']})",
        since=incident["creationTime"],
        hours=round((platform.get(Clock).now() - since).total_seconds() / 3600, 1),
        others=[order_of(rest, other) or other["processInstanceKey"] for other in others],
        advice=advice,
        command=f"fsm incidents retry {key}{' --alike' if others else ''}",
    )
