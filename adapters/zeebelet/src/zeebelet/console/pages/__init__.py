"""The pages: one module for each thing people look at, listed with their addresses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.responses import RedirectResponse, Response

from zeebelet.console.pages import instances, tasks
from zeebelet.console.web import ROOT, Web


async def _home(web: Web) -> Response:
    return RedirectResponse(f"{ROOT}/tasks", 307)


PAGES: tuple[tuple[str, Callable[[Web], Awaitable[Response]]], ...] = (
    ("", _home),
    ("/", _home),
    ("/tasks", tasks.listed),
    ("/tasks/{key:int}", tasks.one),
    ("/instances", instances.listed),
    ("/instances/{key:int}", instances.one),
)
