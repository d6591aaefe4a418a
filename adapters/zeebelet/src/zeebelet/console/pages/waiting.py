"""What instances wait for: jobs, messages and timers; and the clock they wait by."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from zeebelet.console.pages.paging import Paging, page_number, page_of
from zeebelet.console.web import Web
from zeebelet.records import JsonObject

OPEN_JOBS = ("CREATED", "FAILED", "TIMED_OUT", "RETRIES_UPDATED", "MIGRATED")
TABS = {"jobs": "Jobs", "messages": "Messages", "timers": "Timers"}
STEPS = (
    ("1 minute", 60_000),
    ("1 hour", 3_600_000),
    ("1 day", 86_400_000),
    ("1 week", 604_800_000),
)


async def listed(web: Web) -> Response:
    """One of the three lists."""
    tab = web.query["tab"] if web.query["tab"] in TABS else "jobs"
    return web.render("waiting.html", title=TABS[tab], tab=tab, tabs=TABS, **await _LISTS[tab](web))


async def _search(web: Web, what: str, wanted: JsonObject, sort: list[JsonObject]) -> dict[str, Any]:
    number = page_number(web.query["page"])
    found = await web.rest.search(what, {"filter": wanted, "sort": sort, "page": page_of(number)})
    asked = web.request_text("POST", f"/v2/{what}/search", {"filter": wanted, "sort": sort})
    return {"rows": found["items"], "paging": Paging(number, found["page"]["totalItems"]), "asked": asked}


async def _jobs(web: Web) -> dict[str, Any]:
    wanted: JsonObject = {"state": {"$in": list(OPEN_JOBS)}}
    if web.query["q"]:
        wanted["type"] = {"$like": f"*{web.query['q']}*"}
    return await _search(web, "jobs", wanted, [{"field": "jobKey"}])


async def _messages(web: Web) -> dict[str, Any]:
    wanted: JsonObject = {"messageSubscriptionState": "CREATED"}
    if web.query["q"]:
        wanted["messageName"] = {"$like": f"*{web.query['q']}*"}
    return await _search(web, "message-subscriptions", wanted, [{"field": "messageName"}])


async def _timers(web: Web) -> dict[str, Any]:
    found = await web.rest.get("/actuator/timers/pending")
    rows = [row for row in found["items"] if web.query["q"] in row["elementId"]]
    asked = web.request_text("GET", "/actuator/timers/pending")
    return {"rows": rows, "paging": Paging(1, len(rows), size=1000), "asked": asked}


_LISTS = {"jobs": _jobs, "messages": _messages, "timers": _timers}


async def clock(web: Web) -> Response:
    """The engine's clock, what is due next, and moving there."""
    found = await web.rest.get("/actuator/timers/pending")
    now_ms = int(web.now.timestamp() * 1000)
    return web.render(
        "clock.html", title="Clock", timers=found["items"][:20], total=found["totalItems"], steps=STEPS, now_ms=now_ms
    )
