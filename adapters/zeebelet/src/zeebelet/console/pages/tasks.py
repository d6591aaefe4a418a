"""Tasks: the list with its filters, and one task with its form."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from starlette.responses import Response

from zeebelet.console.forms.form import Form
from zeebelet.console.forms.inputs import Posted, Reader
from zeebelet.console.forms.schema import FormSchemaError, parse
from zeebelet.console.pages.formview import FormView
from zeebelet.console.pages.paging import Paging, page_number, page_of
from zeebelet.console.rest import Request
from zeebelet.console.web import ROOT, Web
from zeebelet.gateway.errors import GatewayError
from zeebelet.records import JsonObject

OPEN = ("CREATING", "CREATED", "ASSIGNING", "UPDATING", "COMPLETING", "CANCELING")
SORTS: dict[str, tuple[str, list[JsonObject]]] = {
    "urgent": (
        "Most urgent",
        [{"field": "priority", "order": "DESC"}, {"field": "dueDate"}, {"field": "creationDate"}],
    ),
    "due": ("Due first", [{"field": "dueDate"}, {"field": "creationDate"}]),
    "new": ("Newest", [{"field": "creationDate", "order": "DESC"}]),
    "old": ("Oldest", [{"field": "creationDate"}]),
}


def _due(wanted: str, now: datetime) -> JsonObject | None:
    ends = {"overdue": timedelta(0), "day": timedelta(days=1), "week": timedelta(days=7)}
    if wanted == "none":
        return {"$exists": False}
    return {"$lt": (now + ends[wanted]).isoformat()} if wanted in ends else None


def _assignee(wanted: str, actor: str) -> Any:
    return {"": None, "me": actor, "none": {"$exists": False}}.get(wanted, wanted)


def _variable(text: str) -> list[JsonObject] | None:
    name, found, value = text.partition("=")
    if not found or not name.strip():
        return None
    return [{"name": name.strip(), "value": variable_text(value.strip())}]


def variable_text(text: str) -> Any:
    """Returns what a reader typed as the API wants a variable's value: JSON text, words without their quotes allowed."""
    try:
        json.loads(text)
    except ValueError:
        return json.dumps(text, ensure_ascii=False)
    return {"$in": [text, json.dumps(text, ensure_ascii=False)]}


def filters(query: dict[str, str], actor: str, now: datetime) -> JsonObject:
    """Returns the filter of a task search for the parameters of a page."""
    text = query.get("q", "").strip()
    made: JsonObject = {
        "state": {"$in": list(OPEN)} if query.get("state", "open") == "open" else query["state"].upper(),
        "candidateGroup": query.get("group"),
        "assignee": _assignee(query.get("assignee", ""), actor),
        "dueDate": _due(query.get("due", ""), now),
        "priority": {"$gte": int(query["priority"])} if query.get("priority", "").isdigit() else None,
        "processInstanceVariables": _variable(query.get("variable", "")),
        "processDefinitionId": query.get("process"),
    }
    if text.isdigit() and len(text) > 12:
        made["processInstanceKey"] = text
    elif text:
        made["name"] = {"$like": f"*{text}*"}
    return {name: value for name, value in made.items() if value not in (None, "")}


async def _found(web: Web) -> dict[str, Any]:
    """The list of tasks the page's parameters ask for."""
    query = web.query
    number = page_number(query.get("page", ""))
    sort = SORTS.get(query.get("sort", ""), SORTS["urgent"])[1]
    wanted = filters(query, web.actor, web.now)
    found = await web.rest.search("user-tasks", {"filter": wanted, "sort": sort, "page": page_of(number)})
    groups = {group for task in found["items"] for group in task["candidateGroups"]}
    return {
        "tasks": found["items"],
        "paging": Paging(number, found["page"]["totalItems"]),
        "groups": sorted(groups | {query["group"]} if query.get("group") else groups),
        "sorts": {name: label for name, (label, _) in SORTS.items()},
        "asked": web.request_text("POST", "/v2/user-tasks/search", {"filter": wanted, "sort": sort}),
    }


async def listed(web: Web) -> Response:
    """The list, with nothing chosen."""
    return web.render("tasks.html", title="Tasks", task=None, **await _found(web))


async def _variables(web: Web, key: str) -> JsonObject:
    path = f"user-tasks/{key}/effective-variables"
    request = Request("POST", f"/v2/{path}/search?truncateValues=false", {"page": {"limit": 10_000}})
    found = await web.rest.ask(request)
    return {item["name"]: json.loads(item["value"]) for item in found["items"]}


async def _form(web: Web, task: JsonObject, kept: JsonObject | None) -> tuple[Form | None, str]:
    """The task's form with its data, or why there is none."""
    answer = await web.rest.find(f"/v2/user-tasks/{task['userTaskKey']}/form")
    if not answer:
        return None, ""
    try:
        root = parse(answer["schema"])
    except FormSchemaError as error:
        return None, str(error)
    variables = await _variables(web, task["userTaskKey"])
    return Form(root, variables, lambda: web.now, kept=kept), ""


def _kept(posted: Posted) -> JsonObject | None:
    try:
        kept = json.loads(next(iter(posted.get("_state", ())), ""))
    except ValueError:
        return None
    return kept if isinstance(kept, dict) else None


def _reader(web: Web) -> Reader:
    return Reader(web.zone, web.now.astimezone(web.zone).date())


def _apply(web: Web, form: Form, posted: Posted) -> str:
    """Takes over what was typed; returns what the reader asks for: refresh, complete or the change of a list."""
    form.take(posted, next(iter(posted.get("_shown", ())), "").split(), _reader(web))
    action = next(reversed(posted.get("_action", ["refresh"])))
    kind, _, rest = action.partition(" ")
    if kind == "add":
        form.add_item(rest)
    elif kind == "remove":
        name, _, index = rest.rpartition(" ")
        form.remove_item(name, int(index) if index.isdigit() else -1)
    return kind


async def one(web: Web) -> Response:
    """One task: its form, or its variables when it has none."""
    task = await web.rest.get(f"/v2/user-tasks/{web.http.path_params['key']}")
    posted = await web.posted() if web.http.method == "POST" else None
    form, problem = await _form(web, task, _kept(posted) if posted else None)
    if posted is None:
        return await _show(web, task, FormView(form, _reader(web)) if form else None, problem)
    if form is None:
        return await _complete_plainly(web, task, posted, problem)
    action = _apply(web, form, posted)
    touched = next(iter(posted.get("_touched", ())), "").split()
    view = FormView(form, _reader(web), touched=touched, all_errors=action == "complete" or "_tried" in posted)
    if action != "complete" or view.errors:
        return await _show(web, task, view, problem, status=422 if action == "complete" else 200)
    return await _complete(web, task, form.submission(), view)


async def _complete(web: Web, task: JsonObject, variables: JsonObject, view: FormView | None) -> Response:
    key = task["userTaskKey"]
    try:
        await web.rest.ask(Request("POST", f"/v2/user-tasks/{key}/completion", {"variables": variables}))
    except GatewayError as error:
        return await _show(web, task, view, error.detail, status=409)
    return web.redirect(web.link().replace(f"/tasks/{key}", "/tasks"), said=f"{task['name'] or 'The task'}: done.")


async def _complete_plainly(web: Web, task: JsonObject, posted: Posted, problem: str) -> Response:
    text = next(iter(posted.get("variables", ())), "").strip()
    try:
        variables = json.loads(text) if text else {}
    except ValueError as error:
        return await _show(
            web, task, None, f"Expected variables as a JSON object, but they cannot be read: {error}", status=422
        )
    if not isinstance(variables, dict):
        return await _show(web, task, None, "Expected variables as a JSON object.", status=422)
    return await _complete(web, task, variables, None)


async def _show(web: Web, task: JsonObject, view: FormView | None, problem: str, *, status: int = 200) -> Response:
    key = task["userTaskKey"]
    submission = view.form.submission() if view else {}
    return web.render(
        "tasks.html",
        status=status,
        title=task["name"] or task["elementId"],
        task=task,
        view=view,
        problem=problem,
        is_open=task["state"] in OPEN,
        history=(await web.rest.get(f"/actuator/user-tasks/{key}/history"))["items"],
        variables=None if view else await _variables(web, key),
        completion=web.request_text("POST", f"/v2/user-tasks/{key}/completion", {"variables": submission}),
        instance_link=f"{ROOT}/instances/{task['processInstanceKey']}?element={task['elementId']}",
        **await _found(web),
    )
