"""Incidents of all instances: what is stuck, grouped by what went wrong."""

from __future__ import annotations

from collections import Counter

from starlette.responses import Response

from zeebelet.console.pages.paging import Paging, page_number, page_of
from zeebelet.console.web import Web
from zeebelet.records import JsonObject

_SORT = [{"field": "creationTime", "order": "DESC"}]
_GROUPED = 2000  # incidents looked at to find what many have in common


async def listed(web: Web) -> Response:
    """The list, and the messages many incidents share."""
    number = page_number(web.query["page"])
    wanted: JsonObject = {"state": web.query["state"] or "ACTIVE"}
    if web.query["error"]:
        wanted["errorMessage"] = {"$like": f"*{web.query['error']}*"}
    if web.query["process"]:
        wanted["processDefinitionId"] = web.query["process"]
    found = await web.rest.search("incidents", {"filter": wanted, "sort": _SORT, "page": page_of(number)})
    all_active = await web.rest.items("incidents", {"state": "ACTIVE"}, limit=_GROUPED)
    groups = Counter((row["errorType"], row["elementId"], _first_line(row["errorMessage"])) for row in all_active)
    return web.render(
        "incidents.html",
        title="Incidents",
        incidents=found["items"],
        paging=Paging(number, found["page"]["totalItems"]),
        groups=[(*group, count) for group, count in groups.most_common(8) if count > 1],
        asked=web.request_text("POST", "/v2/incidents/search", {"filter": wanted, "sort": _SORT}),
    )


def _first_line(text: str) -> str:
    return text.split("\n", 1)[0][:160]
