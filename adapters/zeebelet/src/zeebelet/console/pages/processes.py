"""Process definitions: what is deployed, in which versions, what instances do there; starting and migrating."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from zeebelet.console.diagram import Overlay, draw, read
from zeebelet.console.web import ROOT, Web
from zeebelet.records import JsonObject

_SORT = [{"field": "processDefinitionId"}, {"field": "version", "order": "DESC"}]


async def listed(web: Web) -> Response:
    """The latest version of each process, with counts."""
    definitions = await web.rest.items("process-definitions", {"isLatestVersion": True}, sort=_SORT)
    rows = [{**definition, **await _counts(web, definition["processDefinitionId"])} for definition in definitions]
    return web.render("processes.html", title="Processes", definitions=rows)


async def _counts(web: Web, process_id: str) -> JsonObject:
    wanted: JsonObject = {"processDefinitionId": process_id}
    active = await _total(web, {**wanted, "state": "ACTIVE"})
    return {"active": active, "incidents": await _total(web, {**wanted, "hasIncident": True}) if active else 0}


async def _total(web: Web, wanted: JsonObject) -> int:
    found = await web.rest.search("process-instances", {"filter": wanted, "page": {"limit": 1}})
    total: int = found["page"]["totalItems"]
    return total


async def one(web: Web) -> Response:
    """One version: its diagram with what all its instances do."""
    key = str(web.http.path_params["key"])
    definition = await web.rest.get(f"/v2/process-definitions/{key}")
    wanted: JsonObject = {} if web.query["ended"] else {"state": "ACTIVE"}
    path = f"process-definitions/{key}/statistics/element-instances"
    counted = await web.rest.ask_post(path, {"filter": wanted})
    versions = await web.rest.items(
        "process-definitions", {"processDefinitionId": definition["processDefinitionId"]}, sort=_SORT
    )
    title = definition["name"] or definition["processDefinitionId"]
    overlay = Overlay(
        counts={item["elementId"]: item for item in counted["items"]},
        chosen=web.query["element"],
        link=lambda element: f"{ROOT}/instances?definition={key}&element={element}",
        sheet=web.query["sheet"],
        open=lambda sheet: web.link(sheet=sheet),
        finished=bool(web.query["ended"]),
    )
    return web.render(
        "process.html",
        title=title,
        definition=definition,
        versions=versions,
        diagram=draw(await web.rest.xml(f"/v2/process-definitions/{key}/xml"), overlay, title),
        active=await _total(web, {"processDefinitionKey": key, "state": "ACTIVE"}),
        asked=web.request_text("POST", f"/v2/{path}", {"filter": wanted}),
    )


async def migration(web: Web) -> Response:
    """Where each active element of an instance shall go on in another version or process."""
    key = str(web.http.path_params["key"])
    instance = await web.rest.get(f"/v2/process-instances/{key}")
    definitions = await web.rest.items("process-definitions", {"state": "ACTIVE"}, sort=_SORT)
    others = [d for d in definitions if d["processDefinitionKey"] != instance["processDefinitionKey"]]
    chosen = web.query["target"]
    wanted = {"processInstanceKey": key, "state": "ACTIVE"}
    active = await web.rest.items("element-instances", wanted)
    targets = await elements_of(web, chosen) if chosen else []
    known = {element["id"] for element in targets}
    ids = sorted({element["elementId"] for element in active})
    mapping = {f"map.{name}": name for name in ids if name in known}
    fields = {"key": key, "target": chosen, **mapping}
    return web.render(
        "migration.html",
        title="Migrate an instance",
        instance=instance,
        others=others,
        chosen=chosen,
        ids=ids,
        targets=targets,
        request=web.curl("migrate", fields) if chosen else "",
    )


async def elements_of(web: Web, key: str) -> list[dict[str, Any]]:
    """The elements of a definition by name: what a token can be moved to."""
    sheets = read(await web.rest.xml(f"/v2/process-definitions/{key}/xml"))
    shapes = [
        shape
        for sheet in sheets
        for shape in sheet.shapes
        if shape.kind not in ("participant", "lane", "textAnnotation")
    ]
    return sorted(({"id": shape.id, "name": shape.name or shape.id} for shape in shapes), key=lambda item: item["name"])
