"""The REST API as the pages use it: the same checks and the same answers as a client gets, without a socket in between."""

from __future__ import annotations

import inspect
import json
import shlex
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from zeebelet.gateway.errors import NotFoundError
from zeebelet.gateway.rest.actuator import actuate
from zeebelet.gateway.rest.app import Router
from zeebelet.gateway.rest.context import Call, Content
from zeebelet.gateway.rest.handlers import handlers
from zeebelet.gateway.rest.operations import operations
from zeebelet.gateway.security import Claims
from zeebelet.gateway.services import Services
from zeebelet.records import JsonObject

_PREFIX = "/v2"
_JSON = "application/json"


class Request(NamedTuple):
    """One request of the public API: what pages send, and show."""

    method: str
    path: str
    body: JsonObject | None = None

    def curl(self, address: str) -> str:
        """Returns the request as a command for a shell."""
        method = "" if self.method == "GET" else f"-X {self.method} "
        text = f"curl {method}{shlex.quote(address + self.path)}"
        if self.body is None:
            return text
        content = shlex.quote(json.dumps(self.body, ensure_ascii=False))
        return f"{text} \\\n  -H 'Content-Type: application/json' \\\n  -d {content}"


@cache
def _router() -> Router:
    router, answering = Router(), handlers()
    for operation in operations():
        router.add(operation, answering[operation.name])
    return router


class Rest:
    """The API for one caller."""

    def __init__(self, services: Services, claims: Claims) -> None:
        self._services = services
        self.claims = claims

    async def ask(self, request: Request) -> Any:
        """Returns the answer; raises the GatewayError a client would get as a problem."""
        parts = urlsplit(request.path)
        content = b"" if request.body is None else json.dumps(request.body).encode()
        if parts.path.startswith("/actuator/"):
            return actuate(self._services, request.method, parts.path, content)
        operation, handler, given = _router().find(request.method, parts.path.removeprefix(_PREFIX))
        parameters = operation.parameters(given, dict(parse_qsl(parts.query, keep_blank_values=True)))
        answer = handler(Call(self._services, parameters, operation.body(content, _JSON), self.claims))
        return await answer if inspect.isawaitable(answer) else answer

    async def get(self, path: str) -> Any:
        """Returns what is found at a path."""
        return await self.ask(Request("GET", path))

    async def find(self, path: str) -> Any:
        """Returns what is found at a path, None when nothing is."""
        try:
            return await self.get(path)
        except NotFoundError:
            return None

    async def ask_post(self, path: str, body: JsonObject) -> Any:
        """Returns the answer to a question that is asked with a body."""
        return await self.ask(Request("POST", f"{_PREFIX}/{path}", body))

    async def search(self, what: str, body: JsonObject | None = None) -> JsonObject:
        """Answers a search, such as `user-tasks`."""
        found: JsonObject = await self.ask(Request("POST", f"{_PREFIX}/{what}/search", body or {}))
        return found

    async def items(self, what: str, filters: JsonObject, *, limit: int = 1000, **more: Any) -> list[JsonObject]:
        """Returns the rows of a search."""
        found = await self.search(what, {"filter": filters, "page": {"limit": limit}, **more})
        items: list[JsonObject] = found["items"]
        return items

    async def xml(self, path: str) -> bytes:
        """Returns the file at a path."""
        answer = await self.get(path)
        return answer.content if isinstance(answer, Content) else b""
