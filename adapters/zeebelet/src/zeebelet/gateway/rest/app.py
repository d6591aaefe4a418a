"""The ASGI application: finds the operation, checks the request, answers; what goes wrong becomes a problem detail."""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from zeebelet.gateway.errors import GatewayError, InvalidRequestError, NotFoundError
from zeebelet.gateway.rest import identities
from zeebelet.gateway.rest.actuator import OPEN_PATHS, actuate
from zeebelet.gateway.rest.audit import AuditLog
from zeebelet.gateway.rest.batches import decision_routes
from zeebelet.gateway.rest.context import Call, Content, Created
from zeebelet.gateway.rest.handlers import Handler, handlers
from zeebelet.gateway.rest.operations import Operation, operations
from zeebelet.gateway.rest.problems import MethodNotAllowedError, TooLargeError, problem
from zeebelet.gateway.rest.routes import Route
from zeebelet.gateway.security import ANONYMOUS, Verify, admit
from zeebelet.gateway.services import Services

log = logging.getLogger(__name__)
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
_PREFIX = "/v2"
WAITING = ("activateJobs",)  # operations that may answer long after they were asked
_JSON = "application/json"
_PROBLEM = "application/problem+json"


MAX_REQUEST = 4 * 1024 * 1024  # bytes, as over gRPC


class ClientLeftError(GatewayError):
    """Nobody is there to be answered."""


class Router:
    """Finds operations by method and path; a literal segment goes before a parameter."""

    def __init__(self) -> None:
        self._root: dict[str, Any] = {}

    def add(self, operation: Operation | Route, handler: Handler) -> None:
        """Adds an operation."""
        node = self._root
        for segment in operation.path.strip("/").split("/"):
            node = node.setdefault("{}" if segment.startswith("{") else segment, {})
        node.setdefault("", {})[operation.method] = (operation, handler)

    def find(self, method: str, path: str) -> tuple[Operation | Route, Handler, dict[str, str]]:
        """Returns the operation of a request and the parameters in its path."""
        segments = [unquote(segment) for segment in path.strip("/").split("/")]
        methods, values = self._walk(self._root, segments)
        if methods is None:
            raise NotFoundError(f"No endpoint {method} {path}.")
        if method not in methods:
            raise MethodNotAllowedError(f"Request method '{method}' is not supported, use one of {sorted(methods)}.")
        operation, handler = methods[method]
        names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
        return operation, handler, dict(zip(names, values, strict=True))

    def _walk(self, node: dict[str, Any], segments: list[str]) -> tuple[dict[str, Any] | None, list[str]]:
        if not segments:
            return node.get(""), []
        head, *rest = segments
        if head and head in node:
            methods, values = self._walk(node[head], rest)
            if methods is not None:
                return methods, values
        if "{}" in node:
            methods, values = self._walk(node["{}"], rest)
            return methods, [head, *values]
        return None, []


class RestApp:
    """The REST API as an ASGI application."""

    def __init__(self, services: Services, verify: Verify | None = None) -> None:
        self._services = services
        self._verify = verify
        self._router = Router()
        answering = handlers()
        for operation in operations():
            self._router.add(operation, answering[operation.name])
        self._audit = AuditLog()
        for route in (*identities.routes(), *decision_routes(), *self._audit.routes()):
            self._router.add(route, route.handler)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            return
        path: str = scope["path"]
        try:
            answer = await self._answer(scope, receive)
        except ClientLeftError:
            return
        except GatewayError as error:
            status, detail = problem(error, path)
            await _send(send, status, _dump(detail), _PROBLEM)
        except Exception as error:
            log.exception("%s %s failed", scope["method"], path)
            status, detail = problem(GatewayError(f"Unexpected error: {type(error).__name__}: {error}"), path)
            await _send(send, status, _dump(detail), _PROBLEM)
        else:
            await _send_answer(send, answer)

    async def _answer(self, scope: Scope, receive: Receive) -> Any:
        path: str = scope["path"]
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        claims = ANONYMOUS if path in OPEN_PATHS else admit(self._verify, headers.get("authorization", ""))
        if path in OPEN_PATHS or path.startswith("/actuator/"):
            return actuate(self._services, scope["method"], path, await _content(receive))
        if not path.startswith(_PREFIX + "/"):
            raise NotFoundError(f"No endpoint {scope['method']} {path}.")
        operation, handler, given = self._router.find(scope["method"], path[len(_PREFIX) :])
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        parameters = operation.parameters(given, query)
        content_type = headers.get("content-type", "")
        if operation.is_multipart:
            call = Call(self._services, parameters, {}, claims, await _form(scope, receive, content_type))
        else:
            body = operation.body(await _content(receive), content_type)
            call = Call(self._services, parameters, body, claims)
        succeeded = False
        try:
            result = handler(call)
            if inspect.isawaitable(result):
                result = await (_while_connected(result, receive) if operation.name in WAITING else result)
            succeeded = True
        finally:
            if operation.method != "GET" and not operation.path.endswith("/search"):
                self._audit.note(operation.name, call, succeeded=succeeded)
        return result


async def _while_connected(answering: Awaitable[Any], receive: Receive) -> Any:
    """Awaits an answer, unless the client leaves: then nothing shall be activated for it any more."""
    task = asyncio.ensure_future(answering)
    leaving = asyncio.ensure_future(receive())
    try:
        await asyncio.wait({task, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            task.cancel()
            raise ClientLeftError("The client closed the connection.")
        return task.result()
    finally:
        leaving.cancel()


async def _content(receive: Receive) -> bytes:
    parts = []
    more = True
    bounded = _bounded(receive)
    while more:
        event = await bounded()
        parts.append(event.get("body", b""))
        more = event.get("more_body", False)
    return b"".join(parts)


def _bounded(receive: Receive) -> Receive:
    """Receives a body as far as it is not larger than a request over gRPC may be."""
    left = MAX_REQUEST

    async def receive_some() -> MutableMapping[str, Any]:
        nonlocal left
        event = await receive()
        left -= len(event.get("body", b""))
        if left < 0:
            raise TooLargeError(f"Expected a request of at most {MAX_REQUEST} bytes, but it is larger.")
        return event

    return receive_some


async def _form(scope: Scope, receive: Receive, content_type: str) -> Any:
    # Imported here, because nothing but a deployment needs it.
    from starlette.exceptions import HTTPException
    from starlette.requests import Request

    if not content_type.lower().startswith("multipart/form-data"):
        raise InvalidRequestError(
            f"Expected a request body of Content-Type multipart/form-data, but it is {content_type}."
        )
    try:
        return await Request(scope, _bounded(receive)).form(max_files=1000, max_fields=1000)
    except HTTPException as error:
        raise InvalidRequestError(f"The multipart body with resources cannot be parsed: {error.detail}") from error


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


async def _send_answer(send: Send, answer: Any) -> None:
    if answer is None:
        await _send(send, 204, b"", "")
    elif isinstance(answer, Content):
        await _send(send, 200, answer.content, answer.media_type)
    elif isinstance(answer, Created):
        await _send(send, 201, _dump(answer.value), _JSON)
    else:
        await _send(send, 200, _dump(answer), _JSON)


async def _send(send: Send, status: int, content: bytes, media_type: str) -> None:
    headers = [(b"content-length", str(len(content)).encode())] if status != 204 else []
    if media_type:
        headers.append((b"content-type", media_type.encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
