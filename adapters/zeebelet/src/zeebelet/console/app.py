"""The application on the REST port: the console's pages under /console, the REST API everywhere else."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from zeebelet.console.live import Changes
from zeebelet.gateway.gateway import Gateway

ROOT = "/console"
log = logging.getLogger(__name__)
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class ConsoleApp:
    """Pages beside an API. What pages need is imported when the first one is asked for."""

    def __init__(self, rest: App, gateway: Gateway) -> None:
        self._rest = rest
        self._gateway = gateway
        self._changes = Changes()
        self._pages: App | None = None
        gateway.subscribe(self._changes.on_record)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        path = scope.get("path", "")
        if scope["type"] == "http" and path == "/" and scope["method"] == "GET":
            await self._to_console(send)
        elif scope["type"] == "http" and (path == ROOT or path.startswith(f"{ROOT}/")):
            await self._page(scope, receive, send)
        else:
            await self._rest(scope, receive, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._pages is None:
            from zeebelet.console.site import site

            self._pages = site(self._gateway, self._changes)
        await self._pages(scope, receive, send)

    @staticmethod
    async def _to_console(send: Send) -> None:
        headers = [(b"location", f"{ROOT}/tasks".encode()), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 307, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
