"""Process instances: the search, and one instance with its diagram, variables, incidents and history."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from zeebelet.console.diagram import Overlay, draw
from zeebelet.console.pages import timeline
from zeebelet.console.pages.paging import Paging, page_number, page_of
from zeebelet.console.pages.processes import elements_of
from zeebelet.console.pages.tasks import variable_text
from zeebelet.console.web import Web
from zeebelet.records import JsonObject

TABS = {
    "variables": "Variables",
    "incidents": "Incidents",
    "timeline": "Timeline",
    "called": "Called instances",
    "waits": "Waits for",
    "decisions": "Decisions",
    "change": "Change",
}
STATES = {
    "": "Any state",
    "ACTIVE": "Active",
    "incident": "With an incident",
    "COMPLETED": "Completed",
    "TERMINATED": "Cancelled",
}


def _variables(query: dict[str, str]) -> list[JsonObject] | None:
    name, _, value = query.get("variable", "").partition("=")
    if not name.strip():
        return None
    return [{"name": name.strip(), "value": variable_text(value.strip())}]


def filters(query: dict[str, str]) -> JsonObject:
    """Returns the filter of an instance search for the parameters of a page."""
    state, text = query.get("state", ""), query.get("q", "").strip()
    made: JsonObject = {
        "state": state if state in ("ACTIVE", "COMPLETED", "TERMINATED") else None,
        "hasIncident": True if state == "incident" else None,
        "processDefinitionId": query.get("process"),
        "processDefinitionKey": query.get("definition"),
        "elementId": query.get("element"),
        "elementInstanceState": "ACTIVE" if query.get("element") and not state else None,
        "errorMessage": {"$like": f"*{query['error']}*"} if query.get("error") else None,
        "variables": _variables(query),
        "parentProcessInstanceKey": {"$exists": False} if query.get("roots") else None,
    }
    if text.isdigit() and len(text) > 12:
        made["processInstanceKey"] = text
    elif text:
        made["businessId"] = {"$like": f"*{text}*"}
    return {name: value for name, value in made.items() if value not in (None, "")}


async def listed(web: Web) -> Response:
    """The search."""
    number = page_number(web.query["page"])
    wanted = filters(web.query)
    sort = [{"field": "startDate", "order": "DESC"}]
    body = {"filter": wanted, "sort": sort, "page": page_of(number)}
    found = await web.rest.search("process-instances", body)
    definitions = await web.rest.items(
        "process-definitions", {"isLatestVersion": True}, sort=[{"field": "processDefinitionId"}]
    )
    return web.render(
        "instances.html",
        title="Instances",
        instances=found["items"],
        paging=Paging(number, found["page"]["totalItems"]),
        definitions=definitions,
        states=STATES,
        asked=web.request_text("POST", "/v2/process-instances/search", {"filter": wanted, "sort": sort}),
    )


async def _overlay(web: Web, instance: JsonObject) -> Overlay:
    key = instance["processInstanceKey"]
    counted = await web.rest.get(f"/v2/process-instances/{key}/statistics/element-instances")
    flows = await web.rest.get(f"/v2/process-instances/{key}/sequence-flows")
    return Overlay(
        counts={item["elementId"]: item for item in counted["items"]},
        taken={flow["elementId"] for flow in flows["items"]},
        chosen=web.query["element"],
        link=lambda element: web.link(element=element, tab="timeline"),
        sheet=web.query["sheet"],
        open=lambda sheet: web.link(sheet=sheet, element=None),
        finished=False,
    )


async def _scopes(web: Web, elements: list[JsonObject], instance: JsonObject) -> list[JsonObject]:
    """The variables of every scope of an instance, the instance's own first."""
    key = instance["processInstanceKey"]
    found = await web.rest.items("variables", {"processInstanceKey": key}, limit=10_000, sort=[{"field": "name"}])
    names = {element["elementInstanceKey"]: element["elementName"] or element["elementId"] for element in elements}
    scopes: dict[str, JsonObject] = {key: {"key": key, "name": "The whole instance", "variables": []}}
    for variable in found:
        scope = variable["scopeKey"]
        entry = scopes.setdefault(scope, {"key": scope, "name": names.get(scope, scope), "variables": []})
        entry["variables"].append(variable)
    return list(scopes.values())


async def one(web: Web) -> Response:
    """One instance."""
    key = str(web.http.path_params["key"])
    instance = await web.rest.get(f"/v2/process-instances/{key}")
    xml = await web.rest.xml(f"/v2/process-definitions/{instance['processDefinitionKey']}/xml")
    elements = await web.rest.items(
        "element-instances", {"processInstanceKey": key}, limit=10_000, sort=[{"field": "startDate"}]
    )
    tab = web.query["tab"] if web.query["tab"] in TABS else "incidents" if instance["hasIncident"] else "timeline"
    title = f"{instance['processDefinitionName'] or instance['processDefinitionId']}"
    return web.render(
        "instance.html",
        title=title,
        instance=instance,
        diagram=draw(xml, await _overlay(web, instance), title),
        lineage=(await web.rest.get(f"/v2/process-instances/{key}/call-hierarchy"))[:-1],
        elements=elements,
        tabs=TABS,
        tab=tab,
        is_active=instance["state"] == "ACTIVE",
        **await _TAB_CONTENT[tab](web, instance, elements),
    )


async def _variables_tab(web: Web, instance: JsonObject, elements: list[JsonObject]) -> dict[str, Any]:
    return {"scopes": await _scopes(web, elements, instance)}


async def _incidents_tab(web: Web, instance: JsonObject, elements: list[JsonObject]) -> dict[str, Any]:
    path = f"process-instances/{instance['processInstanceKey']}/incidents"
    found = await web.rest.search(path, {"sort": [{"field": "creationTime", "order": "DESC"}]})
    return {"incidents": found["items"]}


async def _timeline_tab(web: Web, instance: JsonObject, elements: list[JsonObject]) -> dict[str, Any]:
    return {"events": await timeline.of(web, instance, elements), "element": web.query["element"]}


async def _called_tab(web: Web, instance: JsonObject, elements: list[JsonObject]) -> dict[str, Any]:
    called = await web.rest.items(
        "process-instances",
        {"parentProcessInstanceKey": instance["processInstanceKey"]},
        sort=[{"field": "startDate"}],
    )
    names = {element["elementInstanceKey"]: element["elementName"] or element["elementId"] for element in elements}
    return {"called": called, "names": names}


async def _waits_tab(web: Web, instance: JsonObject, elements: list[JsonObject]) -> dict[str, Any]:
    wanted = {"processInstanceKey": instance["processInstanceKey"]}
    jobs = await web.rest.items(
        "jobs", {**wanted, "state": {"$in": ["CREATED", "FAILED", "TIMED_OUT", "RETRIES_UPDATED"]}}
    )
    tasks = await web.rest.items("user-tasks", {**wanted, "state": "CREATED"})
    messages = await web.rest.items("message-subscriptions", {**wanted, "messageSubscriptionState": "CREATED"})
    pending = await web.rest.get("/actuator/timers/pending")
    timers = [row for row in pending["items"] if row["processInstanceKey"] == instance["processInstanceKey"]]
    return {"jobs": jobs, "tasks": tasks, "messages": messages, "timers": timers}


async def _decisions_tab(web: Web, instance: JsonObject, elements: list[JsonObject]) -> dict[str, Any]:
    wanted = {"processInstanceKey": instance["processInstanceKey"]}
    return {"evaluations": await web.rest.items("decision-instances", wanted, sort=[{"field": "evaluationDate"}])}


async def _change_tab(web: Web, instance: JsonObject, elements: list[JsonObject]) -> dict[str, Any]:
    targets = await elements_of(web, instance["processDefinitionKey"])
    return {"active": [element for element in elements if element["state"] == "ACTIVE"], "targets": targets}


_TAB_CONTENT = {
    "variables": _variables_tab,
    "incidents": _incidents_tab,
    "timeline": _timeline_tab,
    "called": _called_tab,
    "waits": _waits_tab,
    "decisions": _decisions_tab,
    "change": _change_tab,
}
