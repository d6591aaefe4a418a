"""The pages: one module for each thing people look at, listed with their addresses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.responses import RedirectResponse, Response

from zeebelet.console.pages import decisions, incidents, instances, processes, tasks, waiting
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
    ("/instances/{key:int}/migration", processes.migration),
    ("/incidents", incidents.listed),
    ("/processes", processes.listed),
    ("/processes/{key:int}", processes.one),
    ("/decisions", decisions.listed),
    ("/decisions/{key:int}", decisions.one),
    ("/evaluations/{key}", decisions.evaluation),
    ("/waiting", waiting.listed),
    ("/clock", waiting.clock),
)
