"""What happened in an instance, in order: elements, jobs, tasks, messages, decisions and incidents as one story."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from zeebelet.console.web import ROOT, Web
from zeebelet.records import JsonObject

_ENDS = {"COMPLETED": "completed", "TERMINATED": "cancelled"}


class Event(NamedTuple):
    """One thing that happened; `link` leads to more about it."""

    time: str
    kind: str
    text: str
    detail: str = ""
    link: str = ""


def _named(row: JsonObject) -> str:
    return str(row.get("elementName") or row["elementId"])


def _elements(rows: list[JsonObject]) -> Iterator[Event]:
    for row in rows:
        kind = row["type"].lower()
        if row["startDate"] == row["endDate"] and row["state"] == "COMPLETED":
            yield Event(row["startDate"], kind, f"{_named(row)} passed", row["type"])
            continue
        yield Event(row["startDate"], kind, f"{_named(row)} began", row["type"])
        if row["endDate"]:
            yield Event(
                row["endDate"], row["state"].lower(), f"{_named(row)} {_ENDS.get(row['state'], 'ended')}", row["type"]
            )


def _jobs(rows: list[JsonObject]) -> Iterator[Event]:
    for row in rows:
        if row["state"] == "FAILED" or row["errorMessage"]:
            left = f"{row['retries']} retries left"
            yield Event(row["lastUpdateTime"], "failed", f"Job {row['type']} failed, {left}", row["errorMessage"] or "")
        elif row["state"] == "ERROR_THROWN":
            yield Event(
                row["endTime"], "failed", f"Job {row['type']} threw {row['errorCode']}", row["errorMessage"] or ""
            )


def _tasks(rows: list[JsonObject]) -> Iterator[Event]:
    for row in rows:
        link = f"{ROOT}/tasks/{row['userTaskKey']}"
        name = row["name"] or row["elementId"]
        groups = ", ".join(row["candidateGroups"])
        yield Event(row["creationDate"], "usertask", f"Task “{name}” for {groups or 'everybody'}", "", link)
        if row["completionDate"]:
            by = f" by {row['assignee']}" if row["assignee"] else ""
            verb = "done" if row["state"] == "COMPLETED" else "withdrawn"
            yield Event(row["completionDate"], "usertask", f"Task “{name}” {verb}{by}", "", link)


def _messages(rows: list[JsonObject]) -> Iterator[Event]:
    for row in rows:
        yield Event(
            row["correlationTime"], "message", f"Message {row['messageName']} came", row["correlationKey"] or ""
        )


def _incidents(rows: list[JsonObject]) -> Iterator[Event]:
    for row in rows:
        yield Event(row["creationTime"], "incident", f"Incident at {row['elementId']}", row["errorMessage"])


def _decisions(rows: list[JsonObject]) -> Iterator[Event]:
    for row in rows:
        link = f"{ROOT}/evaluations/{row['decisionEvaluationInstanceKey']}"
        name = row["decisionDefinitionName"] or row["decisionDefinitionId"]
        yield Event(row["evaluationDate"], "decision", f"Decision {name}", row["result"], link)


async def of(web: Web, instance: JsonObject, elements: list[JsonObject]) -> list[Event]:
    """Returns an instance's events, oldest first; of one element when the page asks for one."""
    chosen = web.query["element"]
    wanted: JsonObject = {"processInstanceKey": instance["processInstanceKey"]}
    narrowed = {**wanted, "elementId": chosen} if chosen else wanted
    rows = [row for row in elements if not chosen or row["elementId"] == chosen]
    keys = {row["elementInstanceKey"] for row in rows}
    decisions = await web.rest.items("decision-instances", wanted, limit=10_000)
    events = [
        *_elements(rows),
        *_jobs(await web.rest.items("jobs", narrowed, limit=10_000)),
        *_tasks(await web.rest.items("user-tasks", narrowed, limit=10_000)),
        *_messages(await web.rest.items("correlated-message-subscriptions", narrowed, limit=10_000)),
        *_incidents(await web.rest.items("incidents", narrowed, limit=10_000)),
        *_decisions([row for row in decisions if row["elementInstanceKey"] in keys]),
    ]
    return sorted(events, key=lambda event: (event.time, event.kind != "message"))
