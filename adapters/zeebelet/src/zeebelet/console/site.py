"""The pages of the console and where they are found."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from zeebelet.console import guard
from zeebelet.console.actions import ACTIONS
from zeebelet.console.live import Changes
from zeebelet.console.pages import PAGES
from zeebelet.console.rest import Rest
from zeebelet.console.web import ROOT, Web
from zeebelet.gateway.errors import GatewayError
from zeebelet.gateway.gateway import Gateway
from zeebelet.gateway.rest.problems import problem
from zeebelet.gateway.security import admit

log = logging.getLogger(__name__)
Page = Callable[[Web], Awaitable[Response]]
_STATIC = Path(__file__).with_name("static")


def _back(fields: dict[str, str]) -> str:
    """Where a form wants to go afterwards: only ever another page of ours."""
    back = fields.pop("back", "")
    return back if back.startswith(f"{ROOT}/") and "\\" not in back else f"{ROOT}/tasks"


async def _act(web: Web) -> Response:
    posted = await web.posted()
    fields = {name: values[-1] for name, values in posted.items()}
    back = _back(fields)
    action = ACTIONS.get(web.http.path_params["name"])
    if action is None:
        return web.redirect(back, problem="There is no such action.")
    try:
        answers = [await web.rest.ask(request) for request in action.requests(fields)]
    except GatewayError as error:
        return web.redirect(back, problem=error.detail)
    except KeyError as error:
        return web.redirect(back, problem=f"Expected the field {error} in the form, but it is missing.")
    return web.redirect(_target(back, answers[-1]), said=action.said)


def _target(back: str, answer: Any) -> str:
    """After a start the new instance, else the page before."""
    if isinstance(answer, dict) and "processDefinitionVersion" in answer and "processInstanceKey" in answer:
        return f"{ROOT}/instances/{answer['processInstanceKey']}"
    return back


async def _actor(web: Web) -> Response:
    posted = await web.posted()
    fields = {name: values[-1] for name, values in posted.items()}
    back = _back(fields)
    return web.set_actor(fields.get("actor", "").strip()[:100] or "demo", back)


class Site:
    """What stands before every page: who may see it, and what becomes of errors."""

    def __init__(self, gateway: Gateway, changes: Changes) -> None:
        self._gateway = gateway
        self._changes = changes

    def route(self, path: str, page: Page, *methods: str) -> Route:
        """Returns a page's route."""

        async def endpoint(http: HttpRequest) -> Response:
            return await self._answer(http, page)

        return Route(ROOT + path, endpoint, methods=list(methods) or ["GET"])

    def _admitted(self, http: HttpRequest) -> Web:
        services, verify = self._gateway.services, self._gateway.verify
        guard.check_host(http.headers.get("host", ""), protected=verify is not None)
        if http.method == "POST":
            guard.check_origin(http.headers)
        claims = admit(verify, http.headers.get("authorization", ""))
        return Web(http, Rest(services, claims), services.clock.now(), clock_control=services.clock_control)

    async def _answer(self, http: HttpRequest, page: Page) -> Response:
        try:
            web = self._admitted(http)
        except GatewayError as error:
            return PlainTextResponse(error.detail + "\n", problem(error, "")[0], headers=guard.HEADERS)
        try:
            return await page(web)
        except GatewayError as error:
            return web.failed(error, problem(error, "")[0])

    async def events(self, web: Web) -> Response:
        """Streams that something changed."""
        return StreamingResponse(self._changes.stream(), media_type="text/event-stream", headers=guard.HEADERS)


def site(gateway: Gateway, changes: Changes) -> Starlette:
    """Returns the pages of an engine."""
    made = Site(gateway, changes)
    return Starlette(
        routes=[
            Mount(f"{ROOT}/static", StaticFiles(directory=_STATIC)),
            made.route("/events", made.events),
            made.route("/act/{name}", _act, "POST"),
            made.route("/actor", _actor, "POST"),
            *(made.route(path, page, "GET", "POST") for path, page in PAGES),
        ]
    )
